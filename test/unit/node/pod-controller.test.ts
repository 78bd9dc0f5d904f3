import assert from 'node:assert/strict';
import { AlibabaCloudError } from '../../../src/alibaba/errors.ts';
import { EciKubeletError } from '../../../src/errors.ts';
import { createWorkQueue } from '../../../src/kube/work-queue.ts';
import type { Pod } from '../../../src/kube/types.ts';
import { AFTER_ANNOTATION } from '../../../src/node/pod-creator.ts';
import { MissingObjects } from '../../../src/node/missing-objects.ts';
import { PodController } from '../../../src/node/pod-controller.ts';
import type { PodControllerOptions } from '../../../src/node/pod-controller.ts';
import type {
  CreateAttempt,
  CreateFailure,
  CreateOutcome,
  InstanceEvent,
  PodInstance,
  PodProvider,
  UpdateOutcome,
  UpdateRequest,
} from '../../../src/node/pod-provider.ts';
import { StatusWriter } from '../../../src/node/status-writer.ts';
import { noLog, noMetrics } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';

const PATH = '/api/v1/namespaces/shop/pods/web';
const created: CreateOutcome = {
  kind: 'created',
  instanceId: 'eci-1',
  annotations: { 'k8s.aliyun.com/eci-instance-id': 'eci-1' },
  conditions: [{ type: 'ImageCredentials', status: 'True', message: 'a chain' }],
  notes: [{ type: 'Normal', reason: 'ProviderCreateSuccess', message: 'accepted' }],
};

