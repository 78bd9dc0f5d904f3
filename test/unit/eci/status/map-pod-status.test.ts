import assert from 'node:assert/strict';
import type { EciContainer } from '../../../../src/alibaba/eci-answers.ts';
import type { EciInstance } from '../../../../src/eci/instance/eci-instance.ts';
import { mergeObservation, newInstance } from '../../../../src/eci/instance/merge-observation.ts';
import { observeContainerGroup } from '../../../../src/eci/instance/observe-container-group.ts';
import { observeGroupStatus } from '../../../../src/eci/instance/observe-group-status.ts';
import { mapPodStatus } from '../../../../src/eci/status/map-pod-status.ts';
import type { Pod, PodCondition, PodStatus } from '../../../../src/kube/types.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';

const NOW = Date.UTC(2026, 0, 1, 1);
const NOW_TEXT = '2026-01-01T01:00:00Z';
const STARTED = '2026-01-01T00:00:05Z';

type Group = Partial<Parameters<typeof observeContainerGroup>[0]>;
const fresh = (): EciInstance => newInstance({ uid: 'u', namespace: 'default', name: 'web', instanceId: 'eci-1' });
const instanceOf = (group: Group, base = fresh()): EciInstance =>
  mergeObservation(
    base,
    observeContainerGroup(
      { containerGroupId: 'eci-1', tags: [], containers: [], initContainers: [], events: [], ...group },
      NOW,
    ),
  );
const running = (name = 'app', more: Partial<EciContainer> = {}): EciContainer => ({
  name,
  ready: true,
  restartCount: 0,
  currentState: { state: 'Running', startTime: '2026-01-01T00:00:05.123Z' },
  ...more,
});
const terminated = (exitCode: number, name = 'app'): EciContainer => ({
  name,
  currentState: { state: 'Terminated', exitCode, startTime: STARTED, finishTime: '2026-01-01T00:10:00Z' },
});
const waiting = (reason: string, name = 'app'): EciContainer => ({ name, currentState: { state: 'Waiting', reason } });
const map = (pod: Pod, instance: EciInstance): PodStatus =>
  mapPodStatus({ pod, instance, hostIp: '192.168.1.5', nowMs: NOW });
const condition = (status: PodStatus, type: string): PodCondition | undefined =>
  status.conditions?.find((candidate) => candidate.type === type);
const policy = (restartPolicy: string, status?: PodStatus): Pod =>
  aPod({ spec: { restartPolicy }, ...(status === undefined ? {} : { status }) });

describe('mapPodStatus: phase', () => {
  const cases: Readonly<Record<string, { pod: Pod; group: Group; phase: string }>> = {
    'Pending while scheduling': { pod: aPod(), group: { status: 'Scheduling' }, phase: 'Pending' },
    'Pending while an image is pulled': {
      pod: aPod(),
      group: { status: 'Pending', containers: [waiting('ErrImagePull')] },
      phase: 'Pending',
    },
    'Pending while init containers run, whatever the group says': {
      pod: aPod({ spec: { initContainers: [aContainer({ name: 'init' })] } }),
      group: { status: 'Running', initContainers: [running('init')], containers: [waiting('PodInitializing')] },
      phase: 'Pending',
    },
    'Running once a container runs': {
      pod: aPod(),
      group: { status: 'Running', containers: [running()] },
      phase: 'Running',
    },
    'Running while a container waits to be restarted': {
      pod: aPod(),
      group: { status: 'Running', containers: [terminated(1)] },
      phase: 'Running',
    },
    'Running during a restart of the whole group': {
      pod: policy('Always', { phase: 'Running' }),
      group: { status: 'Restarting', containers: [waiting('ContainerCreating')] },
      phase: 'Running',
    },
    'Pending during a restart of a group that never ran': {
      pod: policy('Always', { phase: 'Pending' }),
      group: { status: 'Updating' },
      phase: 'Pending',
    },
    'Running while terminating': {
      pod: aPod(),
      group: { status: 'Terminating', containers: [running()] },
      phase: 'Running',
    },
    'Succeeded when every container is done': {
      pod: policy('OnFailure'),
      group: { status: 'Running', containers: [terminated(0)] },
      phase: 'Succeeded',
    },
    'Running when a failed one is tried again': {
      pod: policy('OnFailure'),
      group: { status: 'Running', containers: [terminated(1)] },
      phase: 'Running',
    },
    'Failed when one failed for good': {
      pod: policy('Never'),
      group: { status: 'Running', containers: [terminated(3)] },
      phase: 'Failed',
    },
    'Failed when the spot instance was reclaimed': {
      pod: aPod(),
      group: { status: 'Expired', containers: [running()] },
      phase: 'Failed',
    },
    'Pending when it could not be placed': { pod: aPod(), group: { status: 'ScheduleFailed' }, phase: 'Pending' },
    'Succeeded for ever': {
      pod: policy('Never', { phase: 'Succeeded' }),
      group: { status: 'Running', containers: [running()] },
      phase: 'Succeeded',
    },
    'Failed for ever': {
      pod: policy('Always', { phase: 'Failed' }),
      group: { status: 'Running', containers: [running()] },
      phase: 'Failed',
    },
  };
  for (const [title, { pod, group, phase }] of Object.entries(cases)) {
    it(`is ${title}`, () => {
      assert.equal(map(pod, instanceOf(group)).phase, phase);
    });
  }
});

