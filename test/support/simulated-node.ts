import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimClock } from '../../simulator/clock.ts';
import type { MovableClock } from '../../simulator/clock.ts';
import { describeAddresses } from '../../simulator/describe-addresses.ts';
import type { EciService } from '../../simulator/eci/eci-service.ts';
import type { ContainerGroup } from '../../simulator/eci/group/container-group.ts';
import { registerEci } from '../../simulator/eci/register.ts';
import type { Fixture } from '../../simulator/fixtures/fixture.ts';
import { defaultFixtureUrl, loadFixture } from '../../simulator/fixtures/load-fixture.ts';
import { startRegistry } from '../../simulator/registry/front.ts';
import { createSimulator } from '../../simulator/simulator.ts';
import type { JournalEntry, Simulator } from '../../simulator/types.ts';
import { connectCloud } from '../../src/app/connect-cloud.ts';
import type { Cloud } from '../../src/app/connect-cloud.ts';
import { parsePodAnnotations } from '../../src/annotations/parse-pod-annotations.ts';
import { buildConfig } from '../../src/config/build-config.ts';
import { missingAnnotations } from '../../src/eci/create/written-annotations.ts';
import { createSharedFeed } from '../../src/eci/feed/shared-feed.ts';
import type { SharedFeed } from '../../src/eci/feed/shared-feed.ts';
import { createEciProvider } from '../../src/eci/provider.ts';
import { CredentialRenewal } from '../../src/eci/renewal/credential-renewal.ts';
import type { EciProviderConfig, EciProviderPorts } from '../../src/eci/types.ts';
import type { Pod } from '../../src/kube/types.ts';
import type { PodProvider } from '../../src/node/pod-provider.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { noLog } from '../../src/telemetry/types.ts';
import { clusterObjects } from './cluster-objects.ts';
import { aPod } from './pod-builder.ts';
import { productIdentity } from './product-process.ts';

/** What the product makes of a process, without the API server. */
interface Product {
  cloud: Cloud;
  shared: SharedFeed;
  provider: PodProvider;
  renewal: CredentialRenewal;
}

/**
 * The ECI side of the product in this process, against a simulator in this process, over HTTP and on one clock that the test
 * moves. For what takes hours: the product as it ships runs on the clock of the machine.
 */
export class SimulatedNode {
  readonly #clock: MovableClock;
  readonly #simulator: Simulator;
  readonly #service: EciService;
  readonly #flags: Readonly<Record<string, string>>;
  readonly #stopAll: () => Promise<void>;
  readonly #pods = new Map<string, Pod>();
  readonly #stopping = new AbortController();
  #product: Product | undefined;

  private constructor(parts: {
    clock: MovableClock;
    simulator: Simulator;
    service: EciService;
    flags: Readonly<Record<string, string>>;
    stop: () => Promise<void>;
  }) {
    this.#clock = parts.clock;
    this.#simulator = parts.simulator;
    this.#service = parts.service;
    this.#flags = parts.flags;
    this.#stopAll = parts.stop;
  }

