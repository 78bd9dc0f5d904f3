import type { ConfigState, Finding, HelperConfig } from '../../../../src/credential-helper/config/model.ts';
import type { ConfigSource } from '../../../../src/credential-helper/config/source.ts';
import { sealOfSecret, type SealStore } from '../../../../src/credential-helper/entries/content-seal.ts';
import type { SecretContent } from '../../../../src/credential-helper/entries/credential-book.ts';
import { EntryKeeper } from '../../../../src/credential-helper/entries/keeper.ts';
import type { EntryPlan, PlannedEntry } from '../../../../src/credential-helper/entries/model.ts';
import {
  ENTRIES_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SECRET_KEY,
  SECRET_NAME,
  SECRET_TYPE,
} from '../../../../src/credential-helper/names.ts';
import type { Report } from '../../../../src/credential-helper/report.ts';
import { createChainRunner, type ChainRunner } from '../../../../src/credentials/chain.ts';
import type { KubeSecret } from '../../../../src/kube/types.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { settle } from '../../../support/fake-clock.ts';
import { FakeCloud, OWN } from '../../credentials/fake-cloud.ts';
import { entryPlan, ROLE_B } from './entry-plans.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

interface Auths {
  auths: Readonly<Record<string, { username: string; password: string; email: string }>>;
}

/** Seals in memory. */
export class MemorySeals implements SealStore {
  seals: string[] = [];
  /** How many calls fail from now on. */
  failures = 0;
  writes = 0;

  async read(): Promise<readonly string[]> {
    if (this.failures > 0) throw new Error('the API server is away');
    return this.seals;
  }

  async write(seal: string): Promise<void> {
    this.writes += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the API server is away');
    }
    this.seals = [seal, ...this.seals].slice(0, 2);
  }
}

/** A keeper with real chains in front of a cloud in memory. */
export class KeeperWorld implements ConfigSource {
  readonly cloud = new FakeCloud();
  readonly clock = this.cloud.clock;
  readonly reports: Report[] = [];
  /** What listeners of the book saw, with the time. */
  readonly changes: { atMs: number; content: SecretContent | undefined }[] = [];
  readonly gauges = new Map<string, number>();
  readonly counts: string[] = [];
  readonly keeper: EntryKeeper;
  readonly seals: MemorySeals;
  #state: ConfigState = { kind: 'incomplete', why: 'there is no ConfigMap' };
  #planned: readonly PlannedEntry[] = [];
  #config: HelperConfig = {
    serviceAccounts: { kind: 'named', names: ['default'] },
    namespaces: { kind: 'named', names: ['default'] },
    expiringThresholdMs: 15 * MINUTE,
    notifyEmail: 'cs@aliyuncs.com',
    entries: [],
    rrsaEnabled: false,
  };
  readonly #listeners: (() => void)[] = [];
  #stop: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(
    options: {
      seals?: MemorySeals;
      jitter?: number;
      chainsFor?: (plan: EntryPlan) => Pick<ChainRunner, 'password' | 'call'>;
    } = {},
  ) {
    const { cloud, clock } = this;
    this.seals = options.seals ?? new MemorySeals();
    // The role is trusted, and the instances and Personal Edition are open to it and to the identity itself.
    cloud.trust.set(ROLE_B, [OWN]);
    cloud.personalUsers.add(OWN);
    const { identity, sts, cr } = cloud;
    const runner = createChainRunner({
      identity,
      sts,
      cr,
      clock,
      random: () => 0,
      sessionName: 'helper',
      metrics: noMetrics,
      logger: noLog,
    });
    this.keeper = new EntryKeeper({
      config: this,
      plan: () => this.#planned,
      chainsFor: options.chainsFor ?? (() => runner),
      cr,
      reporter: { aboutConfig: (report) => void this.reports.push(report), on: () => {} },
      clock,
      random: () => options.jitter ?? 0,
      metrics: {
        ...noMetrics,
        gauge: (name, value, labels = {}) => this.gauges.set([name, ...Object.values(labels)].join(' '), value),
        count: (name, labels = {}) => void this.counts.push([name, ...Object.values(labels)].join(' ')),
      },
      logger: noLog,
      clusterRegionId: 'cn-hangzhou',
      seals: this.seals,
    });
    this.keeper.onChange(() => this.changes.push({ atMs: clock.nowMs(), content: this.keeper.current() }));
  }

  current(): ConfigState {
    return this.#state;
  }

  findings(): readonly Finding[] {
    return [];
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  target(): undefined {
    return undefined;
  }

  async run(): Promise<void> {}

  /** Writes a configuration whose entries are served as the plans say. */
  configure(plans: readonly (EntryPlan | PlannedEntry)[], config: Partial<HelperConfig> = {}): void {
    this.#planned = plans.map((plan) => ('kind' in plan ? plan : { kind: 'served', plan }));
    this.#config = { ...this.#config, ...config };
    this.#state = { kind: 'complete', config: this.#config };
    for (const listener of this.#listeners) listener();
  }

  breakConfiguration(): void {
    this.#state = { kind: 'incomplete', why: 'broken' };
    for (const listener of this.#listeners) listener();
  }

  async start(): Promise<void> {
    this.#stop = new AbortController();
    this.#running = this.keeper.run(this.#stop.signal);
    await settle();
    await settle();
  }

  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
  }

  /** An instance that the identity and the role may use, with the names given. */
  addInstance(
    instanceId: string,
    names: readonly string[] = [`${instanceId}.example.com`],
    regionId = 'cn-hangzhou',
  ): void {
    this.cloud.addInstance({
      instanceId,
      regionId,
      usableBy: [OWN, ROLE_B],
      domains: names.map((domain) => ({ domain, type: 'USER' as const })),
    });
  }

  /** Hosts in the Secret now, with the end of the password. */
  hosts(): string[] {
    return Object.keys(this.auths());
  }

  auths(): Auths['auths'] {
    const content = this.keeper.current();
    return content === undefined ? {} : (JSON.parse(content.dockerConfig.reveal()) as Auths).auths;
  }

  /** Offers a Secret as one that an earlier run has sealed. */
  async recover(secret: KubeSecret): Promise<boolean> {
    this.seals.seals = [sealOfSecret(secret)];
    await this.keeper.prepare();
    return this.keeper.recover(secret);
  }

  /** The Secret as a writer would make it of the content. */
  secret(): KubeSecret {
    const content = this.keeper.current();
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      type: SECRET_TYPE,
      metadata: {
        name: SECRET_NAME,
        labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
        annotations: { [ENTRIES_ANNOTATION]: JSON.stringify(content?.marks) },
      },
      data: { [SECRET_KEY]: Buffer.from(content?.dockerConfig.reveal() ?? '').toString('base64') },
    };
  }

  told(reason: Report['reason']): string[] {
    return this.reports.flatMap((report) => (report.reason === reason ? [report.message] : []));
  }
}

/** An Enterprise instance that is asked with the identity itself. */
export function instancePlan(instanceId: string, plan: Parameters<typeof entryPlan>[0] = {}): EntryPlan {
  return entryPlan({ instanceId, ...plan });
}
