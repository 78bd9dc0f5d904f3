import assert from 'node:assert/strict';
import { isConnectionReset, toAlibabaCloudError } from '../../../src/alibaba/sdk-error.ts';
import { AlibabaCloudError } from '../../../src/alibaba/errors.ts';

const context = { action: 'AssumeRole' };

function failed(members: object, message = 'failed', name = 'Error'): Error {
  return Object.assign(new Error(message), { name }, members);
}

describe('translation of SDK errors', () => {
  it('reads a refusal of the newer generation with request id and denial', () => {
    const error = toAlibabaCloudError(
      failed({
        code: 'NoPermission',
        statusCode: 403,
        requestId: 'R-1',
        description: 'undefined',
        data: {
          Code: 'NoPermission',
          Message: 'You are not authorized.',
          RequestId: 'R-1',
          AccessDeniedDetail: {
            AuthAction: 'sts:AssumeRole',
            PolicyType: 'AssumeRolePolicy',
            NoPermissionType: 'ImplicitDeny',
          },
        },
      }),
      context,
    );
    assert.equal(error.message, 'AssumeRole failed: NoPermission, You are not authorized.');
    assert.deepEqual(
      { code: error.code, status: error.httpStatus, requestId: error.requestId, denied: error.accessDenied },
      {
        code: 'NoPermission',
        status: 403,
        requestId: 'R-1',
        denied: { authAction: 'sts:AssumeRole', policyType: 'AssumeRolePolicy', noPermissionType: 'ImplicitDeny' },
      },
    );
  });

  it('reads a refusal of the older generation, whose request id is only in the data', () => {
    const error = toAlibabaCloudError(
      failed({
        code: 'USER_NOT_EXIST',
        data: { code: 'USER_NOT_EXIST', message: 'user is not exist.', requestId: 'R-2', statusCode: 404 },
      }),
      context,
    );
    assert.deepEqual([error.code, error.httpStatus, error.requestId], ['USER_NOT_EXIST', 404, 'R-2']);
  });

  it('keeps the back-off hint of a throttling answer', () => {
    const error = toAlibabaCloudError(
      failed({ code: 'Throttling.User', statusCode: 400, retryAfter: 1500, data: { Code: 'Throttling.User' } }),
      context,
    );
    assert.equal(error.retryAfterMs, 1500);
  });

  it('passes its own errors through', () => {
    const own = new AlibabaCloudError({ code: 'X', action: 'Y', message: 'z' });
    assert.equal(toAlibabaCloudError(own, context), own);
  });

  const cases: Record<string, [thrown: unknown, code: string, httpStatus?: number]> = {
    'an HTML page': [new SyntaxError('Unexpected token <'), 'Local.BadAnswer'],
    'a body of null': [new TypeError('Cannot read properties of null'), 'Local.BadAnswer'],
    'a JSON body without a code': [
      failed({ code: 'undefined', statusCode: 500, data: { statusCode: 500 } }),
      'Local.BadAnswer',
      500,
    ],
    'a timeout of the SDK': [failed({}, 'ReadTimeout(3000)', 'RequestTimeoutError'), 'Local.Timeout'],
    'a timeout of fetch': [failed({}, 'timed out', 'TimeoutError'), 'Local.Timeout'],
    'a timeout of the socket': [failed({ code: 'ETIMEDOUT' }), 'Local.Timeout'],
    'a refused connection': [failed({ code: 'ECONNREFUSED' }), 'Local.Unreachable'],
    'an unknown host': [failed({ code: 'ENOTFOUND' }), 'Local.Unreachable'],
    'a foreign certificate': [failed({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'Local.Unreachable'],
    'a failure of fetch, which hides below a TypeError': [
      new TypeError('fetch failed', { cause: failed({ code: 'ECONNRESET' }) }),
      'Local.Unreachable',
    ],
    'a failure that the SDK found by itself': [failed({ code: 'InvalidCredentials' }), 'InvalidCredentials'],
    'a thrown text': ['oops', 'Local.BadAnswer'],
    'nothing at all': [undefined, 'Local.BadAnswer'],
  };
  for (const [name, [thrown, code, httpStatus]] of Object.entries(cases)) {
    it(`makes ${code} of ${name}`, () => {
      const error = toAlibabaCloudError(thrown, context);
      assert.equal(error.code, code);
      assert.equal(error.httpStatus, httpStatus);
      assert.match(error.message, /^AssumeRole failed: /);
    });
  }

  it('recognises connections that the other side had closed', () => {
    assert.equal(isConnectionReset(failed({ code: 'ECONNRESET' })), true);
    assert.equal(isConnectionReset(failed({ code: 'ECONNREFUSED' })), false);
  });
});
