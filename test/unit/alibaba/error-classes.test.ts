import assert from 'node:assert/strict';
import {
  adviceFor,
  classify,
  cloudErrorCodes,
  describeCode,
  isClientTokenReused,
  isCredentialInvalid,
  isNoPermission,
  isNotFound,
  isOutOfStock,
  isRetryable,
  isThrottled,
  isTrustRefusal,
  isUnknownRegistryInstance,
  outcomeUnknown,
} from '../../../src/alibaba/error-classes.ts';
import { AlibabaCloudError, type AlibabaCloudErrorOptions, type ErrorClass } from '../../../src/alibaba/errors.ts';
import { EciKubeletError } from '../../../src/errors.ts';

function refusal(code: string, others: Partial<AlibabaCloudErrorOptions> = {}): AlibabaCloudError {
  return new AlibabaCloudError({
    code,
    action: 'CreateContainerGroup',
    message: 'refused',
    httpStatus: 400,
    ...others,
  });
}

describe('classes of cloud errors', () => {
  const cases: Record<string, [code: string, httpStatus: number | undefined, expected: ErrorClass]> = {
    'throttling comes as HTTP 400': ['Throttling', 400, 'transient'],
    'throttling by user': ['Throttling.User', 400, 'transient'],
    'the daily vCPU quota is no throttling': ['Throttling.Vcpu.PerDay', 403, 'account'],
    'service degraded': ['Degrade.Api', 400, 'transient'],
    'internal error': ['InternalError', 500, 'transient'],
    'clock skew': ['InvalidTimeStamp.Expired', 400, 'transient'],
    'no stock': ['OperationDenied.NoStock', 403, 'capacity'],
    'no address': ['InvalidVSwitchId.IpNotEnough', 403, 'capacity'],
    quota: ['QuotaExceeded', 403, 'capacity'],
    balance: ['InvalidPaymentMethod.InsufficientBalance', 400, 'account'],
    'denied, on either status': ['NoPermission', 403, 'permission'],
    'session token family': ['InvalidSecurityToken.Expired', 400, 'permission'],
    'access key family': ['InvalidAccessKeyId.NotFound', 404, 'permission'],
    'expired service account token is read again': ['AuthenticationFail.OIDCToken.Expired', 401, 'transient'],
    'any other refusal of a service account token': [
      'AuthenticationFail.OIDCToken.AudienceNotMatch',
      401,
      'permission',
    ],
    'mismatched token reuse': ['IdempotentParameterMismatch', 400, 'permanent'],
    'IPv6 family without a dot': ['Ipv6AddressNotSupportVSwitch', 400, 'permanent'],
    'unknown code with 5xx': ['SomethingNew', 502, 'transient'],
    'unknown code with 429': ['SomethingNew', 429, 'transient'],
    'unknown code with 4xx': ['SomethingNew', 409, 'permanent'],
    'unknown code with HTTP 200 and IsSuccess false': ['STOPPED_INSTANCE', 200, 'permanent'],
    'no answer': ['Local.Timeout', undefined, 'transient'],
    'HTML page of a gateway': ['Local.BadAnswer', undefined, 'transient'],
  };
  for (const [name, [code, httpStatus, expected]] of Object.entries(cases)) {
    it(`${name}: ${code} is ${expected}`, () => {
      const error = refusal(code, httpStatus === undefined ? {} : { httpStatus });
      assert.equal(classify(error), expected);
      assert.equal(isRetryable(error), expected === 'transient');
    });
  }

  it('finds the cloud error below the wrappings of other layers', () => {
    const wrapped = new EciKubeletError('ChainFailed', 'no password', {
      cause: new Error('hop 1', { cause: refusal('NoPermission') }),
    });
    assert.equal(classify(wrapped), 'permission');
    assert.equal(isNoPermission(wrapped), true);
  });

  it('survives causes that go round in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    assert.equal(classify(error), 'transient');
  });

  it('gives advice for every code and says when each occurs', () => {
    for (const [code, row] of Object.values(cloudErrorCodes).flatMap((codes) => Object.entries(codes))) {
      assert.match(row.when, /^[A-Z].*\.$/s, code);
      assert.match(adviceFor(refusal(code.replace('*', 'x'))), /\.$/, code);
    }
  });

  it('lists no code twice', () => {
    const codes = Object.values(cloudErrorCodes).flatMap((table) => Object.keys(table));
    assert.deepEqual(codes.length, new Set(codes).size);
  });
});

