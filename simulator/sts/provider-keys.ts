import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import type { OidcProvider } from '../ram/directory.ts';
import { SimError } from '../types.ts';
import type { ProviderKey } from './json-web-token.ts';

/** How long the keys of a provider may take to arrive. */
const FETCH_TIMEOUT_MS = 5_000;

/** The public keys of OIDC providers, and the private ones of those whose keys the simulator made. */
export interface ProviderKeys {
  /** @throws SimError 401 `AuthenticationFail.OIDCToken.IssuerConfigurationBroken` when they cannot be had. */
  publicKeys(provider: OidcProvider): Promise<readonly ProviderKey[]>;
  /** Signs claims as the provider would. @returns undefined unless its keys are `generated`. */
  mint(provider: OidcProvider, claims: Record<string, unknown>): string | undefined;
}

/** Creates the source of keys. They are read again for each token, so that rotation needs no restart. */
export function createProviderKeys(): ProviderKeys {
  const generated = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();
  const pairOf = (provider: OidcProvider): { publicKey: KeyObject; privateKey: KeyObject } => {
    const pair = generated.get(provider.arn) ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
    generated.set(provider.arn, pair);
    return pair;
  };
  return {
    publicKeys: async (provider) => {
      const { keys } = provider;
      if ('generated' in keys) return [{ ...pairOf(provider).publicKey.export({ format: 'jwk' }), kid: provider.name }];
      if ('jwks' in keys) return keys.jwks.keys;
      try {
        const text = 'file' in keys ? await readFile(keys.file, 'utf8') : await download(keys);
        return keysOf(JSON.parse(text));
      } catch {
        throw new SimError(
          401,
          'AuthenticationFail.OIDCToken.IssuerConfigurationBroken',
          `Get public keys from OIDC Provider failed, the issuer is ${provider.issuer}`,
        );
      }
    },
    mint: (provider, claims) => {
      if (!('generated' in provider.keys)) return undefined;
      const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: provider.name })}.${encode(claims)}`;
      return `${text}.${createSign('sha256').update(text).sign(pairOf(provider).privateKey, 'base64url')}`;
    },
  };
}

async function download({ url, caFile }: { url: string; caFile?: string }): Promise<string> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  if (caFile !== undefined) return await downloadTrusting(await readFile(caFile, 'utf8'), { url, signal });
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.text();
}

/** `fetch` takes no authorities of one's own. */
async function downloadTrusting(ca: string, { url, signal }: { url: string; signal: AbortSignal }): Promise<string> {
  return await new Promise((resolve, reject) => {
    get(url, { ca, signal, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`HTTP ${answer.statusCode}`));
      });
    }).on('error', reject);
  });
}

function keysOf(document: unknown): readonly ProviderKey[] {
  const keys: unknown = typeof document === 'object' && document !== null && 'keys' in document ? document.keys : [];
  if (!Array.isArray(keys)) throw new TypeError('keys is not a list');
  return keys.filter((key: unknown): key is ProviderKey => typeof key === 'object' && key !== null);
}
