import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { EciKubeletError } from '../errors.ts';
import type { KubeConfigLocation } from './kube-config-location.ts';

/** No usable access to a cluster. The code is `KubeConfig.<What>`; the message ends with what to do about it. */
export class KubeConfigError extends EciKubeletError {}

/** A kubeconfig that was read and found usable, and can be read again when its credentials stop working. */
export interface LoadedKubeConfig {
  readonly kubeConfig: KubeConfig;
  /** Where it came from, for logs. */
  readonly description: string;
  /** Namespace of the context or of the ServiceAccount. */
  readonly namespace: string | undefined;
  /** Reads everything again: files may have been rotated, and exec plugins are asked for a new credential. */
  reload(): Promise<LoadedKubeConfig>;
}

/** Where a Pod finds its ServiceAccount. Source: Kubernetes documentation, "Accessing the API from within a Pod". */
const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Loads the access to a cluster: files with contexts, client certificates, tokens, token files and exec plugins, or the
 * ServiceAccount of the Pod we run in.
 *
 * @throws KubeConfigError with a remedy when a file is missing, unreadable or has no usable context.
 */
export async function loadKubeConfig(location: KubeConfigLocation): Promise<LoadedKubeConfig> {
  const kubeConfig = location.kind === 'in-cluster' ? await loadInCluster(location) : await loadFiles(location);
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  return {
    kubeConfig,
    description: location.kind === 'in-cluster' ? 'the ServiceAccount of this Pod' : location.paths.join(', '),
    namespace: context?.namespace,
    reload: () => loadKubeConfig(location),
  };
}

async function loadFiles(location: Extract<KubeConfigLocation, { kind: 'file' }>): Promise<KubeConfig> {
  const client = await import('@kubernetes/client-node');
  const merged = new client.KubeConfig();
  const documents = await Promise.all(location.paths.map(readDocument));
  for (const [index, document] of documents.entries()) {
    const path = location.paths[index] ?? '';
    try {
      const one = new client.KubeConfig();
      one.loadFromString(JSON.stringify(withTokenFiles(document, dirname(path))));
      one.makePathsAbsolute(dirname(path));
      mergeFirstWins(merged, one);
    } catch {
      throw invalid(path);
    }
  }
  if (location.context !== undefined) merged.setCurrentContext(location.context);
  assertUsable(merged, location.paths);
  return merged;
}

/** As kubectl merges several files: the first file that mentions a name, or a current context, wins. */
function mergeFirstWins(into: KubeConfig, from: KubeConfig): void {
  const missing = <T extends { name: string }>(have: readonly T[], more: readonly T[]): T[] =>
    more.filter((candidate) => !have.some((item) => item.name === candidate.name));
  into.clusters = [...into.clusters, ...missing(into.clusters, from.clusters).map(allowPlainHttp)];
  into.users = [...into.users, ...missing(into.users, from.users)];
  into.contexts = [...into.contexts, ...missing(into.contexts, from.contexts)];
  if (!into.currentContext && from.currentContext) into.setCurrentContext(from.currentContext);
}

/** The library refuses `http:` servers, as `kubectl proxy` is one, unless certificate checks are off. */
function allowPlainHttp<T extends { server: string }>(cluster: T): T {
  return cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster;
}

async function readDocument(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const document: unknown = parse(text);
    if (isRecord(document)) return document;
  } catch {
    throw invalid(path);
  }
  throw new KubeConfigError(
    'KubeConfig.Invalid',
    `${path} is not a kubeconfig: it has no clusters, users and contexts`,
  );
}

/**
 * Turns `tokenFile` of users, which the library ignores, into the provider that it uses inside a cluster, so that a
 * rotated file is noticed within a minute.
 * Observed: `@kubernetes/client-node` 2.0.1 looks for `token-file`, which no kubeconfig has.
 */