function aPod(
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
class FakeProvider implements PodProvider {
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

function setUp(pod: Pod = aPod(), policy: Pick<PodControllerOptions, 'forceRemoveAfterMs' | 'lostBarePods'> = {}) {
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

const deleting = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };
const lost = new AlibabaCloudError({ code: 'Local.Timeout', message: 'no answer', action: 'CreateContainerGroup' });
const noStock = new AlibabaCloudError({
  code: 'OperationDenied.NoStock',
  message: 'none',
  action: 'CreateContainerGroup',
});

describe('a Pod that a complete list does not have any more', () => {
  it('leaves its instance to the orphan sweeper, which would notice an emptied cluster', async () => {
    const world = setUp();
    await world.add();
    await world.unlist();
    await world.clock.advance(600_000);
    assert.deepEqual(world.provider.deletes, []);
    assert.equal(world.knows(), false);
    world.stop();
  });

  it('is taken up again with its instance when it comes back, as after a restored backup', async () => {
    const world = setUp();
    await world.add();
    await world.unlist();
    world.client.put(PATH, aPod());
    await world.add();
    await world.clock.advance(600_000);
    assert.deepEqual(world.provider.deletes, []);
    assert.deepEqual(world.provider.attempts, [1]);
    world.stop();
  });

  it('loses its instance at once when it was being deleted, or was over', async () => {
    for (const last of [aPod(deleting), aPod({}, { phase: 'Succeeded' })]) {
      const world = setUp();
      await world.add();
      world.client.put(PATH, last);
      await world.unlist();
      assert.deepEqual(world.provider.deletes, [true]);
      world.stop();
    }
  });
});

describe('the Pod controller', () => {
  it('creates once and writes id, conditions and status with one patch', async () => {
    const world = setUp();
    await world.add();
    assert.deepEqual(world.provider.attempts, [1]);
    assert.deepEqual(world.client.writes(), [`patch strategic ${PATH}/status`]);
    assert.equal(world.stored()?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'], 'eci-1');
    assert.deepEqual(world.stored()?.status?.conditions, [
      { type: 'ImageCredentials', status: 'True', message: 'a chain' },
    ]);
    assert.deepEqual(world.events, ['Normal ProviderCreateSuccess: accepted']);
    world.stop();
  });

  it('writes once more when the Pod runs, and nothing while nothing changes', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(0);
    assert.equal(world.stored()?.status?.phase, 'Running');
    world.provider.show('running');
    await world.clock.advance(60_000);
    assert.equal(world.client.writes().length, 2);
    world.stop();
  });

  for (const [what, reason, expected] of [
    ['writes what it had put off when it is asked to stop', new Error('received SIGTERM'), '10.0.0.8'],
    [
      'writes nothing any more when another replica may lead by now',
      new EciKubeletError('LeadershipLost', 'the lease could not be renewed'),
      '10.0.0.7',
    ],
  ] as const) {
    it(what, async () => {
      const world = setUp();
      let podIP = '10.0.0.7';
      world.provider.status = () => ({ phase: 'Running', podIP });
      await world.add();
      world.provider.show('running');
      await world.clock.advance(0);
      podIP = '10.0.0.8';
      world.provider.show('running');
      await world.clock.advance(100);
      assert.equal(world.stored()?.status?.podIP, '10.0.0.7', 'a second has not passed since the last write');
      await world.end(reason);
      assert.equal(world.stored()?.status?.podIP, expected);
    });
  }

  it('repeats the write-back until it sticks, without creating again', async () => {
    const world = setUp();
    for (let time = 0; time < 2; time++) world.client.fail('patch', 'InternalError', 500);
    await world.add();
    assert.equal(world.stored()?.metadata?.annotations, undefined);
    await world.clock.advance(2_000);
    assert.equal(world.stored()?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'], 'eci-1');
    assert.deepEqual(world.provider.attempts, [1]);
    world.stop();
  });

  it('tries the same attempt again after a lost answer, and says so on the Pod', async () => {
    const world = setUp();
    world.provider.answers = [lost];
    await world.add();
    assert.match(world.events[0] ?? '', /^Warning ProviderCreateFailed: Local\.Timeout: .*R1/);
    assert.equal(world.stored()?.status?.phase, 'Pending');
    await world.clock.advance(2_000);
    assert.deepEqual(world.provider.attempts, [1, 1]);
    assert.equal(world.stored()?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'], 'eci-1');
    world.stop();
  });

  it('waits longer each time while nothing answers, although each failure that it writes brings the Pod back', async () => {
    const world = setUp();
    world.provider.answers = Array.from({ length: 30 }, () => lost);
    await world.add();
    for (let second = 0; second < 60; second++) {
      await world.update(world.stored() ?? aPod());
      await world.clock.advance(1000);
    }
    // After 0, 1, 3, 7, 15 and 31 seconds.
    assert.deepEqual(world.provider.attempts, [1, 1, 1, 1, 1, 1]);
    world.stop();
  });

  it('takes a new attempt after a definite refusal, remembers it on the Pod, and waits in between', async () => {
    const world = setUp();
    world.provider.answers = [noStock, noStock];
    await world.add();
    assert.equal(world.stored()?.status?.reason, 'ContainerInstanceScheduleFailed');
    await world.clock.advance(14_000);
    assert.deepEqual(world.provider.attempts, [1]);
    await world.clock.advance(2_000);
    assert.deepEqual(world.provider.attempts, [1, 2]);
    assert.equal(world.stored()?.metadata?.annotations?.['eci.alibabacloud.com/create-attempt'], '2');
    await world.update(world.stored() ?? aPod());
    await world.clock.advance(28_000);
    assert.deepEqual(world.provider.attempts, [1, 2], 'our own annotation is no edit of the user');
    await world.clock.advance(4_000);
    assert.deepEqual(world.provider.attempts, [1, 2, 3]);
    world.stop();
  });

  it('tells each attempt what ended the one before, and writes it down for the next process', async () => {
    const world = setUp();
    world.provider.answers = [noStock];
    await world.add();
    await world.clock.advance(20_000);
    assert.deepEqual(world.provider.after, [undefined, 'OperationDenied.NoStock']);
    const stored = world.stored();
    assert.equal(stored?.metadata?.annotations?.[AFTER_ANNOTATION], 'OperationDenied.NoStock');
    world.stop();

    const next = setUp(stored);
    next.provider.answers = [lost];
    await next.add();
    assert.deepEqual([next.provider.attempts, next.provider.after], [[2], ['OperationDenied.NoStock']]);
    next.stop();
  });

  it('gives up after the first definite refusal when the Pod asks for that, also after a restart', async () => {
    const world = setUp();
    world.provider.giveUp = true;
    world.provider.answers = [noStock];
    await world.add();
    await world.clock.advance(3_600_000);
    assert.deepEqual(world.provider.attempts, [1]);
    const status = world.stored()?.status;
    assert.deepEqual([status?.phase, status?.reason], ['Pending', 'ContainerInstanceScheduleFailed']);
    // This is what kubectl prints.
    assert.equal(status?.containerStatuses?.[0]?.state?.waiting?.reason, 'ProviderFailed');
    world.stop();

    const next = setUp(world.stored());
    next.provider.giveUp = true;
    await next.add();
    await next.clock.advance(3_600_000);
    assert.deepEqual(next.provider.attempts, [], 'a new process does not start it again');
    await next.update({ ...(next.stored() ?? aPod()), spec: { containers: [], activeDeadlineSeconds: 100_000 } });
    assert.deepEqual(next.provider.attempts, [1], 'an edit does');
    next.stop();
  });

  it('does not give up for what passes by itself', async () => {
    const world = setUp();
    world.provider.giveUp = true;
    world.provider.placementClass = 'transient';
    await world.add();
    world.provider.show('unschedulable');
    await world.clock.advance(0);
    world.provider.vanish();
    await world.clock.advance(5_000);
    assert.deepEqual(world.provider.attempts, [1, 2]);
    world.stop();
  });

  it('holds a Pod without any further call, and looks again at once when it is edited', async () => {
    const world = setUp();
    const problems = [{ key: 'k8s.aliyun.com/acr-instance-ids', value: 'x', message: 'write cri-…' }];
    world.provider.answers = [{ kind: 'held', reason: 'InvalidAnnotation', problems, conditions: [], notes: [] }];
    await world.add();
    await world.clock.advance(120_000);
    assert.deepEqual(world.provider.attempts, [1]);
    assert.equal(world.stored()?.status?.reason, 'ProviderFailed');
    await world.update({
      ...aPod({ annotations: { 'k8s.aliyun.com/acr-instance-ids': 'cri-1' } }),
      status: world.stored()?.status ?? {},
    });
    assert.deepEqual(world.provider.attempts, [1, 1]);
    assert.equal(world.stored()?.status?.reason, undefined, 'the reason is cleared once it is over');
    world.stop();
  });

  it('creates nothing before the instances were listed', async () => {
    const world = setUp();
    world.provider.synced = false;
    await world.add();
    assert.deepEqual(world.provider.attempts, []);
    world.stop();
  });

  it('adopts an instance that an earlier process made', async () => {
    const world = setUp();
    world.provider.show('running');
    await world.add();
    assert.deepEqual(world.provider.attempts, []);
    assert.match(world.events[0] ?? '', /ProviderAdopted/);
    assert.equal(world.stored()?.status?.phase, 'Running');
    world.stop();
  });

  it('deletes gracefully once, and removes the Pod only when the instance is proven to be gone', async () => {
    const world = setUp();
    await world.add();
    await world.update(aPod(deleting, { phase: 'Running' }));
    await world.clock.advance(5_000);
    assert.deepEqual(world.provider.deletes, [false]);
    assert.ok(world.stored() !== undefined);
    world.provider.vanish();
    await world.clock.advance(0);
    assert.equal(world.stored(), undefined);
    const last = world.client.calls.findLast((call) => call.verb.startsWith('patch'));
    assert.match(JSON.stringify(last?.body), /"phase":"Failed"/, 'a final phase is visible before the Pod goes');
    assert.deepEqual(world.client.calls.at(-1)?.body, { uid: 'u1', gracePeriodSeconds: 0 });
    world.stop();
  });

  it('tells that an instance cannot be deleted, tries again, and keeps the Pod as it is', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(2_000);
    world.provider.deleteFailures.push(
      new AlibabaCloudError({ code: 'Throttling', message: 'slow down', action: 'DeleteContainerGroup' }),
    );
    await world.update(aPod(deleting, { phase: 'Running' }));
    assert.match(world.events.at(-1) ?? '', /^Warning ProviderDeleteFailed: /);
    assert.equal(world.stored()?.status?.phase, 'Running');
    await world.clock.advance(10_000);
    assert.deepEqual(world.provider.deletes, [false, false]);
    assert.equal(world.stored()?.status?.phase, 'Running');
    world.stop();
  });

  it('tries again to write the end of a Pod, without another deletion of the instance', async () => {
    const world = setUp();
    await world.add();
    await world.update(aPod(deleting, { phase: 'Running' }));
    world.client.fail('patch', 'InternalError', 500);
    world.provider.vanish();
    await world.clock.advance(0);
    assert.ok(world.stored() !== undefined);
    assert.notEqual(world.stored()?.status?.phase, 'Failed', 'the write has failed');
    await world.clock.advance(60_000);
    assert.equal(world.stored(), undefined);
    assert.deepEqual(world.provider.deletes, [false]);
    world.stop();
  });

  it('removes a Pod at once that was deleted before anything was created', async () => {
    const world = setUp(aPod(deleting));
    await world.add();
    assert.deepEqual(world.provider.deletes, []);
    assert.equal(world.stored(), undefined);
    world.stop();
  });

  it('deletes the instance by force when the Pod vanishes, and then forgets the Pod', async () => {
    const world = setUp();
    await world.add();
    await world.remove();
    assert.deepEqual(world.provider.deletes, [true]);
    assert.equal(world.knows(), true);
    world.provider.vanish();
    await world.clock.advance(0);
    assert.equal(world.knows(), false);
    world.stop();
  });

  it('fails a Pod whose instance is gone, so that its controller replaces it, and never creates it again', async () => {
    const world = setUp();
    await world.add();
    world.provider.vanish();
    await world.clock.advance(0);
    assert.deepEqual([world.stored()?.status?.phase, world.stored()?.status?.reason], ['Failed', 'NotFound']);
    await world.clock.advance(600_000);
    assert.deepEqual(world.provider.attempts, [1]);
    world.stop();
  });

  it('replaces an instance that could not be placed by a new attempt', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('unschedulable');
    await world.clock.advance(0);
    assert.deepEqual(world.provider.deletes, [false]);
    world.provider.vanish();
    await world.clock.advance(20_000);
    assert.deepEqual(world.provider.attempts, [1, 2]);
    assert.equal(world.stored()?.status?.phase, 'Pending');
    world.stop();
  });

  const withImage = (stored: Pod | undefined, image: string): Pod => ({
    ...(stored ?? aPod()),
    spec: { containers: [{ name: 'web', image }] },
  });

  describe('an image that is changed', () => {
    it('is given to the instance once, and noted on the Pod', async () => {
      const world = setUp();
      await world.add();
      world.provider.show('running');
      await world.update(withImage(world.stored(), 'nginx:2'));
      assert.deepEqual(world.provider.updates, [{ containers: true, initContainers: false, number: 1, attempt: 1 }]);
      assert.deepEqual(world.events.slice(1), ['Normal ProviderUpdateSuccess: accepted']);
      assert.match(world.stored()?.metadata?.annotations?.['eci.alibabacloud.com/applied-spec'] ?? '', /"updates":1/);
      await world.update(world.stored() ?? aPod());
      await world.clock.advance(600_000);
      assert.equal(world.provider.updates.length, 1);
      assert.deepEqual(world.provider.attempts, [1], 'the Pod is not created again');
      world.stop();
    });

    it('while nobody ran is noticed after the start', async () => {
      const first = setUp();
      await first.add();
      first.stop();
      const later = setUp(withImage(first.stored(), 'nginx:2'));
      later.provider.claim = 'eci-1';
      later.provider.show('running');
      await later.add();
      assert.equal(later.provider.updates.length, 1);
      later.stop();
    });

    it('is no news for a Pod that an earlier version of the program made', async () => {
      const world = setUp(aPod({}, { phase: 'Running' }));
      world.provider.claim = 'eci-1';
      world.provider.show('running');
      await world.add();
      assert.deepEqual(world.provider.updates, []);
      assert.ok(world.stored()?.metadata?.annotations?.['eci.alibabacloud.com/applied-spec']);
      world.stop();
    });

    it('is tried again with back-off under another token, and at once when it is corrected', async () => {
      const world = setUp();
      await world.add();
      world.provider.show('running');
      world.provider.updateAnswers = [lost, lost, lost];
      await world.update(withImage(world.stored(), 'nginx:2'));
      await world.clock.advance(3_500);
      assert.deepEqual(
        world.provider.updates.map(({ attempt }) => attempt),
        [1, 2, 3],
      );
      assert.match(world.events[1] ?? '', /^Warning ProviderUpdateFailed: Local.Timeout: no \(request id R1\)$/);
      await world.update(withImage(world.stored(), 'nginx:3'));
      assert.equal(world.provider.updates.length, 4);
      assert.equal(world.events.at(-1), 'Normal ProviderUpdateSuccess: accepted');
      world.stop();
    });

    it('that cannot be given to the instance is told, and tried again every five minutes only', async () => {
      const world = setUp();
      await world.add();
      world.provider.show('running');
      world.provider.updateAnswers = [{ kind: 'impossible', notes: [], message: 'roles cannot travel' }];
      await world.update(withImage(world.stored(), 'nginx:2'));
      await world.clock.advance(240_000);
      assert.equal(world.provider.updates.length, 1);
      assert.equal(world.events.at(-1), 'Warning ProviderUpdateFailed: roles cannot travel');
      world.stop();
    });
  });

  it('says once that an annotation came too late, and that an ephemeral container is not started', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(0);
    world.provider.late = ['k8s.aliyun.com/eci-use-specs'];
    const before = world.stored() ?? aPod();
    const after: Pod = {
      ...before,
      spec: { containers: before.spec?.containers ?? [], ephemeralContainers: [{ name: 'debug', image: 'busybox' }] },
    };
    world.edit(before, after);
    await world.clock.advance(0);
    assert.deepEqual(world.provider.updates, []);
    assert.deepEqual(world.events.slice(1), [
      'Normal AnnotationChangedTooLate: k8s.aliyun.com/eci-use-specs: read at creation only; delete the Pod to have the change take effect',
      'Warning UnsupportedPodSpec: ephemeral container debug is not started: ECI cannot add a container to a running container group',
    ]);
    world.stop();
  });

  it('answers a resize request with a condition, which is withdrawn with the request', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    const resized = (cpu: string | undefined): Pod => ({
      ...(world.stored() ?? aPod()),
      spec: {
        containers: [
          { name: 'web', image: 'nginx', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) },
        ],
      },
    });
    const pending = () => world.stored()?.status?.conditions?.find(({ type }) => type === 'PodResizePending');
    await world.update(resized('2'));
    await world.clock.advance(2_000);
    assert.deepEqual([pending()?.status, pending()?.reason], ['True', 'Infeasible']);
    await world.update(resized(undefined));
    await world.clock.advance(2_000);
    assert.equal(pending()?.status, 'False');
    assert.deepEqual(world.provider.updates, []);
    world.stop();
  });

  it('fails a Pod at a deadline that was set while it ran, and stops its instance', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.clock.advance(0);
    const startTime = new Date(world.clock.nowMs()).toISOString();
    const stored = world.stored() ?? aPod();
    await world.update({
      ...stored,
      spec: { containers: stored.spec?.containers ?? [], activeDeadlineSeconds: 60 },
      status: { ...stored.status, startTime },
    });
    await world.clock.advance(59_000);
    assert.equal(world.stored()?.status?.phase, 'Running');
    await world.clock.advance(2_000);
    assert.deepEqual([world.stored()?.status?.phase, world.stored()?.status?.reason], ['Failed', 'DeadlineExceeded']);
    assert.deepEqual(world.provider.deletes, [false]);
    world.stop();
  });

  it('stops what still runs of a Pod that somebody else has failed', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.update({ ...(world.stored() ?? aPod()), status: { phase: 'Failed', reason: 'Evicted' } });
    assert.deepEqual(world.provider.deletes, [false]);
    assert.equal(world.stored()?.status?.reason, 'Evicted');
    world.stop();
  });

  it('keeps the instance of a finished Pod for its logs, although each listing shows it anew', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('terminal');
    await world.update({ ...(world.stored() ?? aPod()), status: { phase: 'Succeeded' } });
    for (let minute = 0; minute < 59; minute++) {
      world.provider.show('terminal');
      await world.clock.advance(60_000);
    }
    assert.deepEqual(world.provider.deletes, []);
    await world.clock.advance(90_000);
    assert.deepEqual(world.provider.deletes, [false]);
    world.stop();
  });

  it('keeps to the shorter grace period of a second deletion', async () => {
    const world = setUp();
    await world.add();
    world.provider.show('running');
    await world.update(aPod(deleting, { phase: 'Running' }));
    const second = { deletionTimestamp: '2026-01-01T00:00:05Z', deletionGracePeriodSeconds: 5 };
    await world.update(aPod(second, { phase: 'Running' }));
    await world.clock.advance(4_000);
    assert.deepEqual(world.provider.deletes, [false]);
    await world.clock.advance(2_000);
    assert.deepEqual(world.provider.deletes, [false, true]);
    world.stop();
  });

  it('removes a Pod whose instance does not end only where that is allowed, and goes on deleting the instance', async () => {
    for (const forceRemoveAfterMs of [undefined, 120_000]) {
      const world = setUp(aPod(), forceRemoveAfterMs === undefined ? {} : { forceRemoveAfterMs });
      await world.add();
      world.provider.show('running');
      await world.update(aPod(deleting, { phase: 'Running' }));
      await world.clock.advance(30_000 + 119_000);
      assert.ok(world.stored() !== undefined);
      await world.clock.advance(3_600_000);
      assert.equal(world.stored() === undefined, forceRemoveAfterMs !== undefined);
      assert.equal(
        world.events.some((event) => event.startsWith('Warning PodRemovedEarly')),
        forceRemoveAfterMs !== undefined,
      );
      assert.ok(world.provider.deletes.length > 10, 'asked for again and again');
      world.stop();
    }
  });

  it('asks the API once to remove a Pod that finalizers of others keep', async () => {
    const world = setUp();
    await world.add();
    world.provider.vanish();
    const kept = { ...aPod({ ...deleting, finalizers: ['batch.kubernetes.io/job-tracking'] }, { phase: 'Running' }) };
    await world.update(kept);
    for (let time = 0; time < 3; time++) await world.update(kept);
    assert.equal(world.client.calls.filter(({ verb }) => verb === 'delete').length, 1);
    world.stop();
  });

  it('makes another instance for a lost one that never ran, where that is wanted and nobody else would', async () => {
    for (const [owned, attempts] of [
      [false, [1, 2]],
      [true, [1]],
    ] as const) {
      const ownerReferences = owned
        ? [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r1', controller: true }]
        : [];
      const world = setUp(aPod({ ownerReferences }), { lostBarePods: 'recreate' });
      await world.add();
      world.provider.vanish();
      await world.clock.advance(0);
      assert.deepEqual(world.provider.attempts, attempts);
      assert.equal(world.stored()?.status?.phase, owned ? 'Failed' : 'Pending');
      world.stop();
    }
  });

  it('says that exit codes are not known of an instance that ended while nobody ran', async () => {
    const world = setUp(aPod({}, { phase: 'Running' }));
    world.provider.claim = 'eci-1';
    await world.add();
    world.provider.vanish();
    await world.clock.advance(0);
    assert.match(world.stored()?.status?.message ?? '', /ended while eci-kubelet did not run: with what exit codes/);
    world.stop();
  });

  it('has nothing to do with static Pods and with Pods of other nodes', async () => {
    const world = setUp();
    await world.add(aPod({ annotations: { 'kubernetes.io/config.mirror': 'x' } }));
    await world.add({ ...aPod(), spec: { containers: [], nodeName: 'another' } });
    assert.deepEqual([world.provider.attempts, world.knows()], [[], false]);
    world.stop();
  });

  it('passes on what the cloud says about an instance, to the Pods that it knows', async () => {
    const world = setUp();
    await world.add();
    world.provider.say({ uid: 'u1', type: 'Normal', reason: 'Pulled', message: 'image' });
    world.provider.say({ uid: 'stranger', type: 'Normal', reason: 'Pulled', message: 'image' });
    assert.deepEqual(world.events.slice(1), ['Normal Pulled: image']);
    world.stop();
  });

  it('tries a waiting Pod again when what it misses appears, and watches it no longer then', async () => {
    const missing = [{ kind: 'ConfigMap', namespace: 'shop', name: 'settings' }] as const;
    const world = setUp();
    world.provider.answers = [
      { kind: 'waiting', reason: 'MandatoryConfigMapNotFound', message: 'no settings', missing, notes: [] },
    ];
    await world.add();
    assert.deepEqual([world.provider.attempts, world.missing.size()], [[1], 1]);
    await world.clock.advance(60_000);
    assert.deepEqual(world.provider.attempts, [1]);
    world.client.announce({ type: 'ADDED', object: { metadata: { name: 'settings', resourceVersion: '7' } } });
    await world.clock.advance(0);
    assert.deepEqual([world.provider.attempts, world.missing.size()], [[1, 1], 0]);
    world.stop();
  });

  it('tries what is held at once after a change of the configuration, but nothing that gave up', async () => {
    for (const giveUp of [false, true]) {
      const world = setUp();
      world.provider.giveUp = giveUp;
      world.provider.answers = [noStock];
      await world.add();
      world.retryHeld();
      await world.clock.advance(0);
      assert.deepEqual(world.provider.attempts, giveUp ? [1] : [1, 2]);
      world.stop();
    }
  });
});
