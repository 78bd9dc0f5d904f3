import type { RequestedContainer } from '../parameters/container.ts';
import type { CreateContainerGroup } from '../parameters/container-group.ts';
import type { PullCredentials } from '../pull/pull-credentials.ts';
import type { ContainerLog } from '../log/container-log.ts';
import type { ServiceEvent } from '../service-event.ts';

/** Source: ECI help centre, life cycle of ECI instances. */
export type GroupStatus =
  | 'Scheduling'
  | 'Pending'
  | 'Running'
  | 'Restarting'
  | 'Updating'
  | 'Terminating'
  | 'Succeeded'
  | 'Failed'
  | 'Expired'
  | 'ScheduleFailed';

/** Times are epoch milliseconds. */
export type ContainerState =
  | { state: 'Waiting'; reason: string; message: string }
  | { state: 'Running'; startedAtMs: number }
  | {
      state: 'Terminated';
      reason: string;
      exitCode: number;
      message?: string;
      startedAtMs: number;
      finishedAtMs: number;
    };

/** A container of a group and how far it has come. */
export interface GroupContainer {
  readonly name: string;
  readonly isInit: boolean;
  requested: RequestedContainer;
  /** True from the first start on, also while it waits to be restarted. */
  started: boolean;
  ready: boolean;
  restartCount: number;
  current: ContainerState;
  previous?: ContainerState;
  /** Digest of the manifest once pulled. */
  imageDigest?: string;
  /** Which credential served the last pull, or was refused by it. */
  credentialPath?: string;
  /** What the current instance wrote, or the last one when none runs; absent before the first start. */
  log?: ContainerLog;
  /** What the instance before that wrote. */
  previousLog?: ContainerLog;
  /** Failed pulls in a row, which set the back-off. */
  failedPulls: number;
}

/** Where a group lives. */
export interface GroupNetwork {
  readonly vSwitchId: string;
  readonly vpcId: string;
  readonly zoneId: string;
  readonly securityGroupId: string;
  /** Reserved at creation, shown once the group has left `Scheduling`. */
  readonly intranetIp: string;
}

/** The service's record of a container group. Mutable: the life cycle and the actions change it in place. */
export interface ContainerGroup {
  readonly id: string;
  /** The service's own, and not the UID of any Kubernetes object. */
  readonly uuid: string;
  /** Grows with each group: the order of listings. */
  readonly sequence: number;
  readonly accountId: string;
  readonly regionId: string;
  readonly name: string;
  readonly createdAtMs: number;
  cpu: number;
  memory: number;
  /** The ECS type that was chosen; absent for groups sized by vCPU and memory. */
  readonly instanceType?: string;
  readonly network: GroupNetwork;
  /** As requested or last updated, without logins and registry entries. */
  request: Omit<CreateContainerGroup, 'ImageRegistryCredential' | 'AcrRegistryInfo' | 'ClientToken'>;
  credentials: PullCredentials;
  /** Normalised references of what the group's image cache holds. */
  readonly cachedImages: ReadonlySet<string>;
  restartPolicy: 'Always' | 'Never' | 'OnFailure';
  readonly tags: Map<string, string>;
  status: GroupStatus;
  /** What the condition `ContainerInstanceCreated` says besides its status: why there is no place, or a reclaim ahead. */
  notice?: { reason: string; message: string };
  /** When anything that Describe shows last changed. */
  changedAtMs: number;
  finishedAtMs?: number;
  initContainers: GroupContainer[];
  containers: GroupContainer[];
  readonly events: ServiceEvent[];
  /** Things that the cloud would swallow and a developer wants to know. */
  readonly warnings: Set<string>;
  deleting: boolean;
  /** Raised by restart, update, delete and the end: timers and pulls of an earlier generation do nothing. */
  generation: number;
}

/** Tells whether a group has a place and with it an address. */
export function isPlaced({ status }: Pick<ContainerGroup, 'status'>): boolean {
  return status !== 'Scheduling' && status !== 'ScheduleFailed';
}
