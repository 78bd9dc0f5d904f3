import assert from 'node:assert/strict';
import type { Pod } from '../../../../../src/kube/types.ts';
import { PodAccessError } from '../../../../../src/node/kubelet/pod-access-error.ts';
import type { PodUsage, ResourceUsage } from '../../../../../src/node/kubelet/pod-access.ts';
import { nanoCoresBetween, withNanoCores } from '../../../../../src/node/kubelet/stats/nano-cores.ts';
import { resourceMetrics } from '../../../../../src/node/kubelet/stats/resource-metrics.ts';
import { statsSummary } from '../../../../../src/node/kubelet/stats/summary.ts';
import { UsageCache } from '../../../../../src/node/kubelet/stats/usage-cache.ts';
import { podSnapshot } from '../../../../../src/node/kubelet/stats/usage-snapshot.ts';
import type { UsageSnapshot } from '../../../../../src/node/kubelet/stats/usage-snapshot.ts';
import { noLog } from '../../../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../../../support/fake-clock.ts';
import { aContainer, aPod } from '../../../../support/pod-builder.ts';

const t0 = Date.UTC(2026, 0, 1);
const seconds = (count: number): number => count * 1e9;

describe('use of processors between two counters', () => {
  const at = (timeMs: number, usageCoreNanoSeconds?: number, usageNanoCores?: number): ResourceUsage => ({
    timeMs,
    ...(usageCoreNanoSeconds === undefined ? {} : { usageCoreNanoSeconds }),
    ...(usageNanoCores === undefined ? {} : { usageNanoCores }),
  });
  const cases: Record<string, [before: ResourceUsage | undefined, now: ResourceUsage, nanoCores: number | undefined]> =
    {
      'is what the service says': [at(0, 0), at(10_000, seconds(1), 7), 7],
      'is computed where it says nothing': [at(0, seconds(1)), at(10_000, seconds(6)), 500_000_000],
      'is unknown for a first sample': [undefined, at(10_000, seconds(6)), undefined],
      'is unknown after a counter was reset': [at(0, seconds(9)), at(10_000, seconds(1)), undefined],
      'is unknown for two samples of one time': [at(5, seconds(1)), at(5, seconds(2)), undefined],
      'is unknown for samples out of order': [at(9, seconds(1)), at(5, seconds(2)), undefined],
      'is unknown without counters': [at(0), at(10_000), undefined],
      'is nothing when nothing was used': [at(0, seconds(1)), at(10_000, seconds(1)), 0],
      'is never negative': [undefined, at(0, seconds(1), -5), 0],
    };
  for (const [sentence, [before, now, nanoCores]] of Object.entries(cases)) {
    it(sentence, () => assert.equal(nanoCoresBetween(before, now), nanoCores));
  }

  it('is completed per container, new ones left alone', () => {
    const usage = (ms: number, containers: Record<string, number>): PodUsage => ({
      ...at(ms, seconds(ms / 1000)),
      interfaces: [],
      containers: Object.entries(containers).map(([name, used]) => ({ name, ...at(ms, used) })),
    });
    const { usageNanoCores, containers } = withNanoCores(
      usage(0, { a: 0 }),
      usage(10_000, { a: seconds(5), b: seconds(1) }),
    );
    assert.equal(usageNanoCores, 1e9);
    assert.deepEqual(
      containers.map((container) => container.usageNanoCores),
      [5e8, undefined],
    );
  });
});

function runningPod(name: string, containers = ['app', 'side', 'third']): Pod {
  return aPod({
    name,
    uid: `uid-${name}`,
    spec: { containers: containers.map((container) => aContainer({ name: container })) },
    status: {
      phase: 'Running',
      startTime: '2026-01-01T00:00:00Z',
      containerStatuses: containers.map((container) => ({
        name: container,
        image: 'i',
        imageID: '',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: '2026-01-01T00:00:05Z' } },
      })),
    },
  });
}

