import { SimError } from '../../types.ts';
import type { EciHost } from '../host.ts';
import type { Owner } from '../resource-store.ts';
import { describeChain, runAcrChain } from './acr-chain.ts';
import { credentialPaths } from './credential-path.ts';
import type { CredentialPath } from './credential-path.ts';
import { readImageReference } from './image-reference.ts';
import type { ImageReference } from './image-reference.ts';
import type { PullCredentials } from './pull-credentials.ts';
import { PullError } from './pull-error.ts';
import { pullImage } from './pull-image.ts';
import type { RegistryLogin } from './pull-image.ts';
import { createRegistryConnection } from './registry-connection.ts';

/** What came of a pull. */
export interface PullOutcome {
  /** Present when the image is there. */
  readonly digest?: string;
  /** Present when it is not. */
  readonly error?: string;
  /** `credential`, `acr-entry:<chain>`, `service-linked-role` or `anonymous`. */
  readonly path: string;
  readonly warning?: string;
}

/** Pulls images for instances and image caches. */
export interface Puller {
  /** Never rejects. */
  pull(image: string, owner: Owner, credentials: PullCredentials): Promise<PullOutcome>;
  /** Resolves when no pull is on its way. */
  idle(): Promise<void>;
  close(): void;
}

/** Bounds the memory of what has been fetched before. */
const MAX_KNOWN = 10_000;

/** @param frontUrl address of the registry front; undefined fails every pull as an unreachable registry would. */
export function createPuller(
  host: Pick<EciHost, 'acr' | 'authorizer' | 'fixture'>,
  frontUrl: () => string | undefined,
): Puller {
  const connection = createRegistryConnection(frontUrl);
  const fetched = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<unknown>>();

  const fetchOnce = async (key: string, fetch: () => Promise<void>): Promise<void> => {
    if (fetched.size >= MAX_KNOWN) {
      fetched.clear();
    }
    const fetching = fetched.get(key) ?? fetch();
    fetched.set(key, fetching);
    try {
      await fetching;
    } catch (error) {
      fetched.delete(key);
      throw error;
    }
  };

  const tryPath = async (reference: ImageReference, owner: Owner, path: CredentialPath): Promise<string> => {
    const login = obtainLogin(reference.normalised, owner, { path, host });
    const identity = `${reference.host}/${reference.repository}/${describePath(path)}/${login?.userName ?? ''}@`;
    return pullImage(reference, login, {
      connection,
      once: (digest, fetch) => fetchOnce(identity + digest, fetch),
    });
  };

  const run = async (image: string, owner: Owner, credentials: PullCredentials): Promise<PullOutcome> => {
    const reference = readImageReference(image);
    if (reference === undefined) {
      return {
        path: 'anonymous',
        error: `Failed to apply default image tag "${image}": couldn't parse image reference`,
      };
    }
    const registries = { acr: host.acr, fixture: host.fixture };
    const { paths, warning } = credentialPaths(reference, owner, { credentials, registries });
    const remark = warning === undefined ? {} : { warning };
    let failed: PullOutcome = { path: 'anonymous', error: 'no way to authenticate' };
    for (const path of paths) {
      try {
        return { digest: await tryPath(reference, owner, path), path: describePath(path), ...remark };
      } catch (error) {
        failed = { error: messageOf(error), path: describePath(path), ...remark };
      }
    }
    return failed;
  };

  return {
    pull: async (image, owner, credentials) => {
      const pull = run(image, owner, credentials);
      underWay.add(pull);
      try {
        return await pull;
      } finally {
        underWay.delete(pull);
      }
    },
    idle: async () => {
      do {
        await Promise.all(underWay);
        // Lets those who waited for the pulls act on them, which may start the next ones.
        await new Promise((resolve) => setImmediate(resolve));
      } while (underWay.size > 0);
    },
    close: () => connection.close(),
  };
}

function obtainLogin(
  image: string,
  owner: Owner,
  { path, host }: { path: CredentialPath; host: Pick<EciHost, 'acr' | 'authorizer'> },
): RegistryLogin | undefined {
  if (path.kind === 'credential') {
    return { userName: path.login.UserName, password: path.login.Password };
  }
  if (path.kind === 'anonymous') {
    return undefined;
  }
  const entry = path.kind === 'acr-entry' ? path.entry : {};
  try {
    return runAcrChain(owner.accountId, entry, { target: path.target, services: host });
  } catch (error) {
    if (error instanceof SimError) {
      throw new PullError(image, `failed to authorize: failed to get ACR credential: ${error.message}`);
    }
    throw error;
  }
}

function describePath(path: CredentialPath): string {
  return path.kind === 'acr-entry' ? `acr-entry:${describeChain(path.entry)}` : path.kind;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
