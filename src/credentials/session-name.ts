import { createHash } from 'node:crypto';

/** Older STS documents limit session names to 32 characters; this is 12 and 16. */
const HASH_LENGTH = 16;

/**
 * Names the sessions of one installation, so that ActionTrail tells them apart from others and over restarts.
 * @param seed anything stable, for example the name of the node; it cannot be read back from the name.
 * @returns 28 characters of `a-z 0-9 -`. Source: STS API reference, AssumeRole, RoleSessionName.
 */
export function createSessionName(seed: string): string {
  return `eci-kubelet-${createHash('sha256').update(seed).digest('hex').slice(0, HASH_LENGTH)}`;
}
