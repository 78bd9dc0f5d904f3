import assert from 'node:assert/strict';
import { errorFromAnswer, errorFromTransport, errorFromWatchStatus } from '../../../src/kube/error-mapping.ts';

const call = { method: 'PATCH', path: '/api/v1/namespaces/web/pods/a' };
const statusBody = (extra: object): string => JSON.stringify({ kind: 'Status', status: 'Failure', ...extra });

describe('errorFromAnswer', () => {
  it('takes reason, message and causes from the Status', () => {
    const error = errorFromAnswer(call, {
      httpStatus: 422,
      headers: {},
      body: statusBody({
        reason: 'Invalid',
        message: 'Pod "a" is invalid',
        details: { name: 'a', kind: 'Pod', causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid' }] },
      }),
    });
    assert.equal(error.message, 'PATCH /api/v1/namespaces/web/pods/a: 422 Invalid: Pod "a" is invalid');
    assert.deepEqual(error.details, {
      name: 'a',
      kind: 'Pod',
      causes: [{ field: 'metadata.uid', reason: 'FieldValueInvalid' }],
    });
  });

  const bodies: Record<string, { httpStatus: number; body: string; reason: string }> = {
    'a page of a load balancer': { httpStatus: 503, body: '<html>no backend</html>', reason: 'ServiceUnavailable' },
    'an empty body': { httpStatus: 404, body: '', reason: 'NotFound' },
    'a Status without reason': { httpStatus: 500, body: statusBody({}), reason: 'InternalError' },
    'JSON that is no Status': { httpStatus: 418, body: '[1]', reason: 'Unknown' },
  };
  for (const [title, { httpStatus, body, reason }] of Object.entries(bodies)) {
    it(`names a reason for ${title}`, () => {
      assert.equal(errorFromAnswer(call, { httpStatus, headers: {}, body }).reason, reason);
    });
  }

  const hints: Record<string, { header?: string; seconds?: number; expected: number | undefined }> = {
    'the header': { header: '3', expected: 3000 },
    'the Status': { seconds: 2, expected: 2000 },
    'the header rather than the Status': { header: '3', seconds: 2, expected: 3000 },
    'the Status when the header is a date': { header: 'Wed, 21 Oct', seconds: 2, expected: 2000 },
    nothing: { expected: undefined },
  };
  for (const [title, { header, seconds, expected }] of Object.entries(hints)) {
    it(`takes the back-off hint from ${title}`, () => {
      const details = seconds === undefined ? {} : { details: { retryAfterSeconds: seconds } };
      const headers = header === undefined ? {} : { 'retry-after': header };
      const error = errorFromAnswer(call, { httpStatus: 429, headers, body: statusBody(details) });
      assert.equal(error.retryAfterMs, expected);
    });
  }

  it('cuts endless messages', () => {
    const error = errorFromAnswer(call, {
      httpStatus: 400,
      headers: {},
      body: statusBody({ message: 'x'.repeat(9999) }),
    });
    assert.ok(error.message.length < 1200);
  });
});

describe('errorFromTransport', () => {
  const codes: Record<string, boolean> = {
    ECONNREFUSED: true,
    ENOTFOUND: true,
    UND_ERR_CONNECT_TIMEOUT: true,
    ECONNRESET: false,
    UND_ERR_SOCKET: false,
    EPIPE: false,
  };
  for (const [code, neverSent] of Object.entries(codes)) {
    it(`knows that after ${code} the request ${neverSent ? 'was never sent' : 'may have been carried out'}`, () => {
      assert.equal(errorFromTransport(call, Object.assign(new Error(), { code })).neverSent, neverSent);
    });
  }

  it('looks inside the errors that wrap the cause', () => {
    const refused = Object.assign(new Error(), { code: 'ECONNREFUSED' });
    assert.equal(errorFromTransport(call, new TypeError('fetch failed', { cause: refused })).neverSent, true);
    assert.equal(errorFromTransport(call, new AggregateError([refused])).neverSent, true);
  });
});

describe('errorFromWatchStatus', () => {
  it('gives the Status its own code, since the HTTP status of a watch is 200', () => {
    const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (243)' };
    const error = errorFromWatchStatus(call, object);
    assert.deepEqual([error.httpStatus, error.reason], [410, 'Expired']);
  });
});