describe('questions about cloud errors', () => {
  it('asks for fewer calls on flow control, not on the daily quota', () => {
    assert.equal(isThrottled(refusal('Throttling.Api', { httpStatus: 503 })), true);
    assert.equal(isThrottled(refusal('TooMany', { httpStatus: 429 })), true);
    assert.equal(isThrottled(refusal('Throttling.Vcpu.PerDay')), false);
  });

  it('takes a missing object for missing, but not a missing key, role or action', () => {
    assert.equal(isNotFound(refusal('InvalidParameter.NotFound', { httpStatus: 404 })), true);
    assert.equal(isNotFound(refusal('SomeGroup.NotFound', { httpStatus: 404 })), true);
    for (const code of ['InvalidAccessKeyId.NotFound', 'InvalidAction.NotFound', 'EntityNotExist.Role']) {
      assert.equal(isNotFound(refusal(code, { httpStatus: 404 })), false, code);
    }
  });

  it('knows a client token with other parameters, and a registry instance that is not there', () => {
    const reused = new AlibabaCloudError({ code: 'IdempotentParameterMismatch', message: 'm', action: 'a' });
    const unknown = new AlibabaCloudError({ code: 'INSTANCE_NOT_EXIST', message: 'm', action: 'a' });
    assert.deepEqual([isClientTokenReused(reused), isClientTokenReused(unknown)], [true, false]);
    assert.deepEqual([isUnknownRegistryInstance(reused), isUnknownRegistryInstance(unknown)], [false, true]);
    assert.equal(isUnknownRegistryInstance(new Error('wrapped', { cause: unknown })), true);
  });

  it('tells stock from addresses', () => {
    assert.equal(isOutOfStock(refusal('Spot.NotMatched')), true);
    assert.equal(isOutOfStock(refusal('InvalidVSwitchId.IpNotEnough')), false);
  });

  const trustCases: Record<string, [Partial<AlibabaCloudErrorOptions>, 'yes' | 'no' | 'unknown']> = {
    'the trust policy refused': [{ accessDenied: { policyType: 'AssumeRolePolicy' } }, 'yes'],
    'the policies of the caller refused': [{ accessDenied: { policyType: 'AccountLevelIdentityBasedPolicy' } }, 'no'],
    'the cloud gave no detail': [{}, 'unknown'],
    'another action was refused': [
      { action: 'GetAuthorizationToken', accessDenied: { policyType: 'AssumeRolePolicy' } },
      'no',
    ],
    'the failure is of another kind': [{ code: 'EntityNotExist.Role' }, 'no'],
  };
  for (const [name, [options, expected]] of Object.entries(trustCases)) {
    it(`answers "${expected}" about trust when ${name}`, () => {
      assert.equal(isTrustRefusal(refusal('NoPermission', { action: 'AssumeRole', ...options })), expected);
    });
  }

  it('knows refused credentials by their families', () => {
    for (const code of ['InvalidSecurityToken.Expired', 'InvalidAccessKeyId.Inactive', 'MissingSecurityToken']) {
      assert.equal(isCredentialInvalid(refusal(code)), true, code);
    }
    assert.equal(isCredentialInvalid(refusal('SignatureDoesNotMatch')), false);
  });

  it('leaves the outcome open only when the service may have acted', () => {
    assert.equal(outcomeUnknown(refusal('Local.Timeout')), true);
    assert.equal(outcomeUnknown(refusal('InternalError', { httpStatus: 500 })), true);
    assert.equal(outcomeUnknown(refusal('Throttling.User', { httpStatus: 503 })), false);
    assert.equal(outcomeUnknown(refusal('QuotaExceeded', { httpStatus: 403 })), false);
  });

  it('prefers the longest family', () => {
    assert.equal(describeCode('AuthenticationFail.OIDCToken.Invalid')?.class, 'permission');
    assert.equal(describeCode('Throttling.Whatever')?.class, 'transient');
    assert.equal(describeCode('NeverHeardOf'), undefined);
  });
});
