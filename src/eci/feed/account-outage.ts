import { cloudErrorOf, isAccountWide } from '../../alibaba/error-classes.ts';
import type { CloudHealth } from '../../node/node-conditions.ts';

/** Pods that are refused are tried again every five minutes: when nothing was refused for longer, nobody knows any more. */
const REMEMBERED_MS = 15 * 60_000;

/**
 * Remembers that creations are refused for what concerns every Pod, such as a balance that is used up, while groups can be listed
 * all the same. Refusals that one Pod may have brought upon itself, such as of the role that it names, say nothing about others.
 */
export class AccountOutage {
  #refused: { message: string; atMs: number } | undefined;

  /** Takes what a creation failed with. */
  failed(error: unknown, nowMs: number): void {
    const cloud = cloudErrorOf(error);
    if (cloud === undefined || !isAccountWide(cloud)) return;
    this.#refused = { message: `creations are refused: ${cloud.code}: ${cloud.message}`, atMs: nowMs };
  }

  /** A creation was accepted: all is well again. */
  accepted(): void {
    this.#refused = undefined;
  }

  /** @returns undefined while nothing of the kind is known. */
  health(nowMs: number): CloudHealth | undefined {
    if (this.#refused === undefined || nowMs - this.#refused.atMs > REMEMBERED_MS) return undefined;
    return { reachable: false, reason: 'ECIRefused', message: this.#refused.message };
  }
}
