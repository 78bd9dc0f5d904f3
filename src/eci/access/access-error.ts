import { cloudErrorOf, isNotFound, isThrottled } from '../../alibaba/error-classes.ts';
import { localCodes } from '../../alibaba/errors.ts';
import { EciKubeletError } from '../../errors.ts';
import { PodAccessError } from '../../node/kubelet/pod-access-error.ts';

/** The code of a call that was given up before it was sent: there was no budget, or the program is ending. */
const NOT_SENT = 'Cloud.NotSent';

/**
 * Says of a failed call what whoever uses kubectl should be told: 404 the group is gone, 429 too many calls, 503 no answer,
 * 502 refused. Messages of the cloud are scrubbed already. Pure.
 * @param what completes "cannot …".
 */
export function accessError(what: string, error: unknown): PodAccessError {
  if (error instanceof PodAccessError) return error;
  if (error instanceof EciKubeletError && error.code === NOT_SENT) {
    const message = `cannot ${what}: the budget of calls to ECI is used up; try again in a while`;
    return new PodAccessError('OutOfBudget', message, { httpStatus: 429, cause: error });
  }
  const cloud = cloudErrorOf(error);
  if (cloud === undefined) {
    const reason = error instanceof EciKubeletError ? `: ${error.message}` : '';
    return new PodAccessError('CloudFailed', `cannot ${what}${reason}`, { httpStatus: 502, cause: error });
  }
  const said = `${cloud.code}: ${cloud.message}${cloud.requestId === undefined ? '' : ` (request ${cloud.requestId})`}`;
  const refuse = (code: string, httpStatus: number): PodAccessError =>
    new PodAccessError(code, `cannot ${what}: ${said}`, { httpStatus, cause: error });
  if (isThrottled(cloud)) return refuse('OutOfBudget', 429);
  if (isNotFound(cloud)) return refuse('InstanceGone', 404);
  const unanswered = Object.values<string>(localCodes).includes(cloud.code) || (cloud.httpStatus ?? 0) >= 500;
  return unanswered ? refuse('CloudUnreachable', 503) : refuse('CloudRefused', 502);
}
