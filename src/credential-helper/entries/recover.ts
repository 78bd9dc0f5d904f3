/**
 * What an earlier run has left in a Secret, so that a restart asks the cloud for nothing that is still good. A Secret lies where others
 * may write, so nothing in it is taken on trust but the password itself: not the hosts, not a life beyond what passwords can have.
 */
import type { KubeSecret } from '../../kube/types.ts';
import { ENTRIES_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL, SECRET_KEY, SECRET_TYPE } from '../names.ts';
import { readDockerConfig, type HostLogin } from './docker-config.ts';
import { assignHosts } from './hosts.ts';
import type { EntryMark } from './model.ts';
import type { FoundCredential } from './shared-credential.ts';

/** No session, and so no password, lives longer. Source: RAM, MaxSessionDuration. */
const LONGEST_LIFE_MS = 43_200_000;
/** What clocks and rounding may add. */
const TOLERANCE_MS = 120_000;
/** Bounds the work on hostile annotations. An instance has a handful of names. */
const MAX_MARKS = 1000;
const MAX_HOSTS = 200;

/**
 * Reads what a Secret holds by fingerprint of the entry. Never throws: whatever is odd is left out.
 * @returns nothing for a Secret that this program did not write.
 */
export function readRecoverable(secret: KubeSecret, nowMs: number): ReadonlyMap<string, FoundCredential> {
  const found = new Map<string, FoundCredential>();
  const isOurs = secret.metadata?.labels?.[MANAGED_BY_LABEL] === MANAGED_BY && secret.type === SECRET_TYPE;
  const marks = isOurs ? readMarks(secret.metadata?.annotations?.[ENTRIES_ANNOTATION]) : [];
  const encoded: unknown = secret.data?.[SECRET_KEY];
  const logins = typeof encoded === 'string' ? readDockerConfig(Buffer.from(encoded, 'base64').toString()) : undefined;
  if (logins === undefined) return found;
  const { keepers } = assignHosts(marks.map(({ hosts }) => hosts));
  for (const [place, mark] of marks.entries()) {
    const login = loginOf(
      mark.hosts.filter((host) => keepers.get(host) === place),
      logins,
    );
    const obtainedAtMs = Date.parse(mark.obtainedAt);
    const expiresAtMs = Date.parse(mark.expiresAt);
    const isPlausible =
      obtainedAtMs <= nowMs + TOLERANCE_MS &&
      expiresAtMs > obtainedAtMs &&
      expiresAtMs - obtainedAtMs <= LONGEST_LIFE_MS + TOLERANCE_MS;
    if (login === undefined || !isPlausible) continue;
    found.set(mark.fingerprint, { hosts: mark.hosts, password: { ...login, obtainedAtMs, expiresAtMs } });
  }
  return found;
}

/** One login for all hosts, or none. */
function loginOf(hosts: readonly string[], logins: ReadonlyMap<string, HostLogin>): HostLogin | undefined {
  const [first, ...others] = hosts.map((host) => logins.get(host));
  if (first === undefined) return undefined;
  const isSame = others.every(
    (login) => login?.userName === first.userName && login.password.reveal() === first.password.reveal(),
  );
  return isSame ? first : undefined;
}

function readMarks(text: string | undefined): EntryMark[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? '');
  } catch {
    return [];
  }
  return Array.isArray(parsed) && parsed.length <= MAX_MARKS && parsed.every(isMark) ? parsed : [];
}

function isMark(value: unknown): value is EntryMark {
  if (typeof value !== 'object' || value === null) return false;
  const { fingerprint, hosts, obtainedAt, expiresAt } = value as Readonly<Record<string, unknown>>;
  return (
    typeof fingerprint === 'string' &&
    typeof obtainedAt === 'string' &&
    typeof expiresAt === 'string' &&
    Array.isArray(hosts) &&
    hosts.length <= MAX_HOSTS &&
    hosts.every((host) => typeof host === 'string')
  );
}
