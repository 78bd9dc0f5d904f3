import { createHash } from 'node:crypto';

const VALID = /^[a-z0-9]([a-z0-9-]{0,126}[a-z0-9])$/;
const MAX_LENGTH = 128;
const HASH_LENGTH = 8;

/**
 * Names the cache at ECI after the object. The service's rule is not documented; that of container groups is kept. A name
 * that does not fit is made to fit and gets a hash, so that two objects never end up with one name by being shortened.
 */
export function imageCacheName(objectName: string): string {
  if (VALID.test(objectName)) return objectName;
  const hash = createHash('sha256').update(objectName).digest('hex').slice(0, HASH_LENGTH);
  const stem = objectName
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_LENGTH - HASH_LENGTH - 1);
  return `${stem}-${hash}`;
}