function usageOf(containers: readonly string[], used = seconds(3), timeMs = t0 + 20_000): PodUsage {
  return {
    timeMs,
    usageCoreNanoSeconds: used * containers.length,
    memoryUsageBytes: 900,
    memoryWorkingSetBytes: 800,
    memoryRssBytes: 700,
    memoryAvailableBytes: 100,
    containers: containers.map((name) => ({
      name,
      timeMs,
      usageCoreNanoSeconds: used,
      usageNanoCores: 5,
      memoryWorkingSetBytes: 400,
    })),
    interfaces: [{ name: 'eth0', rxBytes: 1, rxErrors: 2, txBytes: 3, txErrors: 4 }],
  };
}

const three = ['app', 'side', 'third'];
const snapshot: UsageSnapshot = {
  nodeName: 'virtual',
  nodeStartedAtMs: t0,
  timeMs: t0 + 21_000,
  nodeCpuNanoSeconds: seconds(9),
  pods: [podSnapshot(runningPod('web'), usageOf([...three, 'eci-agent']))],
};

describe('/stats/summary', () => {
  it('has the Pod by name, namespace and UID, with an entry per container and none that is not the Pod’s', () => {
    const { node, pods } = statsSummary(snapshot, false) as {
      node: Record<string, unknown>;
      pods: Record<string, unknown>[];
    };
    assert.deepEqual(node, {
      nodeName: 'virtual',
      startTime: '2026-01-01T00:00:00Z',
      cpu: { time: '2026-01-01T00:00:21Z', usageCoreNanoSeconds: seconds(9) },
      memory: { time: '2026-01-01T00:00:21Z', usageBytes: 900, workingSetBytes: 800, rssBytes: 700 },
    });
    const [pod] = pods;
    assert.deepEqual(pod?.['podRef'], { name: 'web', namespace: 'default', uid: 'uid-web' });
    assert.deepEqual(
      (pod?.['containers'] as { name: string }[] | undefined)?.map(({ name }) => name),
      three,
    );
    assert.deepEqual((pod?.['containers'] as object[] | undefined)?.[0], {
      name: 'app',
      startTime: '2026-01-01T00:00:05Z',
      cpu: { time: '2026-01-01T00:00:20Z', usageNanoCores: 5, usageCoreNanoSeconds: seconds(3) },
      memory: { time: '2026-01-01T00:00:20Z', workingSetBytes: 400 },
    });
    const eth0 = { name: 'eth0', rxBytes: 1, rxErrors: 2, txBytes: 3, txErrors: 4 };
    assert.deepEqual(pod?.['network'], { time: '2026-01-01T00:00:20Z', ...eth0, interfaces: [eth0] });
  });

  it('leaves the network out where only processor and memory are asked for', () => {
    assert.doesNotMatch(JSON.stringify(statsSummary(snapshot, true)), /network/);
  });
});

describe('/metrics/resource', () => {
  const text = resourceMetrics(snapshot);
  const at = t0 + 20_000;

  it('has a sample per container and per Pod, with times in milliseconds', () => {
    for (const container of three) {
      const labels = `{container="${container}",namespace="default",pod="web"}`;
      assert.ok(text.includes(`container_cpu_usage_seconds_total${labels} 3 ${at}\n`));
      assert.ok(text.includes(`container_memory_working_set_bytes${labels} 400 ${at}\n`));
      assert.ok(text.includes(`container_start_time_seconds${labels} ${(t0 + 5000) / 1000} ${at}\n`));
    }
    assert.ok(text.includes(`pod_cpu_usage_seconds_total{namespace="default",pod="web"} 12 ${at}\n`));
    assert.ok(text.includes(`pod_memory_working_set_bytes{namespace="default",pod="web"} 800 ${at}\n`));
    assert.ok(text.includes(`node_cpu_usage_seconds_total 9 ${t0 + 21_000}\n`));
    assert.ok(text.includes('\nscrape_error 0\n'));
    assert.doesNotMatch(text, /eci-agent/);
  });

  it('is Prometheus text: every line is a comment or a sample of the family above it', () => {
    let family = '';
    for (const line of text.trimEnd().split('\n')) {
      const type = /^# TYPE (\w+) (counter|gauge)$/.exec(line);
      if (type?.[1] !== undefined) family = type[1];
      else if (!line.startsWith('# HELP '))
        assert.match(line, new RegExp(`^${family}(\\{[^}]+\\})? [\\d.e+]+( \\d+)?$`));
    }
  });

  it('says that there was an error, and stays valid', () => {
    const failed = resourceMetrics({ ...snapshot, pods: [], timeMs: 0, failure: new Error('no') });
    assert.match(failed, /^scrape_error 1$/m);
    assert.doesNotMatch(failed, /node_cpu|undefined|NaN/);
  });
});

