import { createCipheriv, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { accounts } from './fixture-file.ts';
import type { SimulatorProcess } from './simulator-process.ts';

/** A session as STS answers it. */
export interface ManagedSession {
  AccessKeyId: string;
  AccessKeySecret: string;
  SecurityToken: string;
  /** `YYYY-MM-DDThh:mm:ssZ` */
  Expiration: string;
}

const BLOCK_BYTES = 16;

/**
 * Writes the token file of the vendor's add-ons as Container Service does: three values encrypted with AES in CBC mode, each with its
 * initialisation vector in front, under the key that stands beside them. Made from the vendor's public Go sources, apart from the
 * program's reader, so that each checks the other.
 * @param keyring 16, 24 or 32 characters, which are the bytes of the key.
 */
export function managedTokenFile(
  session: ManagedSession,
  keyring: string = randomBytes(BLOCK_BYTES).toString('hex'),
): string {
  return JSON.stringify({
    'access.key.id': encrypt(session.AccessKeyId, keyring),
    'access.key.secret': encrypt(session.AccessKeySecret, keyring),
    'security.token': encrypt(session.SecurityToken, keyring),
    expiration: session.Expiration,
    keyring,
  });
}

/** Writes a file with a fresh session of the managed role of account A, as the simulated cloud gives it to Container Service. */
export async function writeManagedToken(
  path: string,
  simulator: Pick<SimulatorProcess, 'control'>,
  options: { durationSeconds?: number } = {},
): Promise<void> {
  const session = await simulator.control('/_sim/service-session', {
    service: 'cs.aliyuncs.com',
    roleArn: `acs:ram::${accounts.a}:role/AliyunCSManagedAcrRole`,
    ...options,
  });
  await writeFile(path, managedTokenFile(session as unknown as ManagedSession));
}

function encrypt(text: string, keyring: string): string {
  const key = Buffer.from(keyring, 'utf8');
  const vector = randomBytes(BLOCK_BYTES);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, vector);
  // Without automatic padding, to write out what PKCS#5 asks for: as many bytes as are missing, each saying how many.
  cipher.setAutoPadding(false);
  const bytes = Buffer.from(text, 'utf8');
  const missing = BLOCK_BYTES - (bytes.length % BLOCK_BYTES);
  const padded = Buffer.concat([bytes, Buffer.alloc(missing, missing)]);
  return Buffer.concat([vector, cipher.update(padded), cipher.final()]).toString('base64');
}
