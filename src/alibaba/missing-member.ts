import { AlibabaCloudError, localCodes } from './errors.ts';

/** The error for an answer that came with HTTP 200 but lacks what it is for. The outcome of a mutation is unknown then. */
export function missingMember(action: string, member: string, requestId?: string): AlibabaCloudError {
  return new AlibabaCloudError({
    code: localCodes.badAnswer,
    action,
    message: `${action} failed: the answer has no ${member}`,
    httpStatus: 200,
    ...(requestId === undefined ? {} : { requestId }),
  });
}