describe('mapPodStatus: containers', () => {
  it('lists every container in the order of the spec, also those that the cloud does not tell', () => {
    const pod = aPod({ spec: { containers: ['a', 'b', 'c'].map((name) => aContainer({ name })) } });
    const status = map(pod, instanceOf({ status: 'Running', containers: [running('c'), running('a')] }));
    assert.deepEqual(
      status.containerStatuses?.map((container) => [container.name, Object.keys(container.state ?? {})[0]]),
      [
        ['a', 'running'],
        ['b', 'waiting'],
        ['c', 'running'],
      ],
    );
  });

  it('passes the reasons that users know', () => {
    for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'CrashLoopBackOff']) {
      const status = map(aPod(), instanceOf({ status: 'Pending', containers: [waiting(reason)] }));
      assert.equal(status.containerStatuses?.[0]?.state?.waiting?.reason, reason);
    }
  });

  it('says PodInitializing behind init containers and ContainerCreating otherwise', () => {
    const pod = aPod({ spec: { initContainers: [aContainer({ name: 'init' })] } });
    const initializing = map(pod, instanceOf({ status: 'Pending', initContainers: [running('init')] }));
    assert.equal(initializing.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
    const creating = map(aPod(), instanceOf({ status: 'Scheduling' }));
    assert.equal(creating.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating');
  });

  it('never lets a restart count fall and keeps the last termination', () => {
    const lastState = { terminated: { exitCode: 1, reason: 'Error' } };
    const previous = {
      phase: 'Running',
      containerStatuses: [{ name: 'app', image: 'i', imageID: 'id', ready: true, restartCount: 4, lastState }],
    };
    const status = map(policy('Always', previous), instanceOf({ status: 'Running', containers: [running()] }));
    assert.equal(status.containerStatuses?.[0]?.restartCount, 4);
    assert.deepEqual(status.containerStatuses?.[0]?.lastState, lastState);
    assert.equal(status.containerStatuses?.[0]?.imageID, 'id');
  });

  it('does not take back a termination that is final', () => {
    for (const [restartPolicy, exitCode] of [
      ['Never', 1],
      ['OnFailure', 0],
    ] as const) {
      const state = { terminated: { exitCode, reason: 'x' } };
      const previous = {
        phase: 'Running',
        containerStatuses: [{ name: 'app', image: '', imageID: '', ready: false, restartCount: 0, state }],
      };
      const status = map(policy(restartPolicy, previous), instanceOf({ status: 'Running', containers: [running()] }));
      assert.deepEqual(status.containerStatuses?.[0]?.state, state);
    }
  });

  it('fills in what a termination does not say', () => {
    const exit = (currentState: EciContainer['currentState']): unknown => {
      const told = map(
        policy('Never'),
        instanceOf({ status: 'Failed', containers: [{ name: 'app', ...(currentState && { currentState }) }] }),
      );
      const state = told.containerStatuses?.[0]?.state?.terminated;
      return [state?.exitCode, state?.reason];
    };
    assert.deepEqual(exit({ state: 'Terminated', exitCode: 0 }), [0, 'Completed']);
    assert.deepEqual(exit({ state: 'Terminated', exitCode: 2 }), [2, 'Error']);
    assert.deepEqual(exit({ state: 'Terminated', signal: 9 }), [137, 'Error']);
    assert.deepEqual(exit({ state: 'Terminated', exitCode: 137, reason: 'OOMKilled' }), [137, 'OOMKilled']);
    assert.deepEqual(exit({ state: 'Terminated' }), [137, 'Error']);
  });

  it('leaves no container running in a Pod that has ended', () => {
    const status = map(
      aPod(),
      instanceOf({ status: 'Expired', failedTime: '2026-01-01T00:30:00Z', containers: [running()] }),
    );
    assert.deepEqual(status.containerStatuses?.[0]?.state, {
      terminated: { exitCode: 137, reason: 'Error', startedAt: STARTED, finishedAt: '2026-01-01T00:30:00Z' },
    });
    assert.equal(status.containerStatuses?.[0]?.ready, false);
  });

  it('does not move the end of a container when the last answer is read again', () => {
    const first = instanceOf({ status: 'Expired', containers: [running()] });
    const written = map(aPod(), first);
    const again = map(aPod({ status: written }), { ...first, observedAtMs: NOW + 60_000 });
    assert.deepEqual(again, written);
  });

  it('keeps why a container of a failed Pod never ran', () => {
    const status = map(policy('Never'), instanceOf({ status: 'Failed', containers: [waiting('ErrImagePull')] }));
    assert.equal(status.containerStatuses?.[0]?.state?.waiting?.reason, 'ErrImagePull');
  });
});

