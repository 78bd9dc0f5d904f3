import assert from 'node:assert/strict';
import nock from 'nock';
import { createCrClient } from '../../../src/alibaba/cr.ts';
import type { ServiceEndpointOptions } from '../../../src/alibaba/service-address.ts';
import { createStsClient, type StsClient } from '../../../src/alibaba/sts.ts';
import type { CrPort } from '../../../src/credentials/types.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { sessionKey, testCaller } from './cloud-caller-fixture.ts';
import { answerWithNockOnly } from '../../support/nock-only.ts';

const VPC = 'https://cr-vpc.cn-beijing.aliyuncs.com';
const PUBLIC = 'https://cr.cn-beijing.aliyuncs.com';
const KEEP_MS = 600_000;

const password = {
  IsSuccess: true,
  TempUsername: 'cr_temp_user',
  AuthorizationToken: 'a:b',
  ExpireTime: 1_900_000_000_000,
};
const caller = { identityType: 'RAMUser', arn: 'acs:ram::1:user/u', accountId: '1' };

interface Bench {
  clock: FakeClock;
  cr: CrPort;
  sts: StsClient;
  said: unknown[];
  ask: (regionId?: string) => Promise<string>;
}

function setUp(endpoint: ServiceEndpointOptions = { network: 'auto' }): Bench {
  const { clock, call } = testCaller();
  const said: unknown[] = [];
  const log = { ...noLog, info: (message: string, fields?: object) => said.push({ message, ...fields }) };
  const common = { call, clock, log, endpoint, userAgent: 'test' };
  const cr = createCrClient(common);
  const ask = async (regionId = 'cn-beijing'): Promise<string> =>
    (await cr.instancePassword({ caller: sessionKey, regionId, instanceId: 'cri-1' })).userName;
  return { clock, cr, sts: createStsClient({ ...common, regionId: 'cn-beijing' }), said, ask };
}

/** Answers at an origin, and counts the requests. */
function serve(origin: string, status = 200, body: object = password): { requests: number } {
  const seen = { requests: 0 };
  nock(origin)
    .persist()
    .post('/')
    .query(true)
    .reply(() => {
      seen.requests += 1;
      return [status, body];
    });
  return seen;
}

/** Fails to connect, as every try at a host that does not resolve does. */
function unreachable(origin: string, code = 'ENOTFOUND'): void {
  nock(origin)
    .persist()
    .post('/')
    .query(true)
    .replyWithError(Object.assign(new Error(`getaddrinfo ${code}`), { code }));
}

