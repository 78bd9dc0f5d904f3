import assert from 'node:assert/strict';
import { AlibabaCloudError } from '../../../../src/alibaba/errors.ts';
import { toAlibabaCloudError } from '../../../../src/alibaba/sdk-error.ts';
import { describeFailure, toEntryFailure } from '../../../../src/credential-helper/entries/failure.ts';
import { toCredentialError } from '../../../../src/credentials/errors.ts';
import type { Hop } from '../../../../src/credentials/hop.ts';
import { EciKubeletError } from '../../../../src/errors.ts';
import { chainToB, entryPlan, ROLE_B } from './entry-plans.ts';

const HOP: Hop = { number: 1, name: 'assumed role', roleArn: ROLE_B, caller: 'ECS role web' };
const PLAN = entryPlan({ instanceId: 'cri-a', chain: chainToB() });
const SUBJECT = 'Entry 2 (instance cri-a in cn-hangzhou)';

function answered(code: string, message: string, extra: object = {}): string {
  const data = { Code: code, Message: message, RequestId: 'REQ-1', ...extra };
  const thrown = Object.assign(new Error('of the SDK'), { code, data, statusCode: 403 });
  const cloud = toAlibabaCloudError(thrown, { action: 'AssumeRole' });
  return describeFailure(SUBJECT, toEntryFailure(PLAN, toCredentialError(cloud, HOP)));
}

describe('describeFailure', () => {
  it('names entry, instance, region, action, code, words of the cloud, request id and advice', () => {
    assert.equal(
      answered('NoPermission', 'You are not authorized to do this action. You should be authorized by RAM.'),
      'Entry 2 (instance cri-a in cn-hangzhou): AssumeRole was answered NoPermission: “You are not authorized to do this action. You should be authorized by RAM.” (request id REQ-1). ' +
        'Either ECS role web lacks the policy AliyunSTSAssumeRoleAccess, or the trust policy of role b-role of 222 (assumeRoleARN) does not name it: check both.',
    );
  });

  it('lets no secret of the cloud’s words through', () => {
    const quoting = [
      'Specified signature is not matched with our calculation. server string to sign is:GET&%2F&AccessKeyId%3DSTS.abc%26SecurityToken%3DS3CRET',
      'GET https://sts.aliyuncs.com/?SecurityToken=S3CRET&Signature=S3CRET failed',
      'header Authorization: ACS3-HMAC-SHA256 Credential=STS.abc,Signature=S3CRET9',
      '{"SecurityToken":"S3CRET"}',
    ];
    for (const text of quoting) {
      assert.ok(!answered('SignatureDoesNotMatch', text).includes('S3CRET'), text);
      // Also where another layer has made the error without knowing about secrets.
      const raw = new AlibabaCloudError({ code: 'X', action: 'AssumeRole', message: `AssumeRole failed: X, ${text}` });
      assert.ok(!describeFailure(SUBJECT, toEntryFailure(PLAN, raw)).includes('S3CRET'), text);
    }
  });

  it('fits into an event with its advice, however much the cloud says', () => {
    for (const letter of ['x ', '密', ' y']) {
      const text = answered('NoPermission', letter.repeat(5000));
      assert.ok(Buffer.byteLength(text) <= 1024, `${Buffer.byteLength(text)} bytes`);
      assert.match(text, /…” \(request id REQ-1\)\. Either ECS role web .*check both\.$/);
    }
  });

  it('leaves the words of the cloud out when a long subject takes their room', () => {
    const failure = toEntryFailure(
      PLAN,
      new AlibabaCloudError({ code: 'X', action: 'A', message: 'A failed: X, said' }),
    );
    const text = describeFailure('s'.repeat(960), failure);
    assert.ok(!text.includes('said'));
    assert.ok(Buffer.byteLength(text) <= 1024);
  });

  it('says what still serves before the advice', () => {
    const failure = toEntryFailure(PLAN, new AlibabaCloudError({ code: 'Strange', action: 'A', message: '' }));
    assert.equal(
      describeFailure(SUBJECT, failure, 'Its password serves until then.'),
      `${SUBJECT}: A was answered Strange. Its password serves until then. It is tried again by itself.`,
    );
  });

  it('tells our own failures in our own words', () => {
    const own = new EciKubeletError('TokenFileUnreadable', 'The service account token /x cannot be read');
    const identity: Hop = { number: 0, name: 'identity', caller: 'service account role a-role' };
    assert.match(
      describeFailure(SUBJECT, toEntryFailure(PLAN, toCredentialError(own, identity))),
      /: no credentials from service account role a-role \(TokenFileUnreadable\): “The service account token \/x cannot be read”\. /,
    );
  });

  it('does not repeat what strangers say', () => {
    const text = describeFailure(SUBJECT, toEntryFailure(PLAN, new TypeError('S3CRET')));
    assert.ok(!text.includes('S3CRET'));
    assert.match(text, /no credentials from the chain \(unknown error\)\. It is tried again by itself\.$/);
  });

  it('says that there was no answer where there was none', () => {
    const cloud = new AlibabaCloudError({
      code: 'Local.Unreachable',
      action: 'AssumeRole',
      message: 'AssumeRole failed: no connection (ECONNREFUSED)',
    });
    assert.match(
      describeFailure(SUBJECT, toEntryFailure(PLAN, toCredentialError(cloud, HOP))),
      /: AssumeRole got no usable answer \(Local\.Unreachable\): “no connection \(ECONNREFUSED\)”\. /,
    );
  });
});
