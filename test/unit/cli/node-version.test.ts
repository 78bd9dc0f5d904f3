import assert from 'node:assert/strict';
import { unsupportedNode } from '../../../src/cli/node-version.ts';

describe('unsupportedNode', () => {
  it('refuses releases before 24 with a sentence that says what to do', () => {
    assert.match(unsupportedNode('20.20.2') ?? '', /needs Node\.js 24 or later, this is 20\.20\.2: install it/);
  });
  for (const version of ['24.0.0', '24.21.0', '26.1.0', '100.0.0']) {
    it(`accepts ${version}`, () => assert.equal(unsupportedNode(version), undefined));
  }
});
