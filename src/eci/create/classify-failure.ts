import { adviceFor, classify, cloudErrorOf } from '../../alibaba/error-classes.ts';
import { CredentialError } from '../../credentials/errors.ts';
import { EciKubeletError } from '../../errors.ts';
import type { CreateFailure } from '../../node/pod-provider.ts';
import { MatchedCacheRefused } from '../placement/matched-cache-refused.ts';
import { writeAttemptFailure } from '../placement/attempt-failure.ts';

/**
 * Says what to do about a failure and what to tell the user. Anything that is neither the cloud's nor the chain's, such as an
 * answer that the API server owes us, is transient.
 */
export function classifyFailure(error: unknown): CreateFailure {
  if (error instanceof CredentialError) {
    const reason = 'ImageCredentialsFailed';
    return { class: error.class, code: error.code, message: error.message, reason, ...hints(error) };
  }
  if (error instanceof MatchedCacheRefused) {
    const { code, message, requestId } = error;
    // Not what it is in the cloud's tables: it passes with the next look-up.
    return { class: 'capacity', code, message, ...(requestId === undefined ? {} : { requestId }) };
  }
  const cloud = cloudErrorOf(error);
  if (cloud !== undefined) {
    const message = `${cloud.message} ${adviceFor(error)}`;
    const after = writeAttemptFailure({ code: cloud.code });
    return { class: classify(error), code: cloud.code, message, after, ...hints(cloud) };
  }
  if (error instanceof EciKubeletError) {
    const retryAfterMs = 'retryAfterMs' in error ? error.retryAfterMs : undefined;
    return {
      class: 'transient',
      code: error.code,
      message: error.message,
      ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
    };
  }
  // The text of a stranger's error may quote a request; it goes to nobody.
  const name = error instanceof Error ? error.name : 'unknown error';
  return {
    class: 'transient',
    code: 'Internal',
    message: `unexpected failure (${name}); see the log of the component`,
  };
}

function hints(error: {
  requestId: string | undefined;
  retryAfterMs: number | undefined;
}): Pick<CreateFailure, 'requestId' | 'retryAfterMs'> {
  return {
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
}
