import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { scrub } from '../../../src/alibaba/scrub.ts';
import { toAlibabaCloudError } from '../../../src/alibaba/sdk-error.ts';
import { Secret } from '../../../src/secret.ts';

/** Long and odd enough not to occur by chance. */
const canaries = fc.stringMatching(/^[A-Za-z0-9+/=_.-]{12,60}$/).map((text) => `K9${text}zQ`);
/** Anything a person may choose as a password. */
const wildSecrets = fc.string({ unit: 'binary', minLength: 4, maxLength: 40 });

describe('scrub', () => {
  const shapes: Record<string, (secret: string) => string> = {
    'a URL with parameters': (s) =>
      `connect ECONNREFUSED POST http://sts.aliyuncs.com/?Action=AssumeRole&SecurityToken=${s} failed.`,
    'a URL whose secret parameter comes first': (s) => `POST https://h:1/?OIDCToken=${s}&RoleArn=r failed`,
    'a path with parameters': (s) => `GET /tokens?Signature=${s} broke off`,
    'a URL with a password in front of the host': (s) => `cannot reach https://user:${s.replaceAll('/', '')}@host/v2/`,
    'an indexed parameter': (s) => `ImageRegistryCredential.1.Password=${s}&x=1`,
    'a header': (s) => `x-acs-security-token: ${s}`,
    'a bearer token': (s) => `Authorization: Bearer ${s}`,
    'a basic authorization': (s) => `authorization=Basic ${s} was refused`,
    'a signature header': (s) => `ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=${s}`,
    'a JSON member': (s) => `{"AccessKeySecret":"${s}","a":1}`,
    'a JSON member inside a JSON text': (s) => JSON.stringify({ body: JSON.stringify({ securityToken: s }) }),
    'a docker configuration': (s) => `{"auths":{"h":{"username":"u","password":"${s}","auth":"${s}"}}}`,
    'an answer of CR': (s) => `{"TempUsername":"cr_temp_user","AuthorizationToken":"${s}"}`,
    'a web token': () => 'token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzYSJ9.K9c2lnbmF0dXJl was refused',
    'what the service computed from our request': (s) =>
      `server StringToSign is [..] server CanonicalRequest is [x-acs-security-token:${s}]`,
  };
  for (const [name, shape] of Object.entries(shapes)) {
    it(`takes the secret out of ${name}`, () => {
      fc.assert(
        fc.property(canaries, (secret) => {
          const clean = scrub(shape(secret));
          assert.ok(!clean.includes(secret), clean);
          assert.ok(!clean.includes('K9c2lnbmF0dXJl'), clean);
        }),
        { numRuns: 40 },
      );
    });
  }

  it('takes out any value that it is told about, however it is encoded', () => {
    fc.assert(
      fc.property(wildSecrets, (value) => {
        const texts = [
          value,
          encodeURIComponent(value.toWellFormed()),
          JSON.stringify(value),
          Buffer.from(value).toString('base64'),
        ];
        const clean = scrub(`before ${texts.join(' ')} after`, [new Secret(value)]);
        // A secret that is part of the marker itself cannot be told from the marker.
        if (!'before [redacted] after'.includes(value)) assert.ok(!clean.includes(value), clean);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves alone what people need: hosts, ARNs, codes, request ids, image digests', () => {
    const text =
      'AssumeRole of acs:ram::1234567890123456:role/web at https://sts.cn-hangzhou.aliyuncs.com/ failed: NoPermission, ' +
      'You are not authorized to do this action. 6894B13B-6D71-4EF5-88FA-F32781734A7F ' +
      'demo-registry.cn-hangzhou.cr.aliyuncs.com/ns/web@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    assert.equal(scrub(text), text);
  });

  it('takes bounded time on hostile text', () => {
    const startedAt = performance.now();
    scrub(`${'password'.repeat(50_000)}${'\\"'.repeat(50_000)}${'?a='.repeat(50_000)}`);
    assert.ok(performance.now() - startedAt < 2_000);
  });
});

describe('messages of translated SDK errors', () => {
  const throwers: Record<string, (secret: string) => unknown> = {
    'a network error with the whole URL': (s) =>
      Object.assign(new Error(`connect ECONNREFUSED 127.0.0.1:1 POST http://127.0.0.1:1/?SecurityToken=${s} failed.`), {
        code: 'ECONNREFUSED',
      }),
    'a timeout with the whole URL': (s) =>
      Object.assign(new Error(`ReadTimeout(3000). POST http://h/?OIDCToken=${s} failed.`), {
        name: 'RequestTimeoutError',
      }),
    'a refusal that quotes the request': (s) =>
      Object.assign(new Error(`InvalidParameter: code: 400, bad value ${s}`), {
        code: 'InvalidParameter',
        statusCode: 400,
        data: { Code: 'InvalidParameter', Message: `The value ${s} is not allowed`, RequestId: `r ${s}` },
      }),
    'a code that quotes the request': (s) =>
      Object.assign(new Error('x'), { code: `Bad ${s}`, statusCode: 400, data: { Code: `Bad ${s}` } }),
    'a page that is not JSON': (s) => new SyntaxError(`Unexpected token < in JSON: <html>${s}`),
    'something that is no error': (s) => `thrown ${s}`,
  };
  for (const [name, thrower] of Object.entries(throwers)) {
    it(`do not repeat the secret of ${name}`, () => {
      fc.assert(
        fc.property(canaries, (secret) => {
          const error = toAlibabaCloudError(thrower(secret), { action: 'AssumeRole', secrets: [new Secret(secret)] });
          const everything = inspect(error, { depth: 10 });
          assert.ok(!everything.includes(secret), everything);
        }),
        { numRuns: 40 },
      );
    });
  }
});
