import { createHash } from 'node:crypto';
import { SimError } from '../types.ts';
import type { SimRequest } from '../types.ts';

/** How long a ClientToken is remembered. Undocumented for ECI; clients are advised to count on an hour. */
const TOKEN_LIFETIME_MS = 24 * 60 * 60_000;

interface Remembered {
  readonly fingerprint: string;
  readonly answer: Record<string, unknown>;
  readonly atMs: number;
}

/** Answers a repeated mutation with the result of the first. Source: ECS help centre, how to ensure idempotency. */
export class Idempotency {
  readonly #remembered = new Map<string, Remembered>();
  readonly #nowMs: () => number;

  /** @param nowMs simulated time in epoch milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /**
   * Runs `perform` unless the request's ClientToken has succeeded before. Refusals are not remembered.
   * @throws SimError 400 `IdempotentParameterMismatch` when the token came with other parameters before.
   */
  once(request: SimRequest, perform: () => Record<string, unknown>): Record<string, unknown> {
    const token = request.params.get('ClientToken');
    if (token === undefined || token === '') {
      return perform();
    }
    this.#forget();
    const key = [request.principal.accountId, request.params.get('RegionId'), request.action, token].join('\n');
    const fingerprint = fingerprintOf(request);
    const known = this.#remembered.get(key);
    if (known === undefined) {
      const answer = perform();
      this.#remembered.set(key, { fingerprint, answer, atMs: this.#nowMs() });
      return answer;
    }
    if (known.fingerprint !== fingerprint) {
      throw new SimError(
        400,
        'IdempotentParameterMismatch',
        'The request uses the same client token as a previous, but non-identical request.',
      );
    }
    return known.answer;
  }

  #forget(): void {
    const oldest = this.#nowMs() - TOKEN_LIFETIME_MS;
    for (const [key, { atMs }] of this.#remembered) {
      if (atMs > oldest) {
        return;
      }
      this.#remembered.delete(key);
    }
  }
}

/** A hash, because parameters hold passwords and would otherwise outlive their request. */
function fingerprintOf({ params }: SimRequest): string {
  const sorted = [...params].filter(([name]) => name !== 'ClientToken').sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url');
}
