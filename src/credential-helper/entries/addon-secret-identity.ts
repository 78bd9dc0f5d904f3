import type { Clock } from '../../clock.ts';
import type { AccessKey, Identity } from '../../credentials/types.ts';
import { KubeApiError } from '../../kube/errors.ts';
import type { Logger } from '../../telemetry/types.ts';

/** One chain asks for the key several times; each of them need not be a call. */
const HOLD_MS = 5_000;

/**
 * Creates an identity from a key that is kept in the cluster, and read again at each use. While the API server gives no answer, the key
 * that was read before serves.
 */
export function createAddonSecretIdentity(options: {
  /** @throws KubeApiError without an answer of the API server; EciKubeletError for a Secret that cannot be used. */
  read: () => Promise<AccessKey>;
  clock: Clock;
  log: Logger;
  description: string;
}): Identity {
  const { read, clock, log, description } = options;
  let held: { key: AccessKey; untilMs: number } | undefined;
  let pending: Promise<AccessKey> | undefined;

  async function readAgain(): Promise<AccessKey> {
    try {
      const key = await read();
      held = { key, untilMs: clock.nowMs() + HOLD_MS };
      return key;
    } catch (error) {
      if (held === undefined || !isUnanswered(error)) throw error;
      log.warn('The add-on Secret cannot be read; the key read before still serves', { identity: description, error });
      held = { ...held, untilMs: clock.nowMs() + HOLD_MS };
      return held.key;
    }
  }

  return {
    description,
    accessKey: async () => {
      if (held !== undefined && clock.nowMs() < held.untilMs) return held.key;
      pending ??= readAgain().finally(() => {
        pending = undefined;
      });
      return await pending;
    },
    invalidate: (refused) => {
      if (held?.key.accessKeyId === refused.accessKeyId) held = undefined;
    },
  };
}

/** A refusal and a missing Secret are answers: then the key may no longer be used. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof KubeApiError)) return false;
  const { httpStatus } = error;
  return httpStatus === undefined || httpStatus >= 500 || httpStatus === 429;
}
