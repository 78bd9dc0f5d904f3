import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import nock from 'nock';
import { createEciClient, type EciClientOptions } from '../../../src/alibaba/eci.ts';
import type { CreateContainerGroupRequest } from '../../../src/alibaba/eci-requests.ts';
import { Secret } from '../../../src/secret.ts';
import { settle } from '../../support/fake-clock.ts';
import { fixedIdentity, testCaller } from './cloud-caller-fixture.ts';
import { answerWithNockOnly } from '../../support/nock-only.ts';

const ORIGIN = 'http://eci.cn-hangzhou.test:8080';

const request: CreateContainerGroupRequest = {
  regionId: 'cn-hangzhou',
  containerGroupName: 'web',
  clientToken: 'token-1',
  container: [{ name: 'c', image: 'registry/web:1', arg: ['a (b)*~', ''] }],
  imageRegistryCredential: [{ server: 'registry', userName: 'u', password: new Secret('CANARY-PASSWORD') }],
};

interface Sent {
  path: string;
  body: string;
  headers: Record<string, string>;
}

function setUp(options: Partial<EciClientOptions> = {}) {
  const { call, clock } = testCaller();
  const client = createEciClient({
    call,
    identity: fixedIdentity,
    regionId: 'cn-hangzhou',
    endpoint: { override: ORIGIN },
    userAgent: 'eci-kubelet/test',
    ...options,
  });
  const sent: Sent[] = [];
  const reply = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    nock(ORIGIN)
      .post('/')
      .query(true)
      .reply(async (incoming: Request) => {
        const { pathname, search } = new URL(incoming.url);
        sent.push({
          path: `${pathname}${search}`,
          body: await incoming.text(),
          headers: Object.fromEntries(incoming.headers),
        });
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        return [status, text, { 'content-type': 'application/json;charset=utf-8', ...headers }];
      });
  };
  return { client, clock, sent, reply };
}

