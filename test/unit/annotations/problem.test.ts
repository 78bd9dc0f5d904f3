import assert from 'node:assert/strict';

import { createProblem } from '../../../src/annotations/problem.ts';

describe('createProblem', () => {
  const cases: Record<string, [string, string]> = {
    'keeps a short value': ['vsw-a', 'vsw-a'],
    'keeps 128 characters': ['x'.repeat(128), 'x'.repeat(128)],
    'cuts 129 characters and shows that it did': ['x'.repeat(129), `${'x'.repeat(127)}…`],
    'cuts a very long value': ['x'.repeat(300_000), `${'x'.repeat(127)}…`],
    'puts a value of several lines on one': ['a\r\nb\u2028c\td', 'a b c d'],
    'never cuts a character in two': [`${'x'.repeat(126)}😀😀`, `${'x'.repeat(126)}…`],
  };
  for (const [name, [value, shown]] of Object.entries(cases)) {
    it(name, () => {
      assert.equal(createProblem('k', value, 'm').value, shown);
    });
  }

  it('shows that a long value of line breaks was cut', () => {
    assert.equal(createProblem('k', '\n'.repeat(1000), 'm').value, ' …');
  });
});
