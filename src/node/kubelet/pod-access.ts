import type { Readable, Writable } from 'node:stream';

/** One container of a Pod that has an instance. */
export interface ContainerTarget {
  /** UID of the Pod: a name may pass to another Pod within milliseconds. */
  uid: string;
  container: string;
}

/** One read of a container's log. The service has no streams: following is reading again from the last line seen. */
export interface LogQuery {
  /** The last lines only, at least 1; the service's own maximum when absent. */
  tailLines?: number;
  /** Lines from this time on, RFC 3339. Excludes `sinceSeconds`. */
  sinceTime?: string;
  sinceSeconds?: number;
  /** The instance of the container before the current one. */
  previous: boolean;
  /** One of many reads by somebody who follows, who steps back behind those who only look. */
  following: boolean;
  /** Fires when nobody waits for the answer any more: a call that was not sent yet is not sent. */
  signal?: AbortSignal;
}

/** One line of a log. */
export interface LogLine {
  /** RFC 3339 with up to nanoseconds, as the cloud wrote it. */
  timestamp: string;
  /** Without the end of line. */
  text: string;
}

/** A command to run in a container. */
export interface ExecRequest extends ContainerTarget {
  command: readonly string[];
  tty: boolean;
  /** Whether the command gets a standard input; without, it reads the end of file at once. */
  stdin: boolean;
  /** Fires when nobody waits for the command any more: a call that was not sent yet is not sent. */
  signal?: AbortSignal;
}

/** How a command ended. */
export type ExecResult = { kind: 'exited'; exitCode: number } | { kind: 'failed'; message: string };

/** A command that runs in a container. Backpressure is that of the streams. */
export interface ExecSession {
  /** Ending it is the end of file for the command. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Never gets anything with a terminal. */
  readonly stderr: Readable;
  resize(size: { columns: number; rows: number }): void;
  /** Settles once, after both outputs have ended. Never rejects. */
  readonly result: Promise<ExecResult>;
  /** Ends the session because the client is gone. */
  close(): void;
}

/** Use of processor and memory of one container or a whole Pod, at one time. Counters only rise. */
export interface ResourceUsage {
  /** Epoch milliseconds. */
  timeMs: number;
  usageNanoCores?: number;
  usageCoreNanoSeconds?: number;
  memoryUsageBytes?: number;
  memoryWorkingSetBytes?: number;
  memoryRssBytes?: number;
  memoryAvailableBytes?: number;
}

/** Counters of one network interface. */
export interface InterfaceUsage {
  name: string;
  rxBytes: number;
  rxErrors: number;
  txBytes: number;
  txErrors: number;
}

/** What one Pod uses. */
export interface PodUsage extends ResourceUsage {
  containers: readonly (ResourceUsage & { name: string })[];
  interfaces: readonly InterfaceUsage[];
}

/**
 * What people do with the containers of a running instance, beyond its life cycle. The kubelet API knows this interface and no
 * cloud. Every method throws `PodAccessError` for what a user should be told, with the HTTP status that kubelet would give.
 */
export interface PodAccess {
  /** Reads at most what the service gives in one answer, oldest line first. */
  readLog(target: ContainerTarget, query: LogQuery): Promise<LogLine[]>;
  /** Starts a command; resolves once the session is connected. */
  exec(request: ExecRequest): Promise<ExecSession>;
  /** @returns what is known by UID; a Pod without an instance or without figures is absent. One that fails does not fail the others. */
  usage(uids: readonly string[]): Promise<ReadonlyMap<string, PodUsage>>;
}
