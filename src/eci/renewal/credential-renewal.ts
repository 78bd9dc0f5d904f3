import { toRfc3339 } from '../../clock.ts';
import type { AcrEntry, Note } from '../../credentials/types.ts';
import type { Pod } from '../../kube/types.ts';
import type { PodsOfNode } from '../../node/pod-provider.ts';
import { imageCredentialsCondition, imageCredentialsNotRenewed } from '../create/image-credentials-condition.ts';
import type { InstanceStore, StoredInstance } from '../feed/instance-store.ts';
import type { EciInstance } from '../instance/eci-instance.ts';
import type { EciProviderPorts } from '../types.ts';
import { renewalBackOffMs } from './back-off.ts';
import {
  parseHeldCredentials,
  readHeldCredentials,
  writeHeldCredentials,
  type HeldCredentials,
} from './held-credentials.ts';
import { describeRenewalFailure, renewCredentials, type RenewalOutcome } from './renew-credentials.ts';
import { shouldRenew, type RenewalDecision } from './should-renew.ts';

/** How often it is looked whether something is due; a look costs no call. */
const TURN_MS = 2_000;
/** Renewals in flight. They share the budget of calls with changes that people wait for, which must not queue behind many. */
const PARALLEL = 8;
/** Renewals of one turn. What is due is decided anew for the next, most urgent first. */
const MAX_PER_TURN = 200;
/** ECI is done with most changes of a group in seconds. */
const BUSY_RETRY_MS = 10_000;

/** What renewal works with. */
export interface CredentialRenewalOptions {
  ports: Pick<
    EciProviderPorts,
    'eci' | 'credentials' | 'readPullSecrets' | 'parseAnnotations' | 'clock' | 'log' | 'random' | 'metrics'
  >;
  store: InstanceStore;
  nodeName: string;
  /** Nothing is decided before every group is known. */
  hasSynced: () => boolean;
}

/** What was tried for a group and did not succeed. */
interface Trouble {
  containerGroupId: string;
  notBeforeMs: number;
  failures: number;
  /** What the Pod was last told of, so that it is not told again at each try. */
  said?: string;
}

interface DueGroup {
  entry: StoredInstance;
  pod: Pod;
  held: HeldCredentials | undefined;
  decision: Extract<RenewalDecision, { do: 'renew' }>;
}

/** Keeps the registry passwords of container groups alive for as long as the groups may pull. What is due is {@link shouldRenew}. */
export class CredentialRenewal {
  readonly #options: CredentialRenewalOptions;
  readonly #troubles = new Map<string, Trouble>();
  /** What was read of Pods and reports, which never change: a look at thousands of groups parses nothing twice. */
  readonly #read = new WeakMap<object, { of: string; held: HeldCredentials | undefined }>();
  readonly #entries = new WeakMap<Pod, readonly AcrEntry[]>();

  constructor(options: CredentialRenewalOptions) {
    this.#options = options;
  }

  /** Takes turns until `signal` fires. */
  async run(signal: AbortSignal, pods: PodsOfNode): Promise<void> {
    const { clock } = this.#options.ports;
    while (!signal.aborted) {
      await this.turn(pods);
      await clock.sleep(TURN_MS, signal).catch(() => {});
    }
  }

  /** Renews what is due. Never throws: failures are told on the Pods and tried again. */
  async turn(pods: PodsOfNode): Promise<void> {
    if (!this.#options.hasSynced()) return;
    this.#forgetGone();
    const due = this.#dueGroups(pods).slice(0, MAX_PER_TURN);
    const work = due.values();
    const worker = async (): Promise<void> => {
      for (const group of work) await this.#renew(group, pods);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, due.length) }, worker));
  }

  /** Most urgent first. */
  #dueGroups(pods: PodsOfNode): DueGroup[] {
    const { store, ports, nodeName } = this.#options;
    const nowMs = ports.clock.nowMs();
    const due: DueGroup[] = [];
    const states = { live: 0, due: 0, expired: 0 };
    for (const entry of store.all()) {
      const { instance } = entry;
      const pod = pods.getByUid(instance.uid);
      const held = this.#heldBy(pod, instance);
      const decision = shouldRenew({
        pod,
        instance,
        deleting: entry.deletingSinceMs !== undefined,
        held,
        namesChains: held === undefined && pod !== undefined && this.#entriesOf(pod).length > 0,
        nowMs,
      });
      if (decision.do === 'skip') continue;
      if (decision.expiresAtMs !== undefined && decision.expiresAtMs <= nowMs) states.expired += 1;
      else states[decision.do === 'wait' ? 'live' : 'due'] += 1;
      if (decision.do !== 'renew' || pod === undefined) continue;
      const trouble = this.#troubleOf(instance.uid, instance.instanceId);
      if (trouble === undefined || trouble.notBeforeMs <= nowMs) due.push({ entry, pod, held, decision });
    }
    for (const [state, count] of Object.entries(states)) {
      ports.metrics?.gauge('eci_kubelet_group_credentials', count, { node: nodeName, state });
    }
    return due.sort((a, b) => (a.decision.expiresAtMs ?? Infinity) - (b.decision.expiresAtMs ?? Infinity));
  }

  async #renew({ entry, pod, held, decision }: DueGroup, pods: PodsOfNode): Promise<void> {
    const { ports, store } = this.#options;
    const { uid, instanceId, namespace, name } = entry.instance;
    const outcome = await renewCredentials(
      {
        pod,
        containerGroupId: instanceId,
        held,
        entries: held?.entries ?? this.#entriesOf(pod),
        minimumLifeMs: decision.minimumLifeMs,
      },
      ports,
    );
    const fields = { pod: `${namespace}/${name}`, containerGroupId: instanceId };
    switch (outcome.kind) {
      case 'busy':
        this.#count('busy');
        this.#postpone(uid, instanceId, BUSY_RETRY_MS);
        return;
      case 'failed':
        this.#count('failed');
        ports.log.warn('registry passwords of a container group were not renewed', {
          ...fields,
          reason: outcome.message,
        });
        this.#failed(entry, pod, { outcome, expiresAtMs: decision.expiresAtMs, pods });
        return;
      case 'nothing':
        this.#troubles.delete(uid);
        store.reportRenewal(uid, instanceId, { held: writeHeldCredentials(outcome.held) });
        return;
      case 'renewed': {
        this.#count('renewed');
        this.#troubles.delete(uid);
        const condition = imageCredentialsCondition(outcome.resolved.hosts, ports.clock.nowMs());
        store.reportRenewal(uid, instanceId, {
          held: writeHeldCredentials(outcome.held),
          ...(condition === undefined ? {} : { condition }),
        });
        for (const note of outcome.notes) pods.emit(pod, note);
        const ends = [...outcome.held.expiriesMs.values()].filter((ms) => ms !== undefined);
        ports.log.debug('registry passwords of a container group renewed', {
          ...fields,
          until: toRfc3339(Math.min(...ends)),
        });
        return;
      }
      default:
        outcome satisfies never;
    }
  }