describe('the cache of figures', () => {
  const setUp = (usage: (uids: readonly string[]) => Promise<Map<string, PodUsage>>, pods = [runningPod('web')]) => {
    const clock = new FakeClock(t0);
    const asked: string[][] = [];
    const cache = new UsageCache({
      access: {
        usage: async (uids) => {
          asked.push([...uids]);
          return await usage(uids);
        },
      },
      nodeName: 'virtual',
      pods: () => pods,
      clock,
      logger: noLog,
    });
    const stop = new AbortController();
    const running = cache.run(stop.signal);
    return {
      clock,
      asked,
      cache,
      pods,
      end: async (): Promise<void> => {
        stop.abort();
        await running;
      },
    };
  };

  it('asks for nothing until somebody scrapes, every 15 s while somebody does, and stops two minutes after the last', async () => {
    const { clock, asked, cache, end } = setUp(async () => new Map([['uid-web', usageOf(three)]]));
    await clock.advance(600_000);
    assert.equal(asked.length, 0);
    assert.equal((await cache.read()).pods.length, 1);
    assert.equal(asked.length, 1);
    await clock.advance(60_000);
    assert.equal(asked.length, 5);
    await clock.advance(600_000);
    const until = asked.length;
    assert.ok(until <= 9);
    await clock.advance(600_000);
    assert.equal(asked.length, until);
    await end();
    assert.equal(clock.sleeping(), 0);
  });

  it('answers within 8 s when the figures do not come', async () => {
    const { clock, cache, end } = setUp(() => new Promise(() => {}));
    const answer = cache.read();
    await clock.advance(8000);
    assert.deepEqual((await answer).pods, []);
    void end();
  });

  it('keeps the other Pods when one has no figures', async () => {
    const pods = [runningPod('web'), runningPod('other')];
    const { cache, end } = setUp(async () => new Map([['uid-other', usageOf(three)]]), pods);
    assert.deepEqual(
      (await cache.read()).pods.map(({ name }) => name),
      ['other'],
    );
    await end();
  });

  it('tells that everything failed, and keeps the last figures', async () => {
    let failing = false;
    const failure = new PodAccessError('CloudUnreachable', 'away', { httpStatus: 503 });
    const { clock, cache, end } = setUp(async () => {
      if (failing) throw failure;
      return new Map([['uid-web', usageOf(three)]]);
    });
    assert.equal((await cache.read()).failure, undefined);
    failing = true;
    await clock.advance(15_000);
    const later = await cache.read();
    assert.equal(later.failure, failure);
    assert.equal(later.pods.length, 1);
    await end();
  });

  it('counts the processors of the node upwards, also when Pods go and counters start over', async () => {
    let used = seconds(10);
    let timeMs = t0;
    const { clock, cache, pods, end } = setUp(
      async (uids) =>
        new Map(uids.map((uid) => [uid, { ...usageOf([], 0, (timeMs += 1)), usageCoreNanoSeconds: used }])),
      [runningPod('web'), runningPod('other')],
    );
    const total = async (): Promise<number> => (await cache.read()).nodeCpuNanoSeconds / 1e9;
    assert.equal(await total(), 20);
    used = seconds(12);
    await clock.advance(15_000);
    assert.equal(await total(), 24);
    pods.pop();
    used = seconds(1);
    await clock.advance(15_000);
    assert.equal(await total(), 25);
    assert.equal((await cache.read()).pods.length, 1);
    await end();
    await settle();
  });
});
