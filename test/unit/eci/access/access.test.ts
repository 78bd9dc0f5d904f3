import assert from 'node:assert/strict';
import type { ContainerGroupUsage } from '../../../../src/alibaba/eci-answers.ts';
import { AlibabaCloudError } from '../../../../src/alibaba/errors.ts';
import { accessError } from '../../../../src/eci/access/access-error.ts';
import { createLogReader } from '../../../../src/eci/access/logs.ts';
import { createUsageReader } from '../../../../src/eci/access/usage-reader.ts';
import { EciKubeletError } from '../../../../src/errors.ts';
import { PodAccessError } from '../../../../src/node/kubelet/pod-access-error.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';

function cloudError(code: string, httpStatus?: number): AlibabaCloudError {
  const status = httpStatus === undefined ? {} : { httpStatus };
  return new AlibabaCloudError({
    code,
    message: 'said so',
    action: 'DescribeContainerLog',
    requestId: 'R-1',
    ...status,
  });
}

describe('a failed call for a user of kubectl', () => {
  const cases: Record<string, { error: unknown; httpStatus: number; message: RegExp }> = {
    'throttled is 429': {
      error: cloudError('Throttling.User', 400),
      httpStatus: 429,
      message: /Throttling\.User: said so/,
    },
    'given up before it was sent is 429': {
      error: new EciKubeletError('Cloud.NotSent', 'was not sent'),
      httpStatus: 429,
      message: /budget of calls to ECI is used up/,
    },
    'an unknown group is 404': { error: cloudError('InvalidParameter.NotFound', 404), httpStatus: 404, message: /R-1/ },
    'no answer is 503': { error: cloudError('Local.Timeout'), httpStatus: 503, message: /Local\.Timeout/ },
    'a broken service is 503': { error: cloudError('InternalError', 500), httpStatus: 503, message: /InternalError/ },
    'a refusal is 502': { error: cloudError('Forbidden.RAM', 403), httpStatus: 502, message: /Forbidden\.RAM/ },
    'anything else is 502 and does not show what it was': {
      error: new TypeError('internals'),
      httpStatus: 502,
      message: /^cannot look$/,
    },
  };
  for (const [sentence, { error, httpStatus, message }] of Object.entries(cases)) {
    it(sentence, () => {
      const seen = accessError('look', error);
      assert.equal(seen.httpStatus, httpStatus);
      assert.match(seen.message, message);
    });
  }

  it('leaves alone what says already what to tell', () => {
    const said = new PodAccessError('X', 'x', { httpStatus: 404 });
    assert.equal(accessError('look', said), said);
  });
});

describe('reading a log', () => {
  const target = { uid: 'uid-1', container: 'app' };
  const groups = {
    find: async (uids: readonly string[]) =>
      new Map(uids.filter((uid) => uid === 'uid-1').map((uid) => [uid, 'eci-1'])),
  };

  it('asks for timestamps and for all that one answer gives', async () => {
    const asked: unknown[] = [];
    const read = createLogReader({
      groups,
      clock: new FakeClock(),
      eci: {
        describeContainerLog: async (query, options) => {
          asked.push([query, options?.priority]);
          return { content: '2026-01-01T00:00:00Z hello\n' };
        },
      },
    });
    assert.deepEqual(await read(target, { previous: false, following: false }), [
      { timestamp: '2026-01-01T00:00:00Z', text: 'hello' },
    ]);
    await read(target, { previous: true, following: true, tailLines: 9000, sinceTime: '2026-01-01T00:00:00Z' });
    await read(target, { previous: false, following: false, tailLines: 0, sinceSeconds: 5 });
    const always = { containerGroupId: 'eci-1', containerName: 'app', timestamps: true };
    assert.deepEqual(asked, [
      [{ ...always, tail: 2000 }, 'interactive'],
      [{ ...always, tail: 2000, startTime: '2026-01-01T00:00:00Z', lastTime: true }, 'follow'],
      [{ ...always, tail: 1, sinceSeconds: 5 }, 'interactive'],
    ]);
  });

  it('says that a Pod without a container group has no log', async () => {
    const read = createLogReader({
      groups,
      clock: new FakeClock(),
      eci: { describeContainerLog: () => assert.fail('nothing to ask') },
    });
    await assert.rejects(read({ uid: 'uid-2', container: 'app' }, { previous: false, following: false }), {
      httpStatus: 404,
    });
  });

  it('stops waiting for the budget when the client is gone, or after 20 seconds', async () => {
    const clock = new FakeClock();
    const read = createLogReader({
      groups,
      clock,
      eci: {
        describeContainerLog: (_query, options) =>
          new Promise((_resolve, reject) => {
            options?.waitSignal?.addEventListener('abort', () => reject(new EciKubeletError('Cloud.NotSent', 'no')));
          }),
      },
    });
    const gone = new AbortController();
    const one = assert.rejects(read(target, { previous: false, following: false, signal: gone.signal }), {
      httpStatus: 429,
    });
    await settle();
    gone.abort();
    await one;
    const other = assert.rejects(read(target, { previous: false, following: false }), { httpStatus: 429 });
    await clock.advance(20_000);
    await other;
    assert.equal(clock.sleeping(), 0);
  });
});

describe('reading what Pods use', () => {
  const uids = Array.from({ length: 45 }, (_, index) => `uid-${index}`);
  const groups = {
    find: async (asked: readonly string[]) =>
      new Map(asked.filter((uid) => uid !== 'uid-0').map((uid) => [uid, uid.replace('uid', 'eci')])),
  };
  const row = (containerGroupId: string): ContainerGroupUsage => ({
    containerGroupId,
    timestamp: '2026-01-01T00:00:10Z',
    cpuNanoSeconds: 7,
    containers: [{ name: 'app', memoryWorkingSetBytes: 5 }],
    interfaces: [{ name: 'eth0', rxBytes: 1 }],
  });

  it('asks for 20 at a time and leaves out the batch that fails', async () => {
    const sizes: number[] = [];
    const read = createUsageReader({
      groups,
      clock: new FakeClock(),
      eci: {
        describeMultiContainerGroupMetric: async ({ containerGroupIds }) => {
          sizes.push(containerGroupIds.length);
          if (containerGroupIds.includes('eci-30')) throw cloudError('InternalError', 500);
          return containerGroupIds.map(row);
        },
      },
    });
    const usages = await read(uids);
    assert.deepEqual(sizes, [20, 20, 4]);
    assert.equal(usages.size, 24);
    assert.deepEqual(usages.get('uid-1'), {
      timeMs: Date.UTC(2026, 0, 1, 0, 0, 10),
      usageCoreNanoSeconds: 7,
      containers: [{ name: 'app', timeMs: Date.UTC(2026, 0, 1, 0, 0, 10), memoryWorkingSetBytes: 5 }],
      interfaces: [{ name: 'eth0', rxBytes: 1, rxErrors: 0, txBytes: 0, txErrors: 0 }],
    });
  });

  it('fails when every batch fails', async () => {
    const read = createUsageReader({
      groups,
      clock: new FakeClock(),
      eci: { describeMultiContainerGroupMetric: () => Promise.reject(cloudError('Local.Unreachable')) },
    });
    await assert.rejects(read(uids), { httpStatus: 503 });
    assert.equal((await read(['uid-0'])).size, 0);
  });
});
