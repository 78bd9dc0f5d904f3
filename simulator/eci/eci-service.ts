import { CacheLifecycle } from './cache/cache-lifecycle.ts';
import type { ImageCache } from './cache/image-cache.ts';
import { createQuotas } from './capacity/quotas.ts';
import type { Quotas } from './capacity/quotas.ts';
import { SoldOut } from './capacity/sold-out.ts';
import type { ContainerGroup } from './group/container-group.ts';
import { CpuUsage } from './group/cpu-usage.ts';
import { ContainerRunner } from './group/container-runner.ts';
import { imagesByReference } from './group/exit-plan.ts';
import { FinishedGroups } from './group/finished-groups.ts';
import { GroupLifecycle } from './group/group-lifecycle.ts';
import type { ContainerRuntime } from './group/container-runtime.ts';
import { createNetworks } from './group/networks.ts';
import type { Networks } from './group/networks.ts';
import type { AddressClaims } from './group/address-pool.ts';
import { createScriptedRuntime } from './group/scripted-runtime.ts';
import { timingsOf } from './group/timings.ts';
import { ExecSessions } from './exec/exec-sessions.ts';
import type { ExecGrant } from './exec/exec-sessions.ts';
import type { ExecProcess } from './exec/exec-process.ts';
import type { EciHost } from './host.ts';
import type { FixtureEci } from '../fixtures/fixture.ts';
import { Idempotency } from './idempotency.ts';
import type { Identifiers } from './identifiers.ts';
import type { UsageSource } from './metrics/group-usage.ts';
import { simulatedUsage } from './metrics/simulated-usage.ts';
import { createPuller } from './pull/puller.ts';
import type { Puller } from './pull/puller.ts';
import { RateLimits } from './rate-limits.ts';
import { ResourceStore } from './resource-store.ts';
import type { Owner } from './resource-store.ts';

/** The state of ECI and what its actions work with. */
export interface EciService {
  readonly host: EciHost;
  readonly settings: FixtureEci;
  readonly identifiers: Identifiers;
  readonly groups: ResourceStore<ContainerGroup>;
  readonly caches: ResourceStore<ImageCache>;
  readonly groupLifecycle: GroupLifecycle;
  readonly cacheLifecycle: CacheLifecycle;
  readonly networks: Networks;
  readonly cpuUsage: CpuUsage;
  /** What is out of stock; changes at run time. */
  readonly soldOut: SoldOut;
  /** Changes at run time. */
  readonly quotas: Quotas;
  /** Where the figures of the metric actions come from. */
  readonly usage: UsageSource;
  readonly idempotency: Idempotency;
  readonly rateLimits: RateLimits | undefined;
  readonly puller: Puller;
  readonly execSessions: ExecSessions;
  readonly runtime: ContainerRuntime;
  /** Runs a command in a container that runs. */
  runCommand(grant: ExecGrant): ExecProcess;
  /** @returns the next place in the order of creation. */
  nextSequence(): number;
  /** Forgets finished groups of an owner whose time has come; called before anything is shown. */
  forgetFinished(owner: Owner): void;
}

/** Builds the service. @param frontUrl address of the registry front, asked at each pull. */
export function createEciService(
  host: EciHost,
  options: {
    frontUrl: () => string | undefined;
    identifiers: Identifiers;
    usage?: UsageSource;
    runtime?: ContainerRuntime;
    claims?: AddressClaims;
  },
): EciService {
  const { clock, fixture } = host;
  const settings = fixture.eci ?? {};
  const timings = timingsOf(settings);
  const puller = createPuller(host, options.frontUrl);
  const networks = createNetworks(fixture, options.claims);
  const groups = new ResourceStore<ContainerGroup>();
  const caches = new ResourceStore<ImageCache>();
  const finished = new FinishedGroups();
  const cpuUsage = new CpuUsage();
  const release = (group: ContainerGroup): void => {
    networks.release(group.network);
    cpuUsage.add(group, -group.cpu);
  };
  const nowMs = (): number => clock.nowMs();
  const images = imagesByReference(fixture.images);
  const runtime = options.runtime ?? createScriptedRuntime({ clock, images, initMs: timings.startingMs });
  const runner = new ContainerRunner({ clock, timings, puller, runtime });
  const runCommand = (grant: ExecGrant): ExecProcess => runtime.exec(grant);
  const execSessions = new ExecSessions({ nowMs, newToken: () => options.identifiers.next('exec-'), run: runCommand });
  const endSessions = (group: ContainerGroup): void => {
    execSessions.cut((grant) => grant.group === group);
  };
  let sequence = 0;

  return {
    host,
    settings,
    identifiers: options.identifiers,
    groups,
    caches,
    networks,
    cpuUsage,
    soldOut: new SoldOut(settings.soldOut),
    quotas: createQuotas(settings),
    usage: { usageOf: (group, atMs) => options.usage?.usageOf(group, atMs) ?? simulatedUsage.usageOf(group, atMs) },
    puller,
    execSessions,
    runtime,
    runCommand,
    idempotency: new Idempotency(nowMs),
    rateLimits: settings.rateLimits === 'documented' ? new RateLimits(nowMs) : undefined,
    groupLifecycle: new GroupLifecycle({
      clock,
      timings,
      runner,
      runtime,
      onFinished: (group) => {
        endSessions(group);
        finished.add(group);
        release(group);
      },
      onUnplaced: release,
      onGone: (group) => {
        endSessions(group);
        groups.delete(group);
        if (group.finishedAtMs === undefined) {
          release(group);
        }
      },
    }),
    cacheLifecycle: new CacheLifecycle({ clock, timings, puller, onExpired: (cache) => caches.delete(cache) }),
    nextSequence: () => (sequence += 1),
    forgetFinished: (owner) => {
      for (const group of finished.takeExpired(owner, nowMs())) {
        groups.delete(group);
      }
    },
  };
}
