import assert from 'node:assert/strict';
import { parsePodAnnotations } from '../../../../src/annotations/parse-pod-annotations.ts';
import { createSharedFeed } from '../../../../src/eci/feed/shared-feed.ts';
import { createEciProvider } from '../../../../src/eci/provider.ts';
import type { PodProvider } from '../../../../src/node/pod-provider.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';
import { FakeEciClient } from '../fake-eci-client.ts';
import { noCredentials, tagsOf, testConfig } from '../provider-setup.ts';

const polling = { busyMs: 5_000, idleMs: 15_000, sweepMs: 300_000 };

/** Several nodes of one process on one cloud. */
function setUpNodes(nodeNames: readonly string[]): {
  clock: FakeClock;
  eci: FakeEciClient;
  providers: Map<string, PodProvider>;
  run: (seconds: number) => Promise<void>;
  stop: () => Promise<void>;
} {
  const clock = new FakeClock();
  const eci = new FakeEciClient(clock);
  const ports = {
    eci,
    clock,
    log: noLog,
    random: () => 0.5,
    parseAnnotations: parsePodAnnotations,
    credentials: { resolve: () => Promise.resolve(noCredentials) },
    readPullSecrets: () => Promise.resolve({ credentials: [], notes: [] }),
    references: clusterObjects(),
  };
  const shared = createSharedFeed({ ports, clusterId: testConfig.clusterId, nodeNames, polling });
  const providers = new Map(
    nodeNames.map((nodeName) => [
      nodeName,
      createEciProvider({ ports, config: { ...testConfig, nodeName }, polling, shared }),
    ]),
  );
  const stopping = new AbortController();
  let running: Promise<unknown> | undefined;
  return {
    clock,
    eci,
    providers,
    run: async (seconds) => {
      running ??= Promise.all([...providers.values()].map((provider) => provider.run(stopping.signal)));
      await clock.advance(seconds * 1000);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function tagsOfNode(uid: string, nodeName: string): { key: string; value: string }[] {
  return tagsOf(uid).map((tag) => (tag.key === 'eci-kubelet-node' ? { ...tag, value: nodeName } : tag));
}

function uidsOf(provider: PodProvider | undefined): string[] {
  return (provider?.list() ?? []).map((instance) => instance.uid).sort();
}

describe('a feed that several nodes share', () => {
  it('tells each node its own groups, so that no node takes another’s for orphans', async () => {
    const { eci, providers, run, stop } = setUpNodes(['zone-a', 'zone-b']);
    eci.seed({ containerGroupId: 'eci-1', tags: tagsOfNode('u1', 'zone-a') });
    eci.seed({ containerGroupId: 'eci-2', tags: tagsOfNode('u2', 'zone-b') });
    eci.seed({ containerGroupId: 'eci-3', tags: tagsOfNode('u3', 'of-another-process') });
    await run(40);
    assert.deepEqual(uidsOf(providers.get('zone-a')), ['u1']);
    assert.deepEqual(uidsOf(providers.get('zone-b')), ['u2']);
    assert.equal(providers.get('zone-a')?.get('u3'), undefined);
    await stop();
  });

  it('lists a group that a node made under that node at once', async () => {
    const { providers, run, stop } = setUpNodes(['zone-a', 'zone-b']);
    await run(1);
    await providers.get('zone-b')?.create(aPod({ spec: { containers: [aContainer()] } }), { number: 1 });
    assert.equal(uidsOf(providers.get('zone-b')).length, 1);
    assert.deepEqual(uidsOf(providers.get('zone-a')), []);
    await stop();
  });

  it('does not cost more polls than one node', async () => {
    const count = async (nodeNames: readonly string[]): Promise<number[]> => {
      const { eci, run, stop } = setUpNodes(nodeNames);
      for (const [index, nodeName] of nodeNames.entries()) {
        eci.seed({ containerGroupId: `eci-${index}`, tags: tagsOfNode(`u${index}`, nodeName) });
      }
      await run(3600);
      await stop();
      return [eci.count('describeContainerGroups'), eci.count('describeContainerGroupStatus')];
    };
    assert.deepEqual(await count(['a', 'b', 'c', 'd']), await count(['a']));
  });

  it('asks once what a group of another process is, and not again with every poll', async () => {
    const { eci, run, stop } = setUpNodes(['zone-a', 'zone-b']);
    await run(1);
    eci.seed({ containerGroupId: 'eci-late', tags: tagsOfNode('late', 'of-another-process') });
    await run(600);
    const lookups = eci.journal.filter(
      ({ action, query }) => action === 'describeContainerGroups' && query['containerGroupIds'] !== undefined,
    );
    assert.equal(lookups.length, 1);
    await stop();
  });
});
