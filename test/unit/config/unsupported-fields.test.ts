import assert from 'node:assert/strict';
import { unsupportedFields } from '../../../src/config/unsupported-fields.ts';
import { admissionRules } from '../../../src/eci/admission/admit-pod.ts';

describe('unsupportedFields', () => {
  it('names every rule of the admission table and nothing else', () => {
    assert.deepEqual([...unsupportedFields].sort(), admissionRules.map((rule) => rule.field).sort());
  });
});