  #failed(
    { instance }: StoredInstance,
    pod: Pod,
    {
      outcome,
      expiresAtMs,
      pods,
    }: { outcome: Extract<RenewalOutcome, { kind: 'failed' }>; expiresAtMs: number | undefined; pods: PodsOfNode },
  ): void {
    const { ports, store } = this.#options;
    const { uid, instanceId } = instance;
    const nowMs = ports.clock.nowMs();
    const before = this.#troubleOf(uid, instanceId);
    const failures = (before?.failures ?? 0) + 1;
    const leftMs = expiresAtMs === undefined ? undefined : expiresAtMs - nowMs;
    const message = describeRenewalFailure(outcome.message, expiresAtMs, nowMs);
    const said = `${outcome.code}, ${leftMs !== undefined && leftMs <= 0 ? 'ended' : 'still serves'}`;
    this.#troubles.set(uid, {
      containerGroupId: instanceId,
      failures,
      notBeforeMs: nowMs + renewalBackOffMs(failures, leftMs, ports.random()),
      said,
    });
    if (before?.said === said) return;
    const note: Note = { type: 'Warning', reason: 'ImageCredentialsRenewalFailed', message };
    pods.emit(pod, note);
    store.reportRenewal(uid, instanceId, { condition: imageCredentialsNotRenewed(message, { expiresAtMs, nowMs }) });
  }

  #postpone(uid: string, containerGroupId: string, delayMs: number): void {
    const before = this.#troubleOf(uid, containerGroupId);
    const notBeforeMs = this.#options.ports.clock.nowMs() + delayMs;
    this.#troubles.set(uid, { containerGroupId, failures: 0, ...before, notBeforeMs });
  }

  /** What this process handed over, also together with a new image, is newer than what the Pod says. */
  #heldBy(pod: Pod | undefined, { renewal, instanceId }: EciInstance): HeldCredentials | undefined {
    const source = renewal?.held === undefined ? pod : renewal;
    if (source === undefined) return undefined;
    const before = this.#read.get(source);
    if (before?.of === instanceId) return before.held;
    const held =
      renewal?.held === undefined
        ? pod && readHeldCredentials(pod, instanceId)
        : parseHeldCredentials(renewal.held, instanceId);
    this.#read.set(source, { of: instanceId, held });
    return held;
  }

  #troubleOf(uid: string, containerGroupId: string): Trouble | undefined {
    const trouble = this.#troubles.get(uid);
    return trouble?.containerGroupId === containerGroupId ? trouble : undefined;
  }

  #entriesOf(pod: Pod): readonly AcrEntry[] {
    const before = this.#entries.get(pod);
    if (before !== undefined) return before;
    const parsed = this.#options.ports.parseAnnotations(pod.metadata?.annotations ?? {}, {});
    const entries = parsed.ok ? parsed.intent.acrEntries : [];
    this.#entries.set(pod, entries);
    return entries;
  }

  #forgetGone(): void {
    const { store } = this.#options;
    for (const uid of this.#troubles.keys()) if (store.get(uid) === undefined) this.#troubles.delete(uid);
  }

  #count(result: 'renewed' | 'failed' | 'busy'): void {
    this.#options.ports.metrics?.count('eci_kubelet_group_credential_renewals_total', { result });
  }
}
