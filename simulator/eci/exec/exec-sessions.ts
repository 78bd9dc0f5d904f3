import type { WebSocket } from 'ws';
import { SimError } from '../../types.ts';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import type { ExecProcess, ExecRequest } from './exec-process.ts';
import { serveExec } from './exec-socket.ts';

/** Source: ECI API reference, ExecContainerCommand: the address is valid for 30 seconds. */
const TOKEN_LIFETIME_MS = 30_000;

/** A command that somebody may run. */
export interface ExecGrant {
  readonly group: ContainerGroup;
  readonly container: GroupContainer;
  readonly request: ExecRequest;
}

/** What the sessions work with. */
export interface ExecSessionParts {
  /** Simulated time in epoch milliseconds. */
  nowMs(): number;
  /** @returns a text that nobody can guess. */
  newToken(): string;
  run(grant: ExecGrant): ExecProcess;
}

/** Gives out addresses under which a command may be run once, and runs it for who comes. */
export class ExecSessions {
  readonly #parts: ExecSessionParts;
  readonly #grants = new Map<string, { grant: ExecGrant; expiresAtMs: number }>();
  readonly #open = new Map<WebSocket, ExecGrant>();

  constructor(parts: ExecSessionParts) {
    this.#parts = parts;
  }

  /** @returns the token of the address. */
  grant(grant: ExecGrant): string {
    const nowMs = this.#parts.nowMs();
    for (const [token, { expiresAtMs }] of this.#grants) {
      if (expiresAtMs <= nowMs) {
        this.#grants.delete(token);
      }
    }
    const token = this.#parts.newToken();
    this.#grants.set(token, { grant, expiresAtMs: nowMs + TOKEN_LIFETIME_MS });
    return token;
  }

  /**
   * Redeems a token.
   * @returns what to do with the connection once it stands.
   * @throws SimError 403 for a token that is unknown, used or too old.
   */
  redeem(token: string): (socket: WebSocket) => void {
    const known = this.#grants.get(token);
    this.#grants.delete(token);
    if (known === undefined || known.expiresAtMs <= this.#parts.nowMs()) {
      throw new SimError(403, 'Forbidden', 'The address is unknown, has been used, or is older than 30 seconds.');
    }
    const { grant } = known;
    return (socket) => {
      this.#open.set(socket, grant);
      socket.once('close', () => this.#open.delete(socket));
      serveExec(socket, this.#parts.run(grant));
    };
  }

  /** Cuts connections as a failing network does, without a closing message. @returns how many. */
  cut(isMeant: (grant: ExecGrant) => boolean = () => true): number {
    const meant = [...this.#open].filter(([, grant]) => isMeant(grant));
    for (const [socket] of meant) {
      socket.terminate();
    }
    return meant.length;
  }

  /** The open sessions, for the state page. Commands may hold secrets and are left out. */
  state(): Record<string, unknown>[] {
    return [...this.#open.values()].map(({ group, container, request: { tty, stdin } }) => ({
      containerGroupId: group.id,
      container: container.name,
      tty,
      stdin,
    }));
  }
}
