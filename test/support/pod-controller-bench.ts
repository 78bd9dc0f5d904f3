import { AlibabaCloudError } from '../../src/alibaba/errors.ts';
import { createWorkQueue } from '../../src/kube/work-queue.ts';
import type { Pod } from '../../src/kube/types.ts';
import { MissingObjects } from '../../src/node/missing-objects.ts';
import { PodController } from '../../src/node/pod-controller.ts';
import type { PodControllerOptions } from '../../src/node/pod-controller.ts';
import type {
  CreateAttempt,
  CreateFailure,
  CreateOutcome,
  InstanceEvent,
  PodInstance,
  PodProvider,
  UpdateOutcome,
  UpdateRequest,
} from '../../src/node/pod-provider.ts';
import { StatusWriter } from '../../src/node/status-writer.ts';
import { noLog, noMetrics } from '../../src/telemetry/types.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeKubeClient } from './fake-kube-client.ts';

export const PATH = '/api/v1/namespaces/shop/pods/web';
export const created: CreateOutcome = {
  kind: 'created',
  instanceId: 'eci-1',
  annotations: { 'k8s.aliyun.com/eci-instance-id': 'eci-1' },
  conditions: [{ type: 'ImageCredentials', status: 'True', message: 'a chain' }],
  notes: [{ type: 'Normal', reason: 'ProviderCreateSuccess', message: 'accepted' }],
};

export function aPod(
  overrides: Partial<NonNullable<Pod['metadata']>> = {},
  status: Pod['status'] = { phase: 'Pending' },
): Pod {
  return {
    metadata: { uid: 'u1', name: 'web', namespace: 'shop', ...overrides },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
    status,
  };
}

/** A provider whose answers the test sets. */
export class FakeProvider implements PodProvider {
  synced = true;
  absent = new Set<string>();
  readonly instances = new Map<string, PodInstance>();
  readonly attempts: number[] = [];
  /** What each attempt was told of the one before. */
  readonly after: (string | undefined)[] = [];
  readonly deletes: boolean[] = [];
  answers: (CreateOutcome | Error)[] = [];
  claim: string | undefined;
  giveUp = false;
  placementClass: CreateFailure['class'] = 'capacity';
  #listener: (uid: string) => void = () => {};

  async run(): Promise<void> {}
  hasSynced = (): boolean => this.synced;
  health = (): undefined => undefined;
  onChange(listener: (uid: string) => void): void {
    this.#listener = listener;
  }
  get = (uid: string): PodInstance | undefined => this.instances.get(uid);
  list = (): PodInstance[] => [...this.instances.values()];
  isVerifiedAbsent = (uid: string): boolean => this.absent.has(uid);
  createdInstanceId = (): string | undefined => this.claim;
  missingAnnotations = (): undefined => undefined;
  readonly instanceAnnotations = ['k8s.aliyun.com/eci-instance-id'];
  failsFast = (): boolean => this.giveUp;
  async create(_pod: Pod, attempt: CreateAttempt): Promise<CreateOutcome> {
    this.attempts.push(attempt.number);
    this.after.push(attempt.after);
    const answer = this.answers.shift() ?? created;
    if (answer instanceof Error) throw answer;
    if (answer.kind === 'created') this.show('pending');
    return answer;
  }
  readonly updates: UpdateRequest[] = [];
  updateAnswers: (UpdateOutcome | Error)[] = [];
  async update(_pod: Pod, request: UpdateRequest): Promise<UpdateOutcome> {
    this.updates.push(request);
    const answer = this.updateAnswers.shift() ?? { kind: 'updated', notes: [], message: 'accepted' };
    if (answer instanceof Error) throw answer;
    return answer;
  }
  readAtCreation = (): string[] => this.late;
  late: string[] = [];
  say: (event: InstanceEvent) => void = () => {};
  onInstanceEvent(listener: (event: InstanceEvent) => void): void {
    this.say = listener;
  }
  deleteFailures: Error[] = [];
  async delete(_uid: string, { force }: { force: boolean }): Promise<boolean> {
    this.deletes.push(force);
    const failure = this.deleteFailures.shift();
    if (failure !== undefined) throw failure;
    return true;
  }
  status = (pod: Pod, instance: PodInstance): NonNullable<Pod['status']> =>
    pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
      ? pod.status
      : { phase: instance.phase === 'running' ? 'Running' : 'Pending' };
  classify = (error: unknown): ReturnType<PodProvider['classify']> => {
    const code = error instanceof AlibabaCloudError ? error.code : 'Internal';
    return {
      class: code === 'OperationDenied.NoStock' ? 'capacity' : 'transient',
      code,
      message: 'no',
      requestId: 'R1',
      after: code,
    };
  };
  placementFailure = async (): Promise<CreateFailure> => ({
    class: this.placementClass,
    code: 'NoStock',
    message: 'no place',
    after: 'NoStock vsw-a',
  });

