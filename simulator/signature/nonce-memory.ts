/** How far a request's date may be from the server's, either way. Source: Alibaba Cloud, V3 signature mechanism. */
export const DATE_WINDOW_MS = 15 * 60_000;

/** Remembers the nonces of each key for as long as a replay of their request could pass the date check. */
export interface NonceMemory {
  seen(accessKeyId: string, nonce: string): boolean;
  remember(accessKeyId: string, nonce: string): void;
}

/** Creates an empty memory. @param nowMs the time that request dates are compared with. */
export function createNonceMemory(nowMs: () => number): NonceMemory {
  // Insertion order is order of expiry, so the old ones are at the front.
  const forgetAt = new Map<string, number>();
  const key = (accessKeyId: string, nonce: string): string => `${accessKeyId} ${nonce}`;
  return {
    seen: (accessKeyId, nonce) => (forgetAt.get(key(accessKeyId, nonce)) ?? 0) > nowMs(),
    remember: (accessKeyId, nonce) => {
      for (const [old, atMs] of forgetAt) {
        if (atMs > nowMs()) break;
        forgetAt.delete(old);
      }
      // Twice the window: a date may lie one window ahead and then stays good for another one.
      forgetAt.set(key(accessKeyId, nonce), nowMs() + 2 * DATE_WINDOW_MS);
    },
  };
}