function withTokenFiles(document: Record<string, unknown>, directory: string): Record<string, unknown> {
  if (!Array.isArray(document['users'])) return document;
  const users: unknown[] = document['users'];
  return { ...document, users: users.map((entry) => withTokenFile(entry, directory)) };
}

function withTokenFile(entry: unknown, directory: string): unknown {
  if (!isRecord(entry) || !isRecord(entry['user'])) return entry;
  const { tokenFile, token: _overruled, ...user } = entry['user'];
  if (typeof tokenFile !== 'string' || tokenFile === '') return entry;
  const path = isAbsolute(tokenFile) ? tokenFile : join(directory, tokenFile);
  return { ...entry, user: { ...user, 'auth-provider': { name: 'tokenFile', config: { tokenFile: path } } } };
}

async function loadInCluster(location: Extract<KubeConfigLocation, { kind: 'in-cluster' }>): Promise<KubeConfig> {
  const directory = location.serviceAccountDir ?? serviceAccountDir;
  const tokenFile = join(directory, 'token');
  await readFile(tokenFile, 'utf8').catch((error: unknown) => {
    throw new KubeConfigError(
      'KubeConfig.NotInCluster',
      `${tokenFile} cannot be read (${codeOf(error)}): mount a ServiceAccount token into the Pod, or pass a kubeconfig`,
      { cause: error },
    );
  });
  const namespace = await readFile(join(directory, 'namespace'), 'utf8').catch(() => undefined);
  const client = await import('@kubernetes/client-node');
  const kubeConfig = new client.KubeConfig();
  const host = location.host.includes(':') ? `[${location.host}]` : location.host;
  kubeConfig.loadFromOptions({
    clusters: [{ name: 'in-cluster', server: `https://${host}:${location.port}`, caFile: join(directory, 'ca.crt') }],
    users: [{ name: 'in-cluster', authProvider: { name: 'tokenFile', config: { tokenFile } } }],
    contexts: [{ name: 'in-cluster', cluster: 'in-cluster', user: 'in-cluster', namespace: namespace?.trim() }],
    currentContext: 'in-cluster',
  });
  return kubeConfig;
}

function assertUsable(kubeConfig: KubeConfig, paths: readonly string[]): void {
  const where = paths.join(', ');
  const name = kubeConfig.getCurrentContext();
  const known = kubeConfig.contexts.map((context) => context.name).join(', ') || 'none';
  const context = kubeConfig.contexts.find((candidate) => candidate.name === name);
  if (context === undefined) {
    const problem = name ? `has no context "${name}"` : 'has no current-context';
    const remedy = `choose one of: ${known}`;
    throw new KubeConfigError('KubeConfig.NoContext', `${where} ${problem}; ${remedy}`);
  }
  for (const [kind, wanted, entries] of [
    ['cluster', context.cluster, kubeConfig.clusters],
    ['user', context.user, kubeConfig.users],
  ] as const) {
    if (!entries.some((entry) => entry.name === wanted)) {
      const message = `context "${name}" of ${where} names the ${kind} "${wanted}", which is not there; correct the context`;
      throw new KubeConfigError('KubeConfig.NoContext', message);
    }
  }
}

function unreadable(path: string, error: unknown): KubeConfigError {
  const code = codeOf(error);
  if (code === 'ENOENT') {
    const message = `kubeconfig ${path} does not exist; correct the path, or run inside a cluster without one`;
    return new KubeConfigError('KubeConfig.NotFound', message, { cause: error });
  }
  const message = `kubeconfig ${path} cannot be read (${code}); let the user that runs this program read it`;
  return new KubeConfigError('KubeConfig.NotReadable', message, { cause: error });
}

/** The parser's own message is not repeated: it quotes the text around the fault, and that may be a token. */
function invalid(path: string): KubeConfigError {
  const message = `${path} is not a valid kubeconfig; check it with: kubectl config view --kubeconfig ${path}`;
  return new KubeConfigError('KubeConfig.Invalid', message);
}

function codeOf(error: unknown): string {
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : 'unknown error';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
