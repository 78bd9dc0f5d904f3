import type { ImageRegistryCredential } from '../../alibaba/eci-requests.ts';
import { toRfc3339 } from '../../clock.ts';
import type { AcrEntry, HostOutcome } from '../../credentials/types.ts';
import type { Pod } from '../../kube/types.ts';

/**
 * Says on the Pod which registry passwords its container group holds and until when, without any of them, so that renewal goes
 * on after a restart of this program. ECI itself never tells.
 */
export const HELD_CREDENTIALS_ANNOTATION = 'eci.alibabacloud.com/image-credentials';

/** What was last handed to a container group. */
export interface HeldCredentials {
  containerGroupId: string;
  /** When it was handed over, epoch milliseconds. */
  givenAtMs: number;
  /** Registry hosts of the whole list, with the end of their password in epoch milliseconds; undefined for what does not end. */
  expiriesMs: ReadonlyMap<string, number | undefined>;
  /** The ACR annotations as they were read at creation: edits have no effect on a Pod that runs. */
  entries: readonly AcrEntry[];
}

/** The shape of the annotation. Times are RFC 3339, so that people can read them. */
interface Written {
  group: string;
  given: string;
  until: Readonly<Record<string, string | null>>;
  entries: readonly AcrEntry[];
}

/** Notes what a request hands over. @param given the list as it is sent. */
export function heldCredentials(
  containerGroupId: string,
  given: {
    credentials: readonly ImageRegistryCredential[];
    hosts: readonly HostOutcome[];
    entries: readonly AcrEntry[];
    nowMs: number;
  },
): HeldCredentials {
  const ends = new Map(
    given.hosts.flatMap((host) => (host.kind === 'resolved' ? [[host.host, host.expiresAtMs] as const] : [])),
  );
  return {
    containerGroupId,
    givenAtMs: given.nowMs,
    expiriesMs: new Map(given.credentials.map(({ server }) => [server, ends.get(server)])),
    entries: given.entries,
  };
}

/** Writes the value of {@link HELD_CREDENTIALS_ANNOTATION}. */
export function writeHeldCredentials(held: HeldCredentials): string {
  const until = [...held.expiriesMs].map(([host, ms]) => [host, ms === undefined ? null : toRfc3339(ms)]);
  const written: Written = {
    group: held.containerGroupId,
    given: toRfc3339(held.givenAtMs),
    until: Object.fromEntries(until) as Written['until'],
    entries: held.entries,
  };
  return JSON.stringify(written);
}

/**
 * Reads the annotation. It is the word of whoever may edit the Pod, as the ACR annotations are: every host is proven anew before
 * a password goes out, whatever stands here.
 * @returns undefined when there is none, it cannot be read, or it speaks of another container group, as in a copied manifest.
 */
export function readHeldCredentials(pod: Pod, containerGroupId: string): HeldCredentials | undefined {
  const text = pod.metadata?.annotations?.[HELD_CREDENTIALS_ANNOTATION];
  return text === undefined ? undefined : parseHeldCredentials(text, containerGroupId);
}

/** Reads what {@link writeHeldCredentials} wrote; see {@link readHeldCredentials}. */
export function parseHeldCredentials(text: string, containerGroupId: string): HeldCredentials | undefined {
  const written = parse(text);
  if (written === undefined || written['group'] !== containerGroupId) return undefined;
  const givenAtMs = timeOf(written['given']);
  const { until, entries } = written;
  if (givenAtMs === undefined || !isRecord(until) || !Array.isArray(entries)) return undefined;
  const expiriesMs = new Map<string, number | undefined>();
  for (const [host, end] of Object.entries(until)) {
    const ms = timeOf(end);
    if (end !== null && ms === undefined) return undefined;
    expiriesMs.set(host, ms);
  }
  const read = entries.map(readEntry);
  if (read.includes(undefined)) return undefined;
  return { containerGroupId, givenAtMs, expiriesMs, entries: read.filter((entry) => entry !== undefined) };
}

function readEntry(value: unknown): AcrEntry | undefined {
  if (!isRecord(value)) return undefined;
  const { instanceId, regionId, serviceRoleArn, userRoleArn } = value;
  const texts = Object.entries({ instanceId, regionId, serviceRoleArn, userRoleArn }).filter(
    ([, text]) => text !== undefined,
  );
  return texts.every(([, text]) => typeof text === 'string') ? Object.fromEntries(texts) : undefined;
}

function timeOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
