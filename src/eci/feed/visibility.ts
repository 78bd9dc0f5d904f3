/** How long one sight of a container group proves that this credential may list them. */
const PROOF_LIFETIME_MS = 600_000;

/**
 * Remembers when this credential last saw a container group.
 *
 * A RAM identity without permission to list is given an empty list, not an error, so an empty answer proves nothing by itself.
 * Source: ECI API reference, DescribeContainerGroups, note on permissions.
 */
export class Visibility {
  #lastSightMs: number | undefined;

  /** Notes an answer that held at least one group. @param requestStartMs when it was asked for. */
  sawGroups(requestStartMs: number): void {
    this.#lastSightMs = Math.max(this.#lastSightMs ?? 0, requestStartMs);
  }

  /** Was a group seen in the last ten minutes? Enough where the cloud itself accepted the deletion. */
  sawRecently(nowMs: number): boolean {
    return this.#lastSightMs !== undefined && nowMs - this.#lastSightMs <= PROOF_LIFETIME_MS;
  }

  /** Was a group seen in an answer asked for at `sinceMs` or later? Then permission was not lost before. */
  sawSince(sinceMs: number): boolean {
    return this.#lastSightMs !== undefined && this.#lastSightMs >= sinceMs;
  }
}
