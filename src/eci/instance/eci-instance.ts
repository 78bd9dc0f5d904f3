/** One shape for what the two Describe actions tell about a container group; either alone is incomplete. */
import type { KubeContainerState } from '../../alibaba/eci-answers.ts';
import type { PodCondition } from '../../kube/types.ts';
import type { PodInstance } from '../../node/pod-provider.ts';

/** One container as the cloud last told it. */
export interface ObservedContainer {
  name: string;
  image?: string;
  imageId?: string;
  ready?: boolean;
  started?: boolean;
  restartCount?: number;
  state?: KubeContainerState;
  lastState?: KubeContainerState;
}

/** A condition as the cloud wrote it. */
export interface ObservedCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** What one answer told about one group. A member is absent when that action does not tell it. */
export interface Observation {
  containerGroupId: string;
  /** When the request was started, epoch milliseconds. */
  observedAtMs: number;
  groupStatus?: string;
  podIps?: readonly string[];
  startTime?: string;
  /** When the last container ended, as far as the group tells. */
  endTime?: string;
  containers?: readonly ObservedContainer[];
  initContainers?: readonly ObservedContainer[];
  conditions?: readonly ObservedCondition[];
  /** Effective size, place and addresses, for the annotations written back. */
  facts?: InstanceFacts;
}

/** Properties of a group that do not change. */
export interface InstanceFacts {
  createdAtMs?: number;
  cpu?: number;
  memoryGiB?: number;
  instanceType?: string;
  computeCategory?: string;
  zoneId?: string;
  vSwitchId?: string;
  vpcId?: string;
  eniInstanceId?: string;
  internetIp?: string;
}

/** A container group as known from everything observed so far. Immutable: each observation makes a new one. */
export interface EciInstance extends PodInstance {
  /** The node that made the group, as its tag says; absent where that is not known. */
  readonly nodeName?: string;
  readonly groupStatus: string | undefined;
  readonly podIps: readonly string[];
  readonly startTime: string | undefined;
  readonly endTime: string | undefined;
  readonly containers: readonly ObservedContainer[];
  /** Undefined until a listing told them: the status action does not. */
  readonly initContainers: readonly ObservedContainer[] | undefined;
  readonly conditions: readonly ObservedCondition[];
  readonly facts: InstanceFacts;
  /** Conditions of the create outcome, repeated until the Pod carries them. */
  readonly createConditions: readonly PodCondition[];
  /** What the last renewal of registry credentials has to say on the Pod; absent while this process has renewed none. */
  readonly renewal?: RenewalReport;
}

/** What stands on the Pod after a renewal of credentials, or a failed one. */
export interface RenewalReport {
  /** Value of the annotation that says what the group holds; absent when that did not change. */
  held?: string;
  condition?: PodCondition;
}

/** Tells an instance of this provider from any other. */
export function isEciInstance(instance: PodInstance): instance is EciInstance {
  return 'groupStatus' in instance && 'containers' in instance;
}