  show(phase: PodInstance['phase']): void {
    this.instances.set('u1', {
      uid: 'u1',
      instanceId: 'eci-1',
      namespace: 'shop',
      name: 'web',
      phase,
      observedAtMs: 0,
    });
    this.#listener('u1');
  }
  vanish(): void {
    this.instances.delete('u1');
    this.absent.add('u1');
    this.#listener('u1');
  }
}

export function setUp(
  pod: Pod = aPod(),
  policy: Pick<PodControllerOptions, 'forceRemoveAfterMs' | 'lostBarePods'> = {},
) {
  const clock = new FakeClock();
  const client = new FakeKubeClient();
  const provider = new FakeProvider();
  const events: string[] = [];
  client.put(PATH, pod);
  const missing = new MissingObjects({ client, clock, random: () => 0.5, logger: noLog, refresh: () => {} });
  const controller = new PodController({
    client,
    clock,
    logger: noLog,
    metrics: noMetrics,
    events: {
      emit: (_target, type, reason, message) => events.push(`${type} ${reason}: ${message}`),
      flush: async () => {},
    },
    queue: createWorkQueue({ name: 'pods', clock, random: () => 0.5 }),
    provider,
    statusWriter: new StatusWriter({ client, clock }),
    random: () => 0.5,
    ...policy,
    nodeName: 'eci',
    missing,
    workers: 2,
    finishedRetentionMs: 3_600_000,
  });
  const stop = new AbortController();
  const running = controller.run(stop.signal);
  return {
    clock,
    client,
    provider,
    events,
    stop: () => stop.abort(),
    /** Stops for a reason, and waits for the end. */
    end: async (reason: Error) => {
      stop.abort(reason);
      await running;
    },
    stored: () => client.objects.get(PATH) as Pod | undefined,
    add: async (added: Pod = pod) => {
      controller.handle({ type: 'added', object: added, previous: undefined });
      await clock.advance(0);
    },
    update: async (updated: Pod) => {
      client.put(PATH, updated);
      controller.handle({ type: 'updated', object: updated, previous: undefined });
      await clock.advance(0);
    },
    remove: async () => {
      const last = client.objects.get(PATH) as Pod;
      client.objects.delete(PATH);
      controller.handle({ type: 'deleted', object: last, previous: last });
      await clock.advance(0);
    },
    /** A complete list does not have the Pod any more. */
    unlist: async () => {
      const last = client.objects.get(PATH) as Pod;
      client.objects.delete(PATH);
      controller.handle({ type: 'deleted', object: last, previous: last, unseen: true });
      await clock.advance(0);
    },
    knows: () => controller.knows('u1'),
    missing,
    retryHeld: () => controller.retryHeld(),
    edit: (before: Pod, after: Pod) => controller.handle({ type: 'updated', object: after, previous: before }),
  };
}

export const deleting = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };
export const lost = new AlibabaCloudError({
  code: 'Local.Timeout',
  message: 'no answer',
  action: 'CreateContainerGroup',
});
export const noStock = new AlibabaCloudError({
  code: 'OperationDenied.NoStock',
  message: 'none',
  action: 'CreateContainerGroup',
});
