import { EciKubeletError } from '../../errors.ts';

/** A failure of the kubelet API that the caller should see, with the HTTP status that kubelet would answer. */
export class PodAccessError extends EciKubeletError {
  readonly httpStatus: number;

  /** @param httpStatus 400 for what the caller must change, 404 unknown, 429 out of budget, 501 unsupported, 502 and 503 the cloud. */
  constructor(code: string, message: string, options: { httpStatus: number; cause?: unknown }) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.httpStatus = options.httpStatus;
  }
}
