import assert from 'node:assert/strict';
import * as errors from '../../../src/kube/errors.ts';
import { KubeApiError } from '../../../src/kube/errors.ts';
import type { KubeApiErrorOptions } from '../../../src/kube/errors.ts';

const predicates = {
  isNotFound: errors.isNotFound,
  isConflict: errors.isConflict,
  isAlreadyExists: errors.isAlreadyExists,
  isGone: errors.isGone,
  isForbidden: errors.isForbidden,
  isUnauthorized: errors.isUnauthorized,
  isInvalidUid: errors.isInvalidUid,
  isUnreachable: errors.isUnreachable,
};

const cases: Record<string, { error: Omit<KubeApiErrorOptions, 'message'>; holds: (keyof typeof predicates)[] }> = {
  'an absent object': { error: { httpStatus: 404, reason: 'NotFound' }, holds: ['isNotFound'] },
  'a stale resource version': { error: { httpStatus: 409, reason: 'Conflict' }, holds: ['isConflict'] },
  'a name that is taken': { error: { httpStatus: 409, reason: 'AlreadyExists' }, holds: ['isAlreadyExists'] },
  'an expired list': { error: { httpStatus: 410, reason: 'Expired' }, holds: ['isGone'] },
  'a missing permission': { error: { httpStatus: 403, reason: 'Forbidden' }, holds: ['isForbidden'] },
  'an expired token': { error: { httpStatus: 401, reason: 'Unauthorized' }, holds: ['isUnauthorized'] },
  'a patch for another object of that name': {
    error: { httpStatus: 422, reason: 'Invalid', details: { causes: [{ field: 'metadata.uid' }] } },
    holds: ['isInvalidUid'],
  },
  'an invalid field': {
    error: { httpStatus: 422, reason: 'Invalid', details: { causes: [{ field: 'spec.nodeName' }] } },
    holds: [],
  },
  'a refused connection': { error: { reason: errors.localReasons.unreachable }, holds: ['isUnreachable'] },
  'our own deadline': { error: { reason: errors.localReasons.deadline }, holds: ['isUnreachable'] },
  'a silent watch': { error: { reason: errors.localReasons.stalled }, holds: ['isUnreachable'] },
  'an answer that is not JSON': { error: { reason: errors.localReasons.badAnswer }, holds: [] },
  'an overloaded server': { error: { httpStatus: 503, reason: 'ServiceUnavailable' }, holds: [] },
};

describe('predicates of Kubernetes API errors', () => {
  for (const [title, { error, holds }] of Object.entries(cases)) {
    it(`recognizes ${title}`, () => {
      const subject = new KubeApiError({ message: 'x', ...error });
      const held = Object.entries(predicates).filter(([, predicate]) => predicate(subject));
      assert.deepEqual(
        held.map(([name]) => name),
        holds,
      );
    });
  }

  it('recognizes nothing in an error of another kind', () => {
    const foreign = Object.assign(new Error('x'), { httpStatus: 404, reason: 'NotFound' });
    for (const predicate of Object.values(predicates)) assert.equal(predicate(foreign), false);
  });

  it('has a stable code made of the reason', () => {
    assert.equal(new KubeApiError({ message: 'x', reason: 'NotFound' }).code, 'Kube.NotFound');
  });
});
