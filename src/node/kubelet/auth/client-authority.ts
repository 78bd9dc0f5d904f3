import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../../clock.ts';
import { createReflector } from '../../../kube/reflector.ts';
import type { ConfigMap, KubeClient } from '../../../kube/types.ts';
import type { Logger } from '../../../telemetry/types.ts';

/** How soon a changed file is noticed. Source: kubelet, `DynamicCAContentFromFile`, looks once a minute. */
const FILE_CHECK_MS = 20_000;

const NAMESPACE = 'kube-system';
const CONFIG_MAP = 'extension-apiserver-authentication';
const KEY = 'client-ca-file';

/** Who signs the certificates of clients, the API server among them. Changes while the program runs. */
export interface ClientAuthority {
  /** Certificates in PEM; undefined until they are known, and where there are none: no certificate counts then. */
  current(): string | undefined;
  onChange(listener: () => void): void;
  run(signal: AbortSignal): Promise<void>;
}

/** Reads the authority from a file, again whenever it changes. A file that cannot be read keeps what it said before. */
export function createFileAuthority(options: { path: string; clock: Clock; logger: Logger }): ClientAuthority {
  const { path, clock, logger } = options;
  const holder = createHolder(logger);
  return {
    ...holder,
    async run(signal) {
      while (!signal.aborted) {
        try {
          holder.set(await readFile(path, 'utf8'));
        } catch (error) {
          logger.warn('the authority of client certificates cannot be read', { path, error });
        }
        await clock.sleep(FILE_CHECK_MS, signal).catch(() => {});
      }
    },
  };
}

/**
 * Follows the authority that the API server publishes for servers behind it.
 * Source: Kubernetes, "Configure the Aggregation Layer", ConfigMap `extension-apiserver-authentication`.
 */
export function createPublishedAuthority(options: {
  client: Pick<KubeClient, 'list' | 'watch'>;
  clock: Clock;
  random: () => number;
  logger: Logger;
}): ClientAuthority {
  const holder = createHolder(options.logger);
  const reflector = createReflector<ConfigMap>({
    ...options,
    path: `/api/v1/namespaces/${NAMESPACE}/configmaps`,
    // Rights on one object by name cover lists and watches that ask for that name alone.
    fieldSelector: `metadata.name=${CONFIG_MAP}`,
    onEvent: ({ type, object }) => holder.set(type === 'deleted' ? undefined : object.data?.[KEY]),
  });
  return { ...holder, run: (signal) => reflector.run(signal) };
}

function createHolder(
  logger: Logger,
): Pick<ClientAuthority, 'current' | 'onChange'> & { set(pem: string | undefined): void } {
  let current: string | undefined;
  const listeners: (() => void)[] = [];
  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    set(pem) {
      if (pem === current) return;
      if (pem !== undefined && !isCertificates(pem)) {
        logger.warn('the authority of client certificates is no certificate; the one before is kept');
        return;
      }
      current = pem;
      for (const listener of listeners) listener();
    },
  };
}

/** OpenSSL passes silently over what it cannot read, and would then trust nobody. */
function isCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block)).length > 0;
  } catch {
    return false;
  }
}
