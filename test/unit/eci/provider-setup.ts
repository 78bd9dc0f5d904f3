import { parsePodAnnotations } from '../../../src/annotations/parse-pod-annotations.ts';
import type { ResolvedCredentials } from '../../../src/credentials/types.ts';
import { createEciProvider } from '../../../src/eci/provider.ts';
import { nodeTags, podTags, tagKeys } from '../../../src/eci/identity/ownership-tags.ts';
import type { EciProviderConfig, EciProviderPorts } from '../../../src/eci/types.ts';
import type { Tag } from '../../../src/alibaba/eci-requests.ts';
import type { PodProvider } from '../../../src/node/pod-provider.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { clusterObjects } from '../../support/cluster-objects.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeEciClient } from './fake-eci-client.ts';

/** A virtual node's settings in tests. */
export const testConfig: EciProviderConfig = {
  regionId: 'cn-hangzhou',
  vSwitchIds: ['vsw-a', 'vsw-b'],
  securityGroupId: 'sg-a',
  clusterId: 'cluster-1',
  nodeName: 'eci-node',
  hostIp: '192.168.1.5',
  productVersion: '0.1.0',
  dns: { nameServers: ['172.16.0.10'], domain: 'cluster.local' },
  serviceVariables: true,
  admissionPolicies: {},
  minimumTokenSeconds: 86_400,
};

export const noCredentials: ResolvedCredentials = {
  imageRegistryCredentials: [],
  acrRegistryInfos: [],
  hosts: [],
  notes: [],
};

/** Tags of a group that our node made for a Pod. */
export function tagsOf(uid: string, name = 'web'): Tag[] {
  return [
    ...nodeTags(testConfig),
    ...podTags({ clusterId: testConfig.clusterId, uid }).filter((tag) => tag.key === tagKeys.uid),
    { key: tagKeys.namespace, value: 'default' },
    { key: tagKeys.pod, value: name },
  ];
}

/** A provider on a fake cloud and a fake clock; `turn` is one second of its loop. */
export function setUp(overrides: Partial<EciProviderPorts> = {}): {
  clock: FakeClock;
  eci: FakeEciClient;
  provider: PodProvider;
  changed: string[];
  /** Lets the loop run for so many seconds. */
  run: (seconds: number) => Promise<void>;
  stop: () => Promise<void>;
} {
  const clock = new FakeClock();
  const eci = new FakeEciClient(clock);
  return { clock, eci, ...restart({ clock, eci }, overrides) };
}

/** What a provider needs, with nothing behind it but the cloud. */
export function testPorts(
  world: { clock: FakeClock; eci: FakeEciClient },
  overrides: Partial<EciProviderPorts> = {},
): EciProviderPorts {
  return {
    eci: world.eci,
    clock: world.clock,
    log: noLog,
    random: () => 0.5,
    parseAnnotations: parsePodAnnotations,
    credentials: { resolve: () => Promise.resolve(noCredentials) },
    readPullSecrets: () => Promise.resolve({ credentials: [], notes: [] }),
    references: clusterObjects(),
    ...overrides,
  };
}

/** A fresh process on the same cloud. */
export function restart(
  world: { clock: FakeClock; eci: FakeEciClient },
  overrides: Partial<EciProviderPorts> = {},
): {
  provider: PodProvider;
  changed: string[];
  run: (seconds: number) => Promise<void>;
  stop: () => Promise<void>;
} {
  const provider = createEciProvider({
    polling: { busyMs: 4_000, idleMs: 15_000, sweepMs: 300_000 },
    config: testConfig,
    ports: testPorts(world, overrides),
  });
  const changed: string[] = [];
  provider.onChange((uid) => changed.push(uid));
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  return {
    provider,
    changed,
    run: async (seconds) => {
      running ??= provider.run(stopping.signal);
      await world.clock.advance(seconds * 1000);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
