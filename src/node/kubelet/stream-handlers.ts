import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Pod } from '../../kube/types.ts';
import type { KubeletUser } from './kubelet-user.ts';

/** What a stream is for. */
export type StreamKind = 'exec' | 'attach' | 'portForward' | 'run';

/** The part of the path and query that a stream needs, with the Pod looked up: it is one of ours, and the container is in it. */
export interface StreamRoute {
  kind: StreamKind;
  pod: Pod;
  /** Absent for `portForward`. */
  container?: string;
  query: URLSearchParams;
}

/** A caller that is authenticated and allowed to do this. */
export interface StreamRequest {
  request: IncomingMessage;
  route: StreamRoute;
  user: KubeletUser;
}

/** A request that asked for another protocol. The socket belongs to whoever handles it. */
export interface StreamUpgrade extends StreamRequest {
  socket: Duplex;
  /** Bytes of the new protocol that came with the headers. */
  head: Buffer;
}

/** Exec, attach, port-forward and run, which speak their own protocols behind the routes of the server. */
export interface StreamHandlers {
  /** Takes over the connection. Never throws: failures are answered on the socket. Not called for `run`. */
  upgrade(upgrade: StreamUpgrade): void;
  /**
   * Answers a request without an upgrade: `run` is carried out, for anything else there is no protocol to speak.
   * @throws PodAccessError answered by the server, unless the headers are out.
   */
  post(request: StreamRequest & { response: ServerResponse }): Promise<void>;
  /** Ends every stream, so that the process can end. */
  close(): Promise<void>;
}