describe('mapPodStatus: conditions', () => {
  const runningGroup: Group = { status: 'Running', intranetIp: '10.0.0.9', containers: [running()] };

  it('is ready when every container is, and names those that are not', () => {
    assert.equal(condition(map(aPod(), instanceOf(runningGroup)), 'Ready')?.status, 'True');
    const unready = map(aPod(), instanceOf({ ...runningGroup, containers: [running('app', { ready: false })] }));
    assert.deepEqual(
      ['Ready', 'ContainersReady'].map((type) => condition(unready, type)?.reason),
      ['ContainersNotReady', 'ContainersNotReady'],
    );
    assert.match(condition(unready, 'Ready')?.message ?? '', /\[app\]/);
  });

  it('waits for readiness gates', () => {
    const gate = { conditionType: 'example.com/gate' };
    const gated = (status: string): Pod =>
      aPod({
        spec: { readinessGates: [gate] },
        status: { conditions: [{ type: gate.conditionType, status }] },
      });
    assert.equal(condition(map(gated('False'), instanceOf(runningGroup)), 'Ready')?.reason, 'ReadinessGatesNotReady');
    assert.equal(condition(map(gated('True'), instanceOf(runningGroup)), 'Ready')?.status, 'True');
  });

  it('leaves conditions of others alone', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: STARTED },
      { type: 'ImageCredentials', status: 'True', reason: 'ImageCredentialsResolved', lastTransitionTime: STARTED },
    ];
    const status = map(aPod({ status: { conditions } }), instanceOf(runningGroup));
    assert.deepEqual(status.conditions?.slice(0, 2), conditions);
  });

  it('repeats a condition of the create until the Pod has it', () => {
    const createConditions = [{ type: 'ImageCredentials', status: 'True' }];
    const instance = { ...instanceOf(runningGroup), createConditions };
    assert.equal(condition(map(aPod(), instance), 'ImageCredentials')?.status, 'True');
    const has = aPod({ status: { conditions: [{ type: 'ImageCredentials', status: 'False' }] } });
    assert.equal(condition(map(has, instance), 'ImageCredentials')?.status, 'False');
  });

  it('moves a transition time only with the status', () => {
    const conditions = [
      { type: 'Ready', status: 'True', lastTransitionTime: STARTED },
      { type: 'ContainersReady', status: 'False', lastTransitionTime: STARTED },
    ];
    const status = map(aPod({ status: { conditions } }), instanceOf(runningGroup));
    assert.equal(condition(status, 'Ready')?.lastTransitionTime, STARTED);
    assert.equal(condition(status, 'ContainersReady')?.lastTransitionTime, NOW_TEXT);
  });

  it('stays initialized once it was', () => {
    const pod = aPod({
      spec: { initContainers: [aContainer({ name: 'init' })] },
      status: { conditions: [{ type: 'Initialized', status: 'True', lastTransitionTime: STARTED }] },
    });
    assert.equal(condition(map(pod, instanceOf({ status: 'Restarting' })), 'Initialized')?.status, 'True');
  });

  it('tells why a group could not be placed', () => {
    const events = [
      { type: 'Warning', reason: 'Old', lastTimestamp: '2026-01-01T00:00:00Z' },
      { type: 'Warning', reason: 'NoStock', message: 'out of stock', lastTimestamp: '2026-01-01T00:01:00Z' },
    ];
    const status = map(aPod(), instanceOf({ status: 'ScheduleFailed', events }));
    const created = condition(status, 'ContainerInstanceCreated');
    assert.deepEqual([created?.status, created?.reason, created?.message], ['False', 'NoStock', 'out of stock']);
  });

  it('does not repeat that a group is being created when it runs', () => {
    const creating = { type: 'ContainerInstanceCreated', status: 'False', reason: 'Creating' };
    const early = mergeObservation(
      fresh(),
      observeGroupStatus(
        { containerGroupId: 'eci-1', status: 'Scheduling', podIps: [], conditions: [creating], containerStatuses: [] },
        NOW - 1,
      ),
    );
    assert.equal(condition(map(aPod(), early), 'ContainerInstanceCreated')?.reason, 'Creating');
    const later = instanceOf(runningGroup, early);
    assert.equal(condition(map(aPod(), later), 'ContainerInstanceCreated')?.status, 'True');
  });

  it('marks a reclaimed Pod as disrupted and says why it failed', () => {
    const status = map(aPod(), instanceOf({ status: 'Expired' }));
    assert.equal(status.reason, 'SpotReclaimed');
    assert.equal(condition(status, 'DisruptionTarget')?.reason, 'TerminationByKubelet');
    assert.equal(condition(status, 'Ready')?.reason, 'PodFailed');
  });
});

