import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { signRpc } from '../../../simulator/signature/rpc.ts';
import { signV3 } from '../../../simulator/signature/v3.ts';
import { assumeRole, callCr, callRpc, keys, personalToken, roleA, stsClient, type Keys } from './sdk-clients.ts';
import { startSimulator, type RunningSimulator } from './start-simulator.ts';

const emptySha256 = createHash('sha256').digest('hex');

interface RawCall {
  body: Record<string, unknown>;
  status: number;
}

describe('simulated API gateway', () => {
  let running: RunningSimulator;
  let url: string;
  let nonce = 0;

  before(async () => {
    running = await startSimulator();
    url = running.addresses.url;
  });
  after(async () => {
    assert.deepEqual(running.defects, []);
    await running.simulator.stop();
  });

  /** Sends GetCallerIdentity signed by hand, to be wrong in ways in which no SDK is. */
  async function sendV3(
    caller: Keys,
    change: {
      headers?: Record<string, string>;
      unsigned?: Record<string, string>;
      secret?: string;
      body?: string;
      action?: string;
      authorization?: string;
    } = {},
  ): Promise<RawCall> {
    nonce += 1;
    const host = new URL(url).host;
    const headers: Record<string, string> = {
      host,
      'x-acs-action': change.action ?? 'GetCallerIdentity',
      'x-acs-version': '2015-04-01',
      'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
      'x-acs-signature-nonce': `nonce-${nonce}`,
      'x-acs-content-sha256': emptySha256,
      ...(caller.securityToken === undefined ? {} : { 'x-acs-security-token': caller.securityToken }),
      ...change.headers,
    };
    const signedHeaders = Object.keys(headers).sort();
    const { signature } = signV3(
      {
        method: 'POST',
        path: '/',
        query: [],
        headers,
        signedHeaders,
        bodySha256: headers['x-acs-content-sha256'] ?? '',
      },
      change.secret ?? caller.accessKeySecret,
    );
    const authorization =
      change.authorization ??
      `ACS3-HMAC-SHA256 Credential=${caller.accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
    const { host: _, ...sent } = headers;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...sent, ...change.unsigned, authorization },
      ...(change.body === undefined ? {} : { body: change.body }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('accepts what is signed as the algorithm says', async () => {
    const { status, body } = await sendV3(keys.component);
    assert.equal(status, 200);
    assert.equal(body['Arn'], 'acs:ram::1111111111111111:user/eci-kubelet');
    assert.match(String(body['RequestId']), /^[0-9A-F-]{36}$/);
  });

  it('accepts the legacy RPC signature of the SDK, parameters in the query or in a form', async () => {
    for (const inBody of [false, true]) {
      const { body } = await callRpc(url, keys.component, {
        action: 'AssumeRole',
        version: '2015-04-01',
        query: { RoleArn: roleA('role-assume'), RoleSessionName: "it's (me)".replaceAll(/[^a-z]/g, '-') },
        inBody,
        signatureAlgorithm: 'v2',
      });
      assert.ok(body['Credentials'] !== undefined);
    }
  });

  it('accepts form parameters under the V3 signature', async () => {
    const { body } = await callRpc(url, keys.component, {
      action: 'AssumeRole',
      version: '2015-04-01',
      query: { RoleArn: roleA('role-assume'), RoleSessionName: 'in-form' },
      inBody: true,
    });
    assert.ok(body['Credentials'] !== undefined);
  });

  it('accepts both ROA signatures', async () => {
    const v3 = await personalToken(url, keys.component);
    const legacy = await personalToken(url, keys.component, 'v2');
    for (const { body } of [v3, legacy]) assert.ok('data' in body && 'requestId' in body);
  });

  const refusals: Record<string, { send: () => Promise<RawCall>; code: string; status: number }> = {
    'an anonymous call': {
      send: async () => {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'x-acs-action': 'GetCallerIdentity', 'x-acs-version': '2015-04-01' },
        });
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      },
      code: 'MissingAccessKeyId',
      status: 400,
    },
    'a malformed Authorization header': {
      send: () => sendV3(keys.component, { authorization: 'ACS3-HMAC-SHA256 nonsense' }),
      code: 'IncompleteSignature',
      status: 400,
    },
    'an x-acs header that is not signed': {
      send: () => sendV3(keys.component, { unsigned: { 'x-acs-region-id': 'cn-beijing' } }),
      code: 'IncompleteSignature',
      status: 400,
    },
    'an unknown key': {
      send: () => sendV3({ accessKeyId: 'LTAInobodyKnows', accessKeySecret: 'x' }),
      code: 'InvalidAccessKeyId.NotFound',
      status: 404,
    },
    'a disabled key': {
      send: () => sendV3({ accessKeyId: 'LTAI5tDisabled', accessKeySecret: 'CANARY-disabled' }),
      code: 'InvalidAccessKeyId.Inactive',
      status: 403,
    },
    'a date sixteen minutes ago': {
      send: () =>
        sendV3(keys.component, { headers: { 'x-acs-date': new Date(Date.now() - 16 * 60_000).toISOString() } }),
      code: 'InvalidTimeStamp.Expired',
      status: 400,
    },
    'a nonce that was used': {
      send: async () => {
        await sendV3(keys.component, { headers: { 'x-acs-signature-nonce': 'twice' } });
        return sendV3(keys.component, { headers: { 'x-acs-signature-nonce': 'twice' } });
      },
      code: 'SignatureNonceUsed',
      status: 400,
    },
    'a body that is not the one announced': {
      send: () => sendV3(keys.component, { body: 'x=y' }),
      code: 'SignatureDoesNotMatch',
      status: 400,
    },
    'a wrong secret': {
      send: () => sendV3(keys.component, { secret: 'wrong' }),
      code: 'SignatureDoesNotMatch',
      status: 400,
    },
    'an unknown action': {
      send: () => sendV3(keys.component, { action: 'AssumeRoleWithSAML' }),
      code: 'InvalidAction.NotFound',
      status: 404,
    },
    'an unknown version': {
      send: () => sendV3(keys.component, { headers: { 'x-acs-version': '2014-05-26' } }),
      code: 'InvalidVersion',
      status: 400,
    },
  };
  for (const [what, { send, code, status }] of Object.entries(refusals)) {
    it(`refuses ${what}`, async () => {
      const answer = await send();
      assert.equal(answer.body['Code'], code);
      assert.equal(answer.status, status);
      assert.equal(typeof answer.body['RequestId'], 'string');
    });
  }

  it('does not let a request with a wrong signature use up a nonce', async () => {
    const headers = { 'x-acs-signature-nonce': 'spoilt' };
    assert.equal((await sendV3(keys.component, { headers, secret: 'wrong' })).status, 400);
    assert.equal((await sendV3(keys.component, { headers })).status, 200);
  });

  it('quotes its own string to sign, as the cloud does', async () => {
    const { body } = await sendV3(keys.component, { secret: 'wrong' });
    assert.match(String(body['Message']), /server StringToSign is \[ACS3-HMAC-SHA256\n[0-9a-f]{64}\]/);
    const parameters = [
      ['Action', 'GetCallerIdentity'],
      ['Version', '2015-04-01'],
      ['AccessKeyId', keys.component.accessKeyId],
      ['Timestamp', `${new Date().toISOString().slice(0, 19)}Z`],
      ['SignatureMethod', 'HMAC-SHA1'],
      ['SignatureVersion', '1.0'],
      ['SignatureNonce', 'rpc-wrong'],
    ] as const;
    const { stringToSign, signature } = signRpc('GET', parameters, 'wrong');
    const query = new URLSearchParams(Object.fromEntries([...parameters, ['Signature', signature]]));
    const answer = (await (await fetch(`${url}/?${query.toString()}`)).json()) as Record<string, unknown>;
    assert.equal(answer['Code'], 'SignatureDoesNotMatch');
    assert.ok(String(answer['Message']).endsWith(`server string to sign is:${stringToSign}`));
  });

  it('insists on the token of a session, and on the right one', async () => {
    const session = await assumeRole(url, keys.component, roleA('role-assume'));
    const { securityToken, ...withoutToken } = session;
    assert.equal((await sendV3(withoutToken)).body['Code'], 'MissingSecurityToken');
    const mismatch = await sendV3({ ...withoutToken, securityToken: `${securityToken}x` });
    assert.equal(mismatch.body['Code'], 'InvalidSecurityToken.MismatchWithAccessKey');
  });

  it('dates requests by the machine clock, so that moving simulated time does not break clients', async () => {
    const own = await startSimulator();
    try {
      own.clock.advance(24 * 3_600_000);
      await stsClient(own.addresses.url, keys.component).getCallerIdentity();
      await own.control('POST', '/_sim/clock', { skewMs: 20 * 60_000 });
      await assert.rejects(stsClient(own.addresses.url, keys.component).getCallerIdentity(), {
        code: 'InvalidTimeStamp.Expired',
      });
    } finally {
      await own.simulator.stop();
    }
  });

  it('names every parameter that an action does not have', async () => {
    await assert.rejects(callCr(url, keys.component, 'ListInstance', { Instance: 'a', PageNumber: 1 }), {
      code: 'UnknownParameter',
      statusCode: 400,
      message: /ListInstance of version 2018-12-01 has no parameter Instance, PageNumber/,
    });
  });

  it('takes URLs of a megabyte', async () => {
    await assert.rejects(callCr(url, keys.component, 'ListInstance', { Huge: 'x'.repeat(1 << 20) }), {
      code: 'UnknownParameter',
    });
  });
});
