import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readHelperStatus } from '../../../../src/cli/helper/read-helper-status.ts';
import { renderHelperStatus } from '../../../../src/cli/status/render-helper-status.ts';
import { leaderStatus, now } from '../status/helper-status.ts';

describe('the answer of a helper', () => {
  it('is taken whole when it is of this version', () => {
    assert.deepEqual(readHelperStatus(JSON.parse(JSON.stringify(leaderStatus))), leaderStatus);
  });

  it('loses what this version does not know, and what is not what it should be', () => {
    const read = readHelperStatus({
      ...leaderStatus,
      password: 'CANARY',
      identity: 7,
      entries: [
        { position: 1, state: 'paused' },
        { position: 2, state: 'serving', hosts: ['a.example', 5], expiresAt: 'soon', secret: 'CANARY' },
        'x',
      ],
      namespaces: { watched: '3', serviceAccounts: {} },
    });
    assert.deepEqual(read?.entries, [
      { position: 2, regionId: '?', chain: '', hosts: ['a.example'], state: 'serving' },
    ]);
    assert.equal(read.identity, undefined);
    assert.deepEqual(read.namespaces, {
      watched: 0,
      served: 0,
      conflicts: [],
      serviceAccounts: { selected: 0, attached: 0 },
    });
    assert.doesNotMatch(JSON.stringify(read), /CANARY/);
  });

  for (const [name, answer] of Object.entries({
    nothing: undefined,
    'a text': 'ok',
    'a list': [],
    'the status of something else': { role: 'leader' },
    'another role': { ...leaderStatus, role: 'boss' },
  })) {
    it(`is none for ${name}`, () => assert.equal(readHelperStatus(answer), undefined));
  }

  it('can be printed whatever it is', () => {
    const damaged = fc
      .record({
        configuration: fc.record({ state: fc.constantFrom('complete', 'incomplete'), findings: fc.jsonValue() }),
        role: fc.constantFrom('leader', 'follower'),
        entries: fc.array(fc.oneof(fc.jsonValue(), fc.record({ position: fc.nat(), state: fc.constant('serving') }))),
        namespaces: fc.jsonValue(),
      })
      .map((value) => readHelperStatus(value));
    fc.assert(
      fc.property(damaged, (status) => {
        assert.ok(status !== undefined);
        assert.match(renderHelperStatus(status, { from: 'x', nowMs: now }), /^Credential helper/);
      }),
    );
  });
});