describe('mapPodStatus: the rest', () => {
  it('keeps the start time, the quality of service and addresses that an answer lacks', () => {
    const previous = { phase: 'Running', startTime: STARTED, qosClass: 'Burstable', podIP: '10.0.0.1' };
    const status = map(policy('Always', previous), instanceOf({ status: 'Running', containers: [running()] }));
    assert.deepEqual([status.startTime, status.qosClass, status.podIP], [STARTED, 'Burstable', '10.0.0.1']);
    assert.equal(status.hostIP, '192.168.1.5');
  });

  it('clears the reason of a failed attempt', () => {
    const previous = { phase: 'Pending', reason: 'ProviderFailed', message: 'no stock' };
    const status = map(policy('Always', previous), instanceOf({ status: 'Scheduling' }));
    assert.deepEqual([status.reason, status.message], [undefined, undefined]);
  });

  it('puts IPv4 first and IPv6 second', () => {
    const status = map(aPod(), instanceOf({ status: 'Running', intranetIp: '10.0.0.9', ipv6Address: 'fd00::9' }));
    assert.equal(status.podIP, '10.0.0.9');
    assert.deepEqual(status.podIPs, [{ ip: '10.0.0.9' }, { ip: 'fd00::9' }]);
  });

  it('maps both sources to the same status', () => {
    const listed = instanceOf({ status: 'Running', intranetIp: '10.0.0.9', containers: [running()] });
    const told = mergeObservation(
      fresh(),
      observeGroupStatus(
        {
          containerGroupId: 'eci-1',
          status: 'Running',
          podIp: '10.0.0.9',
          podIps: ['10.0.0.9'],
          conditions: [],
          containerStatuses: [
            { name: 'app', ready: true, started: true, restartCount: 0, state: { running: { startedAt: STARTED } } },
          ],
        },
        NOW,
      ),
    );
    assert.deepEqual(map(aPod(), listed), map(aPod(), told));
  });

  it('is stable: mapping again what was written changes nothing', () => {
    const instance = instanceOf({ status: 'Running', intranetIp: '10.0.0.9', containers: [running()] });
    const written = map(aPod(), instance);
    const again = mapPodStatus({
      pod: aPod({ status: written }),
      instance,
      hostIp: '192.168.1.5',
      nowMs: NOW + 60_000,
    });
    assert.deepEqual(again, written);
  });
});
