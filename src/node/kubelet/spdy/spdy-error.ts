import { EciKubeletError } from '../../../errors.ts';

/** The other end broke the protocol or a limit of ours: the session cannot go on. */
export class SpdyError extends EciKubeletError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('SpdyProtocolError', message, options);
  }
}