describe('ECI client', () => {
  answerWithNockOnly();

  it('signs with ACS3 and sends the parameters in the query', async () => {
    const { client, sent, reply } = setUp();
    reply(200, { RequestId: 'R-1', ContainerGroupId: 'eci-1' });
    assert.deepEqual(await client.createContainerGroup(request), { containerGroupId: 'eci-1', requestId: 'R-1' });
    const [{ path, body, headers }] = sent as [Sent];
    const query = new URL(path, ORIGIN).searchParams;
    assert.equal(body, '');
    assert.equal(query.get('Container.1.Arg.1'), 'a (b)*~');
    assert.equal(query.get('Container.1.Arg.2'), '');
    assert.equal(query.get('ImageRegistryCredential.1.Password'), 'CANARY-PASSWORD');
    assert.equal(headers['x-acs-action'], 'CreateContainerGroup');
    assert.equal(headers['x-acs-version'], '2018-08-08');
    assert.equal(headers['x-acs-security-token'], 'CANARY-TOKEN');
    assert.match(headers['authorization'] ?? '', /^ACS3-HMAC-SHA256 Credential=STS\.testkey,/);
    assert.match(headers['user-agent'] ?? '', /eci-kubelet\/test/);
  });

  it('reads logs and figures', async () => {
    const { client, sent, reply } = setUp();
    reply(200, { RequestId: 'R-1', ContainerName: 'c', Content: '2026-01-01T00:00:00Z hi\n' });
    const log = await client.describeContainerLog({
      containerGroupId: 'eci-1',
      containerName: 'c',
      tail: 2000,
      timestamps: true,
      lastTime: true,
      startTime: '2026-01-01T00:00:00Z',
    });
    assert.equal(log.content, '2026-01-01T00:00:00Z hi\n');
    reply(200, { RequestId: 'R-2' });
    assert.equal((await client.describeContainerLog({ containerGroupId: 'eci-1', containerName: 'c' })).content, '');
    reply(200, {
      RequestId: 'R-3',
      MonitorDatas: [
        {
          ContainerGroupId: 'eci-1',
          Records: [
            { Timestamp: '2026-01-01T00:00:30Z', CPU: { UsageCoreNanoSeconds: 9, UsageNanoCores: '3' } },
            {
              Timestamp: '2026-01-01T00:00:45Z',
              CPU: { UsageCoreNanoSeconds: 12, UsageNanoCores: 4 },
              Memory: { UsageBytes: 5, WorkingSet: 6, Rss: 7, AvailableBytes: 8 },
              Network: { Interfaces: [{ Name: 'eth0', RxBytes: 1, TxBytes: 2 }] },
              Containers: [{ Name: 'c', CPU: { UsageCoreNanoSeconds: 11 }, Memory: { WorkingSet: 3 } }],
            },
          ],
        },
        { ContainerGroupId: 'eci-2', Records: [] },
      ],
    });
    assert.deepEqual(await client.describeMultiContainerGroupMetric({ containerGroupIds: ['eci-1', 'eci-2'] }), [
      {
        containerGroupId: 'eci-1',
        timestamp: '2026-01-01T00:00:45Z',
        cpuNanoSeconds: 12,
        cpuNanoCores: 4,
        memoryUsageBytes: 5,
        memoryWorkingSetBytes: 6,
        memoryRssBytes: 7,
        memoryAvailableBytes: 8,
        containers: [{ name: 'c', cpuNanoSeconds: 11, memoryWorkingSetBytes: 3 }],
        interfaces: [{ name: 'eth0', rxBytes: 1, txBytes: 2 }],
      },
    ]);
    const [first, , third] = sent.map(({ path }) => new URL(path, ORIGIN).searchParams);
    assert.equal(first?.get('Tail'), '2000');
    assert.equal(first?.get('LastTime'), 'true');
    assert.equal(first?.get('StartTime'), '2026-01-01T00:00:00Z');
    assert.equal(third?.get('ContainerGroupIds'), '["eci-1","eci-2"]');
    assert.equal(third?.get('MetricType'), 'summary');
  });

  it('can send the parameters as a form', async () => {
    const { client, sent, reply } = setUp({ parameters: 'form' });
    reply(200, { RequestId: 'R-1', ContainerGroupId: 'eci-1' });
    await client.createContainerGroup(request);
    const [{ path, body, headers }] = sent as [Sent];
    assert.equal(path, '/');
    assert.equal(new URLSearchParams(body).get('Container.1.Arg.1'), 'a (b)*~');
    assert.equal(new URLSearchParams(body).get('Container.1.Arg.2'), '');
    assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
    assert.match(headers['authorization'] ?? '', /SignedHeaders=content-type;/);
  });

  it('sends the same bytes again for the same request', async () => {
    const { client, sent, reply } = setUp();
    reply(500, { Code: 'InternalError', RequestId: 'R-1' });
    reply(200, { RequestId: 'R-2', ContainerGroupId: 'eci-1' });
    await assert.rejects(client.createContainerGroup(request), { code: 'InternalError', requestId: 'R-1' });
    const { container, ...others } = request;
    await client.createContainerGroup({ container, ...others });
    assert.equal(sent[0]?.path, sent[1]?.path);
  });

  it('reports flow control, which comes as HTTP 400, without repeating a creation', async () => {
    const { client, sent, reply } = setUp();
    reply(400, { Code: 'Throttling', Message: 'Request was denied due to request throttling.', RequestId: 'R-1' });
    await assert.rejects(client.createContainerGroup(request), {
      code: 'Throttling',
      httpStatus: 400,
      requestId: 'R-1',
    });
    assert.equal(sent.length, 1);
  });

  it('makes Local.BadAnswer of an HTML page of a gateway', async () => {
    const { client, reply } = setUp();
    reply(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' });
    await assert.rejects(client.createContainerGroup(request), { code: 'Local.BadAnswer' });
  });

  it('makes Local.Unreachable of a broken connection, without the URL and what is in it', async () => {
    const { client } = setUp();
    nock(ORIGIN)
      .post('/')
      .query(true)

      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    await assert.rejects(client.createContainerGroup(request), (error: Error) => {
      assert.equal((error as { code?: string }).code, 'Local.Unreachable');
      assert.doesNotMatch(inspect(error, { depth: 10 }), /CANARY/);
      return true;
    });
  });

  it('sends nothing any more once the program is ending', async () => {
    const { client, sent } = setUp({ signal: AbortSignal.abort() });
    await assert.rejects(client.createContainerGroup(request), { code: 'Cloud.NotSent' });
    assert.deepEqual(sent, []);
  });

  it('keeps the deadline itself when no answer comes', async () => {
    const { client, clock } = setUp();
    nock(ORIGIN).post('/').query(true).delay(3_000).reply(200, {});
    const outcome = assert.rejects(client.createContainerGroup(request), { code: 'Local.Timeout' });
    while (clock.sleeping() === 0) await settle();
    await clock.advance(30_000);
    await outcome;
    nock.abortPendingRequests();
  });

  it('takes a creation without an id for one whose outcome is unknown', async () => {
    const { client, reply } = setUp();
    reply(200, { RequestId: 'R-1' });
    await assert.rejects(client.createContainerGroup(request), { code: 'Local.BadAnswer', requestId: 'R-1' });
  });

  it('counts a group that is already gone as deleted', async () => {
    const { client, reply } = setUp();
    reply(404, { Code: 'InvalidParameter.NotFound', RequestId: 'R-1' });
    await client.deleteContainerGroup({ containerGroupId: 'eci-1', force: true, clientToken: 't' });
  });

  it('does not take a refused key for a group that is gone', async () => {
    const { client, reply } = setUp();
    reply(404, { Code: 'InvalidAccessKeyId.NotFound', RequestId: 'R-1' });
    await assert.rejects(client.deleteContainerGroup({ containerGroupId: 'eci-1' }), {
      code: 'InvalidAccessKeyId.NotFound',
    });
  });

  it('updates credentials alone, under the token of the change', async () => {
    const { client, sent, reply } = setUp();
    reply(200, { RequestId: 'R-1' });
    const answer = await client.updateContainerGroup({
      containerGroupId: 'eci-1',
      clientToken: 'u-1',
      updateType: 'IncrementalUpdate',
      imageRegistryCredential: [{ server: 'registry', userName: 'u', password: new Secret('CANARY-PASSWORD') }],
    });
    assert.deepEqual(answer, { changed: true, requestId: 'R-1' });
    const query = Object.fromEntries(new URL(sent[0]?.path ?? '', ORIGIN).searchParams);
    assert.deepEqual(query, {
      ClientToken: 'u-1',
      ContainerGroupId: 'eci-1',
      'ImageRegistryCredential.1.Password': 'CANARY-PASSWORD',
      'ImageRegistryCredential.1.Server': 'registry',
      'ImageRegistryCredential.1.UserName': 'u',
      RegionId: 'cn-hangzhou',
      UpdateType: 'IncrementalUpdate',
    });
  });

  it('takes an update that would change nothing for success, and no other refusal', async () => {
    const { client, reply } = setUp();
    const update = { containerGroupId: 'eci-1', clientToken: 'u-1', updateType: 'IncrementalUpdate' } as const;
    reply(400, { Code: 'NoNeedUpdate', RequestId: 'R-1' });
    assert.deepEqual(await client.updateContainerGroup(update), { changed: false });
    reply(400, { Code: 'IncorrectStatus', RequestId: 'R-2' });
    await assert.rejects(client.updateContainerGroup(update), { code: 'IncorrectStatus', requestId: 'R-2' });
  });

  it('keeps a password of an update out of what the service says about it', async () => {
    const { client, reply } = setUp();
    reply(400, { Code: 'InvalidParameter', Message: 'bad value CANARY-PASSWORD', RequestId: 'R-1' });
    const imageRegistryCredential = [{ server: 'r', userName: 'u', password: new Secret('CANARY-PASSWORD') }];
    const update = { containerGroupId: 'eci-1', clientToken: 'u-1', updateType: 'IncrementalUpdate' } as const;
    await assert.rejects(client.updateContainerGroup({ ...update, imageRegistryCredential }), (error: Error) => {
      assert.doesNotMatch(inspect(error, { depth: 10 }), /CANARY-PASSWORD/);
      return true;
    });
  });

  it('reads events of groups, whose members are written in either case', async () => {
    const { client, reply } = setUp();
    const event = { type: 'Normal', reason: 'Pulled', message: 'm', count: 2, firstTimestamp: '2026-01-01T00:00:00Z' };
    reply(200, { RequestId: 'R-1', Data: [{ ContainerGroupId: 'eci-1', Events: [event] }, { Events: [] }] });
    assert.deepEqual(await client.describeContainerGroupEvents({ containerGroupIds: ['eci-1'], limit: 200 }), [
      { containerGroupId: 'eci-1', events: [event] },
    ]);
  });

  it('reads pages, and a page without the list as empty', async () => {
    const { client, sent, reply } = setUp();
    reply(200, {
      RequestId: 'R-1',
      NextToken: 'n',
      ContainerGroups: [{ ContainerGroupId: 'eci-1' }, { Status: 'no id' }],
    });
    reply(200, { RequestId: 'R-2', NextToken: '' });
    const first = await client.describeContainerGroups({ containerGroupIds: ['eci-1'], limit: 20 });
    assert.deepEqual([first.items.map((group) => group.containerGroupId), first.nextToken], [['eci-1'], 'n']);
    const second = await client.describeContainerGroups({ nextToken: 'n' });
    assert.deepEqual(second, { items: [], requestId: 'R-2' });
    assert.equal(new URL(sent[0]?.path ?? '', ORIGIN).searchParams.get('ContainerGroupIds'), '["eci-1"]');
  });

  it('does not take a JSON answer of somebody else for an empty listing', async () => {
    const { client, reply } = setUp();
    reply(200, { status: 'ok' });
    await assert.rejects(client.describeContainerGroupStatus({ limit: 200 }), { code: 'Local.BadAnswer' });
  });
});
