import type { Problem } from '../annotations/types.ts';
import type { Note } from '../credentials/types.ts';
import type { EventReasonName } from '../event-reasons.ts';
import type { ErrorClass } from '../alibaba/errors.ts';
import type { ObjectReference } from '../kube/object-reference.ts';
import type { CloudHealth } from './node-conditions.ts';
import type { Pod, PodCondition, PodStatus } from '../kube/types.ts';

/** One try at creating the instance of a Pod; the client token derives from both. */
export interface CreateAttempt {
  /** 1 for the first; raised only after a definite failure of the one before. */
  number: number;
  /** What ended the attempt before, in the provider's words: {@link CreateFailure.after}. It is written down with the number. */
  after?: string;
}

/** What came of a create. A failed cloud call is an exception, classified by {@link PodProvider.classify}. */
export type CreateOutcome =
  | {
      kind: 'created';
      instanceId: string;
      /** Written on the Pod with the first status patch. */
      annotations: Record<string, string>;
      conditions: PodCondition[];
      notes: Note[];
    }
  /** Will never work as it stands: no call was made; re-evaluated when the Pod changes or after a slow interval. */
  | { kind: 'held'; reason: string; problems: Problem[]; conditions: PodCondition[]; notes: Note[] }
  /** Something in the cluster is missing that may still appear: `missing` is what a watch should look out for. */
  | { kind: 'waiting'; reason: string; message: string; missing: readonly ObjectReference[]; notes: Note[] };

/** Which lists of containers an instance should be given anew. */
export interface UpdateRequest {
  containers: boolean;
  initContainers: boolean;
  /** How many updates this will have been, and which try of it: together they make the client token. */
  number: number;
  attempt: number;
}

/** What came of an update. A failed cloud call is an exception, classified by {@link PodProvider.classify}. */
export type UpdateOutcome =
  | { kind: 'updated'; notes: Note[]; message: string }
  /** The instance cannot be changed at this moment, or something in the cluster is missing. */
  | { kind: 'later'; notes: Note[]; message: string }
  /** This change never reaches the instance as things stand. */
  | { kind: 'impossible'; notes: Note[]; message: string };

/** Something that the cloud reports about an instance, in its own words. */
export interface InstanceEvent {
  uid: string;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** The last known state of an instance, opaque to the node except for these facts. */
export interface PodInstance {
  readonly uid: string;
  readonly instanceId: string;
  /** `pending`: no container has run. `terminal`: nothing will run again. `unschedulable`: could not be placed. */
  readonly phase: 'pending' | 'running' | 'terminating' | 'terminal' | 'unschedulable';
  /** The Pod that the instance was made for, as its tags say. */
  readonly namespace: string;
  readonly name: string;
  /** When the cloud was asked, epoch milliseconds: older snapshots never replace newer ones. */
  readonly observedAtMs: number;
  /** Absent where the provider does not tell them. */
  readonly containers?: readonly { readonly name: string; readonly image?: string }[];
}

/** The Pods bound to the node, for what a provider does by itself, and how it speaks about them. */
export interface PodsOfNode {
  getByUid(uid: string): Pod | undefined;
  emit(pod: Pod, note: Note): void;
}

/** What a virtual node needs of a cloud. The node knows Pods and this interface, and no cloud. */
export interface PodProvider {
  /**
   * Runs what the provider does by itself, polling for one thing, until `signal` fires. Resolves early only on a bug.
   * @param pods absent in tests that are about instances only.
   */
  run(signal: AbortSignal, pods?: PodsOfNode): Promise<void>;
  /** True after one complete, verified listing of our instances: before that nothing may be created. */
  hasSynced(): boolean;
  /** Called with the Pod UID whenever the state of its instance changed or its absence was verified. */
  onChange(listener: (uid: string) => void): void;
  get(uid: string): PodInstance | undefined;
  /** UIDs of every instance that carries our identity. */
  list(): PodInstance[];
  /** Whether the last listing succeeded; absent before the first. Becomes the node condition `ECIReachable`. */
  health(): CloudHealth | undefined;
  /** True when an instance that was created before is proven to be gone. */
  isVerifiedAbsent(uid: string): boolean;
  /** @returns the instance id that an earlier create wrote on the Pod, if any: such a Pod is never created again. */
  createdInstanceId(pod: Pod): string | undefined;
  /** @returns the annotations to write back when the Pod lacks the instance's id, for example after a crash. Pure. */
  missingAnnotations(pod: Pod, instance: PodInstance): Record<string, string> | undefined;
  /** Annotations that tie a Pod to one instance; they are removed when the instance is replaced by another. */
  readonly instanceAnnotations: readonly string[];
  /** True when the Pod asks to give up after the first attempt that failed for good, so that upper layers can react. Pure. */
  failsFast(pod: Pod): boolean;
  create(pod: Pod, attempt: CreateAttempt): Promise<CreateOutcome>;
  /** Gives a running instance the images that the Pod names now; the instance stays the same. */
  update(pod: Pod, request: UpdateRequest): Promise<UpdateOutcome>;
  /** Names the annotations that differ although they count at creation only. Pure. */
  readAtCreation(before: Pod, after: Pod): string[];
  /** Called with what the cloud says about instances; each thing once, and nothing from before the process started. */
  onInstanceEvent(listener: (event: InstanceEvent) => void): void;
  /**
   * Idempotent; not found is success. Looks the instance up first when it is not known, because a create may have had no
   * definite answer. Absence is reported through {@link onChange} once proven.
   * @returns true when a deletion was accepted; false when no instance is known, whose absence is being proven then.
   */
  delete(uid: string, options: { force: boolean }): Promise<boolean>;
  /** Maps the instance's state to the Pod status that should be written. Pure. */
  status(pod: Pod, instance: PodInstance, nowMs: number): PodStatus;
  /** @returns the class of a failure, the cloud's code and request id for the user, and the server's back-off hint. */
  classify(error: unknown): CreateFailure;
  /** Says why an instance has no place, as the failure of its attempt. Asks the cloud where it was tried, if that is not known. */
  placementFailure(pod: Pod, instance: PodInstance): Promise<CreateFailure>;
}

/** Why an attempt came to nothing. */
export interface CreateFailure {
  class: ErrorClass;
  code: string;
  message: string;
  requestId?: string;
  retryAfterMs?: number;
  /** Set where something before the create call failed; the message then holds code and request id already. */
  reason?: EventReasonName;
  /** What the next attempt should know of it, on one line; absent when nothing. */
  after?: string;
}
