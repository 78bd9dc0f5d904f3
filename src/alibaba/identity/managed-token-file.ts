/**
 * The file in which Container Service hands its add-ons the credentials of a role that it manages: a JSON object whose secrets are
 * encrypted with a key that lies beside them, which hides them from a glance and from nobody else.
 * Source: public add-ons of Container Service that read `/var/addon/token-config`.
 */
import { createDecipheriv } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import type { AccessKey, Identity } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { scrub } from '../scrub.ts';
import { isObject, readText } from '../untyped.ts';

/** AES block size: the initialization vector is the first block. */
const BLOCK_BYTES = 16;
/** The length of the key decides which AES it is. */
const CIPHERS: Readonly<Record<number, string>> = { 16: 'aes-128-cbc', 24: 'aes-192-cbc', 32: 'aes-256-cbc' };
const MAX_REASON_LENGTH = 200;

export interface ManagedTokenFileOptions {
  /** Usually a key of a mounted Secret, which is replaced by renaming a link. */
  path: string;
  clock: Clock;
  /** How messages call it; `managed role` when absent. */
  description?: string;
}

/**
 * Creates the identity of the managed role. The file is read at every use, because whoever replaces it does so at any time; nothing is
 * kept, so an expired or broken file shows at once.
 */
export function createManagedTokenIdentity({ path, clock, description }: ManagedTokenFileOptions): Identity {
  return {
    description: description ?? 'managed role',
    accessKey: async () => {
      const key = readManagedToken(await readTokenFile(path), path);
      if (key.expiresAtMs <= clock.nowMs()) {
        const expiredAt = new Date(key.expiresAtMs).toISOString();
        throw new EciKubeletError(
          'ExpiredCredentials',
          `The credentials of the managed role in ${path} expired at ${expiredAt} and nobody has replaced them`,
        );
      }
      return key;
    },
  };
}

async function readTokenFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new EciKubeletError('ManagedTokenUnreadable', `The token file of the managed role ${path} cannot be read`, {
      cause,
    });
  }
}

/**
 * Reads the content of the file.
 * @throws EciKubeletError `ManagedRoleRefused` where Container Service could not assume the role, naming what the cloud said;
 *   `ManagedTokenInvalid` for a file that cannot be used. Neither repeats a secret, nor text that may hold one.
 */
export function readManagedToken(text: string, path: string): AccessKey & { expiresAtMs: number } {
  const file = parse(text, path);
  const keyring = readText(file, 'keyring');
  if (isObject(file['error']) && readText(file, 'access.key.secret') === undefined) throw refusedRole(file['error']);
  const cipher = CIPHERS[Buffer.byteLength(keyring ?? '')];
  if (keyring === undefined || cipher === undefined) {
    throw invalid(path, `keyring is not a key of ${Object.keys(CIPHERS).join(', ')} bytes`);
  }
  const key = { cipher, bytes: Buffer.from(keyring) };
  const member = (name: string): string => decrypt(readText(file, name), { name, path, key });
  const expiresAtMs = Date.parse(readText(file, 'expiration') ?? '');
  if (Number.isNaN(expiresAtMs)) throw invalid(path, 'expiration is not a time such as 2026-01-02T03:04:05Z');
  return {
    accessKeyId: member('access.key.id'),
    accessKeySecret: new Secret(member('access.key.secret')),
    securityToken: new Secret(member('security.token')),
    expiresAtMs,
  };
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, and the text holds the secrets together with their key.
    throw invalid(path, 'it is not valid JSON');
  }
  if (!isObject(parsed)) throw invalid(path, 'it is not a JSON object');
  return parsed;
}

function decrypt(
  encoded: string | undefined,
  { name, path, key }: { name: string; path: string; key: { cipher: string; bytes: Buffer } },
): string {
  if (encoded === undefined) throw invalid(path, `${name} is missing`);
  const data = Buffer.from(encoded, 'base64');
  try {
    const decipher = createDecipheriv(key.cipher, key.bytes, data.subarray(0, BLOCK_BYTES));
    const plain = Buffer.concat([decipher.update(data.subarray(BLOCK_BYTES)), decipher.final()]).toString('latin1');
    // What comes out under a wrong key may by chance end like a padding. Keys and tokens are printable.
    if (/^[\x21-\x7e]+$/.test(plain)) return plain;
  } catch {
    // Too short for a vector, no whole blocks, or no padding at the end.
  }
  throw invalid(path, `${name} cannot be decrypted with keyring`);
}

/** Source: the `error` member, with `roleName`, `code` and `message` as STS gave them. */
function refusedRole(error: Readonly<Record<string, unknown>>): EciKubeletError {
  const role = readText(error, 'roleName') ?? 'AliyunCSManagedAcrRole';
  const code = readText(error, 'code') ?? 'no code';
  const message = readText(error, 'message');
  const said = scrub([code, ...(message === undefined ? [] : [message])].join(', ')).slice(0, MAX_REASON_LENGTH);
  return new EciKubeletError(
    'ManagedRoleRefused',
    `Container Service could not assume the role ${scrub(role)} (${said}); authorize that role once for the account in the console`,
  );
}

function invalid(path: string, what: string): EciKubeletError {
  return new EciKubeletError(
    'ManagedTokenInvalid',
    `The token file of the managed role ${path} cannot be used: ${what}`,
  );
}
