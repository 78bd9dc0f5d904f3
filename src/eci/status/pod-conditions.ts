import { toRfc3339 } from '../../clock.ts';
import type { ContainerStatus, Pod, PodCondition } from '../../kube/types.ts';
import type { EciInstance, ObservedCondition } from '../instance/eci-instance.ts';
import type { Phase } from './pod-phase.ts';

/** Conditions of the cloud that are copied as they come. */
const COPIED = ['SandboxReady', 'ContainerHasSufficientDisk'];

/** What the conditions of a Pod are a function of. */
export interface ConditionsInput {
  pod: Pod;
  instance: EciInstance;
  phase: Phase;
  containers: readonly ContainerStatus[];
  initContainers: readonly ContainerStatus[];
  initialized: boolean;
  nowMs: number;
}

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

/**
 * Computes the conditions that this program owns and puts them behind those of others (`PodScheduled`, readiness gates,
 * whatever a user's controller wrote), which stay untouched. A transition time moves only when the status does.
 */
export function podConditions(input: ConditionsInput): PodCondition[] {
  const present = input.pod.status?.conditions ?? [];
  const verdicts = ownVerdicts(input);
  const own = [...verdicts].map(([type, verdict]) => withTransition(type, verdict, present, input.nowMs));
  const fromCreate = input.instance.createConditions.filter(
    (condition) => !verdicts.has(condition.type) && !present.some((before) => before.type === condition.type),
  );
  return [...present.filter((condition) => !verdicts.has(condition.type)), ...fromCreate, ...own];
}

function ownVerdicts(input: ConditionsInput): Map<string, Verdict> {
  const { instance, pod } = input;
  const containersReady = containersReadyVerdict(input);
  const hasAddress = instance.podIps.length > 0 || Boolean(pod.status?.podIP);
  const verdicts = new Map<string, Verdict>([
    ['PodReadyToStartContainers', { status: hasAddress ? 'True' : 'False' }],
    ['Initialized', initializedVerdict(input)],
    ['ContainersReady', containersReady],
    ['Ready', readyVerdict(pod, containersReady)],
    ['ContainerInstanceCreated', instanceCreatedVerdict(instance)],
  ]);
  for (const type of COPIED) {
    const told = instance.conditions.find((condition) => condition.type === type);
    if (told !== undefined) verdicts.set(type, copied(told));
  }
  const { condition } = instance.renewal ?? {};
  if (condition !== undefined) verdicts.set(condition.type, copied(condition));
  if (instance.groupStatus === 'Expired') {
    verdicts.set('DisruptionTarget', {
      status: 'True',
      reason: 'TerminationByKubelet',
      message: 'spot instance reclaimed',
    });
  }
  return verdicts;
}

function initializedVerdict(input: ConditionsInput): Verdict {
  if (input.initialized) return { status: 'True' };
  const names = input.initContainers
    .filter((status) => status.state?.terminated?.exitCode !== 0)
    .map((status) => status.name);
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names.join(' ')}]`,
  };
}

function containersReadyVerdict({ phase, containers }: ConditionsInput): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = containers.filter((status) => !status.ready).map((status) => status.name);
  if (unready.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}

function readyVerdict(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const closed = (pod.spec?.readinessGates ?? [])
    .map((gate) => gate.conditionType)
    .filter((type) => pod.status?.conditions?.find((condition) => condition.type === type)?.status !== 'True');
  if (closed.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: `conditions that are not True: [${closed.join(' ')}]`,
  };
}

/** The cloud's own words count unless they are older than the group's status: a placed group cannot still be creating. */
function instanceCreatedVerdict(instance: EciInstance): Verdict {
  const { groupStatus } = instance;
  const placed = groupStatus !== undefined && groupStatus !== 'Scheduling' && groupStatus !== 'ScheduleFailed';
  const told = instance.conditions.find((condition) => condition.type === 'ContainerInstanceCreated');
  if (told !== undefined && (told.status === 'True') === placed) return copied(told);
  if (placed) return { status: 'True' };
  return { status: 'False', reason: groupStatus === 'ScheduleFailed' ? 'FailedScheduling' : 'Creating' };
}

function copied(told: ObservedCondition): Verdict {
  return {
    status: told.status,
    ...(told.reason ? { reason: told.reason } : {}),
    ...(told.message ? { message: told.message } : {}),
  };
}

function withTransition(type: string, verdict: Verdict, present: readonly PodCondition[], nowMs: number): PodCondition {
  const before = present.find((condition) => condition.type === type);
  const kept = before?.status === verdict.status ? before.lastTransitionTime : undefined;
  return { type, ...verdict, lastTransitionTime: kept ?? toRfc3339(nowMs) };
}
