import { classify, cloudErrorOf } from '../alibaba/error-classes.ts';
import { localCodes, type AlibabaCloudError, type ErrorClass } from '../alibaba/errors.ts';
import { EciKubeletError } from '../errors.ts';
import { adviceForHop } from './advice.ts';
import { describeHop, type Hop } from './hop.ts';

/** Codes of credential failures that are ours and not the cloud's. */
export const credentialErrorCodes = {
  /** The identity gave no credentials, for a reason that carries no code of its own. */
  identity: 'Credentials.IdentityUnavailable',
  /** A dedicated domain of Personal Edition (`crpi-…`), for which the vendor documents no password API. */
  unsupportedRegistry: 'Credentials.UnsupportedRegistry',
  /** The instance behind a default domain exists and does not run. */
  instanceNotRunning: 'Credentials.InstanceNotRunning',
  /** More credentials or entries than one ECI request may carry. */
  tooMany: 'Credentials.TooMany',
  /** An image reference cannot be read, so it is not known which registry it belongs to. */
  invalidImage: 'Credentials.InvalidImageReference',
} as const;

/** What a failure of a credential chain tells of itself. */
export interface CredentialErrorOptions {
  /** The cloud's code where it gave one, else one of {@link credentialErrorCodes}. */
  code: string;
  message: string;
  advice: string;
  class: ErrorClass;
  hop?: Hop;
  requestId?: string;
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * A chain that failed: nothing may be created then. The message names the hop, the role, the cloud's code and request id,
 * and ends with one sentence of advice. It never repeats the cloud's own text, which may quote a signed request.
 */
export class CredentialError extends EciKubeletError {
  /** One sentence for the user; also the end of the message. */
  readonly advice: string;
  /** `transient` is worth another try by itself; everything else waits for somebody to change something. */
  readonly class: ErrorClass;
  readonly hop: Hop | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(options: CredentialErrorOptions) {
    super(options.code, `${options.message} ${options.advice}`, { cause: options.cause });
    this.advice = options.advice;
    this.class = options.class;
    this.hop = options.hop;
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Says at which hop a chain failed and what to do. An error that is one already is passed through. */
export function toCredentialError(cause: unknown, hop: Hop): CredentialError {
  if (cause instanceof CredentialError) return cause;
  const cloud = cloudErrorOf(cause);
  const own = cause instanceof EciKubeletError && cloud === undefined ? cause : undefined;
  const code = cloud?.code ?? own?.code ?? credentialErrorCodes.identity;
  const answer = cloud === undefined ? `failed with ${code}` : `failed: ${describeAnswer(cloud)}`;
  const request = cloud?.requestId === undefined ? '' : ` (request id ${cloud.requestId})`;
  // Messages of our own errors are free of secrets by construction; those of strangers are not repeated.
  const detail = own === undefined ? '' : `: ${own.message}`;
  return new CredentialError({
    code,
    message: `${capitalize(describeHop(hop))} ${answer}${request}${detail}.`,
    advice: adviceForHop(hop, cause),
    class: classify(cause),
    hop,
    ...(cloud?.requestId === undefined ? {} : { requestId: cloud.requestId }),
    ...(cloud?.retryAfterMs === undefined ? {} : { retryAfterMs: cloud.retryAfterMs }),
    cause,
  });
}

/** Puts the hosts that wait for the chain before its failure. */
export function forHosts(error: CredentialError, hosts: readonly string[]): CredentialError {
  const message = error.message.slice(0, error.message.length - error.advice.length).trimEnd();
  return new CredentialError({
    code: error.code,
    message: `No credentials for ${hosts.join(', ')}: ${message}`,
    advice: error.advice,
    class: error.class,
    ...(error.hop === undefined ? {} : { hop: error.hop }),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    cause: error,
  });
}

/** Our own codes stand for no answer at all, or for one that is not the service's. */
function describeAnswer({ action, code }: AlibabaCloudError): string {
  const isOurs = Object.values<string>(localCodes).includes(code);
  return isOurs ? `${action} got no usable answer (${code})` : `${action} was answered ${code}`;
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
