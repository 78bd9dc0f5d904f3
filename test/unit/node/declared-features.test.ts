import assert from 'node:assert/strict';
import { declaredFeatures } from '../../../src/node/declared-features.ts';

describe('the features that a node declares', () => {
  const cases: Record<string, string[]> = {
    'v1.20.2': [],
    'v1.35.9': [],
    'v1.36.0': ['ExtendWebSocketsToKubelet'],
    '1.40.1': ['ExtendWebSocketsToKubelet'],
    'v2.0.0': ['ExtendWebSocketsToKubelet'],
    'not a version': [],
  };
  for (const [version, features] of Object.entries(cases)) {
    it(`at ${version} are ${features.join(', ') || 'none'}`, () => {
      assert.deepEqual(declaredFeatures(version), features);
    });
  }
});
