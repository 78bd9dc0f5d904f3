import assert from 'node:assert/strict';
import { bootstrapOptions } from '../../../src/config/bootstrap-options.ts';
import { parseDuration } from '../../../src/config/duration.ts';
import { environmentOf, fileKeyOf, flagOf, isOwnVariable } from '../../../src/config/option-names.ts';
import { optionRows } from '../../../src/config/options.ts';

describe('the option table', () => {
  const rows = optionRows.map(([key, option]) => ({ key, option }));

  it('gives every option names of its own', () => {
    for (const nameOf of [flagOf, environmentOf, fileKeyOf]) {
      const names = [...rows.map(({ option }) => option), ...Object.values(bootstrapOptions)].map(nameOf);
      assert.equal(new Set(names).size, names.length);
    }
    const foreign = rows.flatMap(({ option }) => option.alsoEnvironment ?? []);
    assert.equal(new Set(foreign).size, foreign.length);
  });

  it('names every member after its file key, durations with their unit', () => {
    for (const { key, option } of rows) {
      const expected = fileKeyOf(option) + (option.type === 'duration' ? 'Ms' : '');
      assert.equal(key.toLowerCase(), expected.toLowerCase());
    }
  });

  it('explains every option with a sentence that ends', () => {
    for (const { key, option } of rows) assert.match(option.help, /^[A-Za-z].*\.$/, key);
  });

  it('keeps secrets away from flags and defaults', () => {
    for (const { option } of rows.filter(({ option }) => option.secret)) {
      assert.equal(option.noFlag, true);
      assert.equal(option.default, undefined);
    }
  });

  it('writes default durations with a unit', () => {
    for (const { option } of rows.filter(({ option }) => option.type === 'duration')) {
      assert.notEqual(parseDuration(typeof option.default === 'string' ? option.default : ''), undefined);
    }
  });

  it('recognises its own variables', () => {
    assert.ok(isOwnVariable('ECI_KUBELET_POD_WORKERS'));
    assert.ok(!isOwnVariable('ECI_KUBELET_SERVICE_HOST'));
    assert.ok(!isOwnVariable('PATH'));
  });
});