describe('addresses of services that are chosen by themselves', () => {
  answerWithNockOnly();

  it('are those inside the VPC where these answer', async () => {
    const [vpc, open] = [serve(VPC), serve(PUBLIC)];
    const { ask, said } = setUp();
    assert.equal(await ask(), 'cr_temp_user');
    assert.deepEqual([vpc.requests, open.requests, said], [1, 0, []]);
  });

  for (const code of ['ENOTFOUND', 'ECONNREFUSED', 'EHOSTUNREACH', 'ERR_TLS_CERT_ALTNAME_INVALID']) {
    it(`are the public ones after ${code}, without another try at the first until some minutes have passed`, async () => {
      unreachable(VPC, code);
      const open = serve(PUBLIC);
      const { clock, ask, said } = setUp();
      await ask();
      await ask();
      assert.equal(open.requests, 2);
      assert.deepEqual(said, [
        {
          message: 'a service cannot be reached at its address; its other address is tried',
          host: 'cr-vpc.cn-beijing.aliyuncs.com',
          next: 'cr.cn-beijing.aliyuncs.com',
        },
      ]);
      nock.cleanAll();
      const vpc = serve(VPC);
      await clock.advance(KEEP_MS);
      await ask();
      assert.equal(vpc.requests, 1);
    });
  }

  for (const [status, body] of [
    [403, { Code: 'NoPermission', Message: 'no' }],
    [200, { IsSuccess: false, Code: 'INSTANCE_NOT_EXIST' }],
    [404, { Code: 'InvalidAction.NotFound' }],
  ] as const) {
    it(`stay where they are after a refusal (${status} ${body.Code})`, async () => {
      const [vpc, open] = [serve(VPC, status, body), serve(PUBLIC)];
      const { ask } = setUp();
      await assert.rejects(ask(), { code: body.Code });
      await assert.rejects(ask(), { code: body.Code });
      assert.deepEqual([vpc.requests, open.requests], [2, 0]);
    });
  }

  it('are given up when they keep silent, after three seconds and not ten', async () => {
    nock(VPC).persist().post('/').query(true).delay(3_600_000).reply(200, password);
    const open = serve(PUBLIC);
    const { clock, ask } = setUp();
    const asked = ask();
    await clock.advance(3_000);
    assert.equal(await asked, 'cr_temp_user');
    assert.equal(open.requests, 1);
    nock.abortPendingRequests();
  });

  it('are kept to when they have answered and then are slow', async () => {
    serve(VPC);
    const open = serve(PUBLIC);
    const { clock, ask } = setUp();
    await ask();
    nock.cleanAll();
    nock(VPC).post('/').query(true).delay(3_600_000).reply(200, password);
    const vpc = serve(VPC);
    const asked = ask();
    await clock.advance(10_000);
    assert.equal(await asked, 'cr_temp_user');
    assert.deepEqual([vpc.requests, open.requests], [1, 0]);
    nock.abortPendingRequests();
  });

  it('are kept to when they have answered and then close a connection that was kept open', async () => {
    serve(VPC);
    const open = serve(PUBLIC);
    const { ask } = setUp();
    await ask();
    nock.cleanAll();
    nock(VPC)
      .post('/')
      .query(true)
      .replyWithError(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    const vpc = serve(VPC);
    await ask();
    assert.deepEqual([vpc.requests, open.requests], [1, 0]);
  });

  it('are given all the time that a call has where both are slow', async () => {
    for (const origin of [VPC, PUBLIC])
      nock(origin).persist().post('/').query(true).delay(3_600_000).reply(200, password);
    const { clock, ask } = setUp();
    const startMs = clock.nowMs();
    let endMs = 0;
    const asked = ask().finally(() => (endMs = clock.nowMs()));
    asked.catch(() => {});
    await clock.advance(60_000);
    await assert.rejects(asked, { code: 'Local.Timeout' });
    assert.equal(endMs - startMs, 3_000 + 6_000 + 10_000 + 10_000);
    nock.abortPendingRequests();
  });

  it('change back where the public ones cannot be reached either', async () => {
    unreachable(VPC);
    unreachable(PUBLIC);
    const { ask } = setUp();
    await assert.rejects(ask(), { code: 'Local.Unreachable' });
    nock.cleanAll();
    const vpc = serve(VPC);
    await ask();
    assert.equal(vpc.requests, 1);
  });

  it('are turned round once by calls that fail together', async () => {
    unreachable(VPC);
    const open = serve(PUBLIC);
    const { ask, said } = setUp();
    await Promise.all(Array.from({ length: 5 }, () => ask()));
    assert.deepEqual([open.requests, said.length], [5, 1]);
  });

  it('are chosen for each service and each region by itself', async () => {
    unreachable(VPC);
    const [open, elsewhere] = [serve(PUBLIC), serve('https://cr-vpc.cn-hangzhou.aliyuncs.com')];
    const sts = serve('https://sts-vpc.cn-beijing.aliyuncs.com', 200, {
      IdentityType: caller.identityType,
      Arn: caller.arn,
      AccountId: caller.accountId,
    });
    const bench = setUp();
    await bench.ask();
    await bench.ask('cn-hangzhou');
    assert.deepEqual(await bench.sts.getCallerIdentity(sessionKey), caller);
    assert.deepEqual([open.requests, elsewhere.requests, sts.requests], [1, 1, 1]);
  });

  it('give way to an override, which is used whether it answers or not', async () => {
    unreachable('http://cr.test:8080');
    const others = [serve(VPC), serve(PUBLIC)];
    const { ask } = setUp({ network: 'auto', override: 'http://cr.test:8080' });
    await assert.rejects(ask(), { code: 'Local.Unreachable' });
    assert.deepEqual(others, [{ requests: 0 }, { requests: 0 }]);
  });

  it('are not chosen by themselves where a network was named', async () => {
    unreachable(VPC);
    const open = serve(PUBLIC);
    await assert.rejects(setUp({ network: 'vpc' }).ask(), { code: 'Local.Unreachable' });
    assert.equal(open.requests, 0);
    assert.equal(await setUp({ network: 'public' }).ask(), 'cr_temp_user');
  });
});