  /** Starts the simulator with the built-in fixture, changed, and a first process. */
  static async start(change: (fixture: Fixture) => void): Promise<SimulatedNode> {
    const fixture = await loadFixture(defaultFixtureUrl);
    change(fixture);
    const clock = createSimClock();
    const simulator = createSimulator({ fixture, clock });
    const dataDir = await mkdtemp(join(tmpdir(), 'eci-simulated-node-'));
    const registry = await startRegistry({ simulator, dataDir, log: () => undefined });
    const service = registerEci(simulator, { registryUrl: () => registry.url });
    const addresses = await simulator.start();
    const lines = describeAddresses({ fixture, addresses, registryUrl: registry.url }).split('\n');
    const pairs = lines.filter((line) => line.startsWith('--')).map((line) => line.slice(2).split(' '));
    const camel = (name: string) => name.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    const node = new SimulatedNode({
      clock,
      simulator,
      service,
      flags: Object.fromEntries(pairs.map(([name = '', value = '']) => [camel(name), value])),
      stop: async () => {
        await simulator.stop();
        service.puller.close();
        await registry.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    });
    await node.restartProduct();
    return node;
  }

  /** Replaces the product by a fresh process: whatever it kept in memory is lost. */
  async restartProduct(): Promise<void> {
    const { config } = buildConfig({
      flags: { ...this.#flags, vswitchIds: 'vsw-bp1xpiowfm5vo8o3c0001', securityGroupId: 'sg-bp1dktddjsg5nktv0001' },
      environment: productIdentity,
    });
    const clock = this.#clock;
    const metrics = await createMetrics({ log: noLog, processMetrics: false });
    const base = { config, logger: noLog, metrics, clock, random: Math.random, userAgent: 'eci-kubelet/test' };
    const cloud = connectCloud(base, this.#stopping.signal);
    const providerConfig: EciProviderConfig = {
      regionId: config.regionId,
      vSwitchIds: config.vSwitchIds,
      securityGroupId: config.securityGroupId,
      clusterId: 'cluster-1',
      nodeName: 'node-1',
      hostIp: '10.0.0.1',
      productVersion: '0.0.0',
      dns: { nameServers: [], domain: 'cluster.local' },
      serviceVariables: false,
      admissionPolicies: {},
      minimumTokenSeconds: 3600,
    };
    const ports: EciProviderPorts = {
      parseAnnotations: parsePodAnnotations,
      credentials: cloud.credentials,
      readPullSecrets: () => Promise.resolve({ credentials: [], notes: [] }),
      references: clusterObjects(),
      eci: cloud.eci,
      clock,
      log: noLog,
      metrics,
      random: Math.random,
    };
    const polling = { busyMs: 15_000, idleMs: 15_000, sweepMs: 300_000 };
    const { clusterId, nodeName } = providerConfig;
    const shared = createSharedFeed({ ports, clusterId, nodeNames: [nodeName], polling });
    const provider = createEciProvider({ ports, config: providerConfig, polling, shared });
    const renewal = new CredentialRenewal({
      ports,
      store: shared.store,
      nodeName,
      hasSynced: () => shared.feed.hasSynced(),
    });
    this.#product = { cloud, shared, provider, renewal };
    await shared.feed.turn();
  }

  addPod(name: string, pod: Parameters<typeof aPod>[0]): void {
    const uid = `00000000-0000-4000-8000-${String(this.#pods.size).padStart(12, '0')}`;
    this.#pods.set(uid, aPod({ ...pod, name, uid }));
  }

  /** Creates the groups of all Pods, and writes on the Pods what the product wants there. */
  async createAll(): Promise<void> {
    const { provider } = this.#running();
    for (const [uid, pod] of this.#pods) {
      const outcome = await provider.create(pod, { number: 1 });
      if (outcome.kind !== 'created') throw new Error(`${pod.metadata?.name ?? ''}: ${JSON.stringify(outcome)}`);
      this.#annotate(uid, outcome.annotations);
    }
    await this.#service.puller.idle();
  }

  /** Lets time pass in steps; in each the product does what is due, and nothing is under way between two. */
  async pass(ms: number, stepMs: number): Promise<void> {
    const { shared, renewal } = this.#running();
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.#clock.advance(stepMs);
      await this.#service.puller.idle();
      await shared.feed.turn();
      await renewal.turn({
        getByUid: (uid) => this.#pods.get(uid),
        emit: (pod, note) => {
          throw new Error(`${pod.metadata?.name ?? ''}: ${note.message}`);
        },
      });
      for (const { instance } of shared.store.all()) {
        const pod = this.#pods.get(instance.uid);
        const missing = pod === undefined ? undefined : missingAnnotations(pod, instance);
        if (missing !== undefined) this.#annotate(instance.uid, missing);
      }
    }
  }

  /** Names of Pods whose group holds a password that has ended, and of those with a container that was started again. */
  look(): { dead: string[]; restarted: string[] } {
    const groups = this.#groups();
    return {
      dead: groups.filter(({ group }) => (this.#until(group) ?? 0) <= this.#clock.nowMs()).map(({ name }) => name),
      restarted: groups
        .filter(({ group }) => group.containers.some(({ restartCount }) => restartCount > 0))
        .map(({ name }) => name),
    };
  }

  calls(action: string): JournalEntry[] {
    return this.#simulator.journal.entries({ action });
  }

  updatesOf(name: string): JournalEntry[] {
    const id = this.#groupOf(name).id;
    return this.calls('UpdateContainerGroup').filter(({ parameters }) => parameters['ContainerGroupId'] === id);
  }

  pulls(name: string): { pulls: number; failed: string[] } {
    const { events } = this.#groupOf(name);
    const count = events.filter(({ reason }) => reason === 'Pulled').reduce((sum, { count: n }) => sum + n, 0);
    return { pulls: count, failed: events.filter(({ reason }) => reason === 'Failed').map(({ message }) => message) };
  }

  statuses(): string[] {
    return this.#groups().map(({ group }) => group.status);
  }

  /** Of every group the end of its password, epoch milliseconds, and its Pod. */
  holdings(): { pod: Pod; containerGroupId: string; until: number | undefined }[] {
    return this.#groups().map(({ pod, group }) => ({ pod, containerGroupId: group.id, until: this.#until(group) }));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#stopAll();
  }

  #running(): Product {
    if (this.#product === undefined) throw new Error('no process runs');
    return this.#product;
  }

  #annotate(uid: string, annotations: Record<string, string>): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    const merged = { ...pod.metadata?.annotations, ...annotations };
    this.#pods.set(uid, { ...pod, metadata: { ...pod.metadata, annotations: merged } });
  }

  #groups(): { name: string; pod: Pod; group: ContainerGroup }[] {
    const byId = new Map(Array.from(this.#service.groups.all(), (group) => [group.id, group]));
    return [...this.#pods.values()].flatMap((pod) => {
      const group = byId.get(pod.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'] ?? '');
      return group === undefined ? [] : [{ name: pod.metadata?.name ?? '', pod, group }];
    });
  }

  #groupOf(name: string): ContainerGroup {
    const found = this.#groups().find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`the group of ${name} is gone`);
    return found.group;
  }

  #until(group: ContainerGroup): number | undefined {
    const ends = group.credentials.logins.map(
      ({ Password }) => this.#simulator.acr.passwords.get(Password)?.expiresAtMs,
    );
    return ends.includes(undefined) ? undefined : Math.min(...ends.filter((end) => end !== undefined));
  }
}
