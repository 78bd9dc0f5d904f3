import assert from 'node:assert/strict';
import { stsClient } from '../sdk-clients.ts';
import { startSimulator, type RunningSimulator } from '../start-simulator.ts';

const ROLES = '/latest/meta-data/ram/security-credentials/';

describe('simulated ECS metadata service', () => {
  let running: RunningSimulator;

  before(async () => {
    running = await startSimulator();
  });
  after(() => running.simulator.stop());
  afterEach(() => running.control('POST', '/_sim/metadata', { mode: 'optional' }));

  const send = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${running.addresses.url}${path}`, { method, headers });
    return { status: answer.status, text: await answer.text() };
  };
  const token = async (ttlSeconds = 60): Promise<string> => {
    const headers = { 'X-aliyun-ecs-metadata-token-ttl-seconds': String(ttlSeconds) };
    return (await send('PUT', '/latest/api/token', headers)).text;
  };
  const withToken = (value: string): Record<string, string> => ({ 'X-aliyun-ecs-metadata-token': value });

  it('gives role credentials that STS knows', async () => {
    const headers = withToken(await token());
    const role = await send('GET', ROLES, headers);
    assert.deepEqual(role, { status: 200, text: 'eci-kubelet-ecs' });
    const { text } = await send('GET', `${ROLES}${role.text}`, headers);
    const credentials = JSON.parse(text) as Record<string, string>;
    assert.equal(credentials['Code'], 'Success');
    const { body } = await stsClient(running.addresses.url, {
      accessKeyId: credentials['AccessKeyId'] ?? '',
      accessKeySecret: credentials['AccessKeySecret'] ?? '',
      securityToken: credentials['SecurityToken'] ?? '',
    }).getCallerIdentity();
    assert.match(body?.arn ?? '', /:assumed-role\/eci-kubelet-ecs\//);
  });

  it('keeps credentials until they are about to end, then gives others', async () => {
    const keyId = async (): Promise<unknown> => {
      const { text } = await send('GET', `${ROLES}eci-kubelet-ecs`);
      return (JSON.parse(text) as Record<string, unknown>)['AccessKeyId'];
    };
    const first = await keyId();
    assert.equal(await keyId(), first);
    running.clock.advance(5 * 3_600_000 + 1000);
    assert.notEqual(await keyId(), first);
  });

  it('checks the lifetime and the origin of token requests', async () => {
    for (const ttl of ['', '0', '21601', 'x']) {
      const { status } = await send('PUT', '/latest/api/token', { 'X-aliyun-ecs-metadata-token-ttl-seconds': ttl });
      assert.equal(status, 400);
    }
    const forwarded = { 'X-aliyun-ecs-metadata-token-ttl-seconds': '60', 'X-Forwarded-For': '10.0.0.1' };
    assert.equal((await send('PUT', '/latest/api/token', forwarded)).status, 403);
  });

  it('refuses tokens that are wrong or have ended', async () => {
    assert.equal((await send('GET', ROLES, withToken('wrong'))).status, 401);
    const short = await token(1);
    running.clock.advance(1001);
    assert.equal((await send('GET', ROLES, withToken(short))).status, 401);
  });

  it('insists on a token in required mode, and hangs up in disabled mode', async () => {
    await running.control('POST', '/_sim/metadata', { mode: 'required' });
    assert.equal((await send('GET', ROLES)).status, 403);
    assert.equal((await send('GET', ROLES, withToken(await token()))).status, 200);
    await running.control('POST', '/_sim/metadata', { mode: 'disabled' });
    await assert.rejects(send('GET', ROLES));
  });

  it('knows no tokens in tokenless mode, and minds none', async () => {
    await running.control('POST', '/_sim/metadata', { mode: 'tokenless' });
    assert.equal(
      (await send('PUT', '/latest/api/token', { 'X-aliyun-ecs-metadata-token-ttl-seconds': '60' })).status,
      404,
    );
    assert.equal((await send('GET', ROLES)).status, 200);
    assert.equal((await send('GET', ROLES, withToken('whatever'))).status, 200);
  });

  it('is in the journal, so that calls can be counted', async () => {
    await send('GET', ROLES);
    const entry = running.simulator.journal.entries({ product: 'metadata' }).at(-1);
    assert.deepEqual([entry?.action, entry?.result], [`GET ${ROLES}`, 'OK']);
  });

  it('tells where the instance stands', async () => {
    assert.equal((await send('GET', '/latest/meta-data/region-id')).text, 'cn-hangzhou');
    assert.equal((await send('GET', '/latest/meta-data/zone-id')).text, 'cn-hangzhou-k');
    assert.equal((await send('GET', '/latest/meta-data/no-such-item')).status, 404);
  });
});
