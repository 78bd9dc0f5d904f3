import { classify, cloudErrorOf } from '../../alibaba/error-classes.ts';
import { localCodes, type AlibabaCloudError, type ErrorClass } from '../../alibaba/errors.ts';
import { scrub } from '../../alibaba/scrub.ts';
import { CredentialError } from '../../credentials/errors.ts';
import { EciKubeletError } from '../../errors.ts';
import { cutToBytes } from '../../kube/utf8-cut.ts';
import { adviceForEntry } from './advice.ts';
import type { EntryPlan } from './model.ts';

/** Messages of events are cut here, and the advice stands at their end. Source: Kubernetes, validation of core/v1 Event. */
const MAX_MESSAGE_BYTES = 1024;
/** What services say is rarely longer, and what is longer is of no use in an event. */
const MAX_SAID_BYTES = 300;
/** With less room than this the words of the service are left out. */
const MIN_SAID_BYTES = 40;

/** Why an entry could not be served, fit to be shown: without secrets. */
export interface EntryFailure {
  /** The cloud's code, or one of ours. */
  code: string;
  class: ErrorClass;
  /** The action that failed and how it was answered: `AssumeRole was answered NoPermission`. */
  what: string;
  /** The words of the service, scrubbed and cut. */
  said?: string;
  requestId?: string;
  /** How long the service wants to be left alone, milliseconds. */
  retryAfterMs?: number;
  /** One sentence. */
  advice: string;
}

/** Translates whatever came of running the chain of an entry. */
export function toEntryFailure(plan: EntryPlan, error: unknown): EntryFailure {
  const cloud = cloudErrorOf(error);
  const own = cloud === undefined ? ownErrorOf(error) : undefined;
  const said = saidBy(cloud) ?? own?.message;
  const retryAfterMs = cloud?.retryAfterMs;
  const requestId = cloud?.requestId;
  return {
    code: cloud?.code ?? own?.code ?? 'Unknown',
    class: classify(error),
    what: cloud === undefined ? describeOwn(error, own) : describeAnswer(cloud),
    ...(said === undefined ? {} : { said: cutToBytes(scrub(said), MAX_SAID_BYTES) }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    advice: adviceForEntry(plan, error),
  };
}

/**
 * Writes a failure in one line that fits into an event: what failed for whom, what the service said, its request id, what still
 * serves, and the advice. The words of the service give way first.
 */
export function describeFailure(subject: string, failure: EntryFailure, remark = ''): string {
  const { what, said, requestId, advice } = failure;
  const before = `${subject}: ${what}`;
  const after = `${requestId === undefined ? '' : ` (request id ${requestId})`}. ${remark === '' ? '' : `${remark} `}${advice}`;
  const room = MAX_MESSAGE_BYTES - Buffer.byteLength(before) - Buffer.byteLength(after) - ': “”'.length * 3;
  const quoted = said === undefined || room < MIN_SAID_BYTES ? '' : `: “${cutToBytes(said, room)}”`;
  return cutToBytes(`${before}${quoted}${after}`, MAX_MESSAGE_BYTES);
}

/** The innermost error that this program raised itself: its message is free of secrets by construction; those of strangers are not repeated. */
function ownErrorOf(error: unknown): EciKubeletError | undefined {
  const inner = error instanceof CredentialError ? error.cause : error;
  return inner instanceof EciKubeletError ? inner : undefined;
}

function describeOwn(error: unknown, own: EciKubeletError | undefined): string {
  const hop = error instanceof CredentialError ? error.hop : undefined;
  const who = hop === undefined ? 'the chain' : hop.name === 'identity' ? hop.caller : `the ${hop.name}`;
  return `no credentials from ${who} (${own?.code ?? 'unknown error'})`;
}

/** Our own codes stand for no answer at all, or for one that is not the service's. */
function describeAnswer({ action, code }: AlibabaCloudError): string {
  const isOurs = Object.values<string>(localCodes).includes(code);
  return isOurs ? `${action} got no usable answer (${code})` : `${action} was answered ${code}`;
}

/** The message without what stands elsewhere already: action and code. */
function saidBy(cloud: AlibabaCloudError | undefined): string | undefined {
  if (cloud === undefined) return undefined;
  const said = withoutPrefix(cloud.message, `${cloud.action} failed: `);
  const words = withoutPrefix(said, `${cloud.code}, `);
  return words === '' || words === cloud.code ? undefined : words;
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
