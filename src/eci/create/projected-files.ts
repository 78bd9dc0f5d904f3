import type { ConfigFileToPath } from '../../alibaba/eci-requests.ts';
import type { Problem } from '../../annotations/types.ts';
import type { ObjectReference } from '../../kube/object-reference.ts';
import type { Pod, Volume } from '../../kube/types.ts';
import { octalDigits } from '../request/file-mode.ts';
import { resolveFieldReference } from '../request/field-reference.ts';
import type { EciProviderConfig, ServiceAccountPort } from '../types.ts';

/** The ConfigMap that the controller manager keeps in every namespace. */
export const ROOT_CA_CONFIG_MAP = 'kube-root-ca.crt';

/** Limits of config files. Source: ECI help centre, limits. */
const MAX_FILE_BYTES = 32 * 1024;
const MAX_TOTAL_BYTES = 60 * 1024;

/** Lifetime that a token volume has when it states none. Source: Kubernetes API reference, ServiceAccountTokenProjection. */
const DEFAULT_TOKEN_SECONDS = 3600;

type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

/** What came of reading the projected volumes of a Pod. */
export type ProjectedVolumes =
  | {
      kind: 'ready';
      files: Map<string, ConfigFileToPath[]>;
      problems: Problem[];
      /** The earliest end of a token, epoch milliseconds. */
      tokenExpiresAtMs?: number;
    }
  | { kind: 'waiting'; reason: string; message: string; missing: readonly ObjectReference[] };

/**
 * Reads what admission injects into every Pod: a service account token, the cluster's root certificates and the namespace.
 *
 * Files of a running group cannot be rotated, so lifetimes matter. For the API server's own audience exactly what the volume
 * says is asked for: a Pod-bound request of 3607 seconds is answered with a token that holds for a year, any other number
 * is taken literally. For other audiences, where the stated lifetime is real, it is raised to the configured minimum.
 * Source: kube-apiserver, `--service-account-extend-token-expiration`. Observed: kube-apiserver 1.20 and later.
 *
 * @throws whatever the port throws; a missing ConfigMap is an outcome, not an error.
 */
export async function readProjectedFiles(
  pod: Pod,
  port: ServiceAccountPort,
  config: EciProviderConfig,
): Promise<ProjectedVolumes> {
  const files = new Map<string, ConfigFileToPath[]>();
  let tokenExpiresAtMs: number | undefined;
  for (const volume of mountedProjections(pod)) {
    // Later sources win on an equal path.
    const byPath = new Map<string, ConfigFileToPath>();
    for (const source of volume.projected?.sources ?? []) {
      const read = await readSource(pod, source, { port, config });
      if (read.kind === 'waiting') return read;
      for (const file of read.files) byPath.set(file.path, file);
      if (read.expiresAtMs !== undefined) {
        tokenExpiresAtMs = Math.min(tokenExpiresAtMs ?? read.expiresAtMs, read.expiresAtMs);
      }
    }
    files.set(volume.name, [...byPath.values()]);
  }
  const problems = tooLarge(files);
  return { kind: 'ready', files, problems, ...(tokenExpiresAtMs === undefined ? {} : { tokenExpiresAtMs }) };
}

type SourceRead =
  | { kind: 'files'; files: ConfigFileToPath[]; expiresAtMs?: number }
  | { kind: 'waiting'; reason: string; message: string; missing: readonly ObjectReference[] };

async function readSource(
  pod: Pod,
  source: Source,
  { port, config }: { port: ServiceAccountPort; config: EciProviderConfig },
): Promise<SourceRead> {
  const namespace = pod.metadata?.namespace ?? '';
  if (source.serviceAccountToken !== undefined) {
    const { audience, expirationSeconds = DEFAULT_TOKEN_SECONDS, path } = source.serviceAccountToken;
    const own = audience === undefined || audience === '';
    const { token, expiresAtMs } = await port.createToken(namespace, pod.spec?.serviceAccountName ?? 'default', {
      audiences: own ? [] : [audience],
      expirationSeconds: own ? expirationSeconds : Math.max(expirationSeconds, config.minimumTokenSeconds),
      podName: pod.metadata?.name ?? '',
      podUid: pod.metadata?.uid ?? '',
    });
    return { kind: 'files', files: [{ path, content: base64(token.reveal()) }], expiresAtMs };
  }
  if (source.configMap !== undefined) return await readConfigMap(namespace, source.configMap, port);
  const items = source.downwardAPI?.items ?? [];
  const files = items.flatMap((item) => {
    const field = resolveFieldReference(pod, item.fieldRef?.fieldPath ?? '', config);
    return field.kind === 'value' ? [file(item.path, base64(field.value), item.mode)] : [];
  });
  return { kind: 'files', files };
}

async function readConfigMap(
  namespace: string,
  source: NonNullable<Source['configMap']>,
  port: ServiceAccountPort,
): Promise<SourceRead> {
  const name = source.name ?? '';
  if (name !== ROOT_CA_CONFIG_MAP) return { kind: 'files', files: [] };
  const configMap = await port.getConfigMap(namespace, name);
  const missing = (what: string, key?: string): SourceRead => ({
    kind: 'waiting',
    reason: 'CreateContainerConfigError',
    missing: [{ kind: 'ConfigMap', namespace, name, ...(key === undefined ? {} : { key }) }],
    message: `${what} does not exist in namespace ${namespace} yet; kube-controller-manager creates it`,
  });
  if (configMap === undefined) return source.optional === true ? NO_FILES : missing(`ConfigMap ${name}`);
  const data = new Map(Object.entries(configMap.data ?? {}));
  const items =
    source.items ?? [...data.keys()].map((key): { key: string; path: string; mode?: number } => ({ key, path: key }));
  const files: ConfigFileToPath[] = [];
  for (const item of items) {
    const content = data.get(item.key);
    if (content !== undefined) files.push(file(item.path, base64(content), item.mode));
    else if (source.optional !== true) return missing(`key ${item.key} of ConfigMap ${name}`, item.key);
  }
  return { kind: 'files', files };
}

const NO_FILES: SourceRead = { kind: 'files', files: [] };

function mountedProjections(pod: Pod): Volume[] {
  const mounted = new Set(
    [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].flatMap((container) =>
      (container.volumeMounts ?? []).map((mount) => mount.name),
    ),
  );
  return (pod.spec?.volumes ?? []).filter((volume) => volume.projected !== undefined && mounted.has(volume.name));
}

function tooLarge(files: ReadonlyMap<string, readonly ConfigFileToPath[]>): Problem[] {
  const problems: Problem[] = [];
  let total = 0;
  for (const [volume, list] of files) {
    for (const { path, content } of list) {
      const bytes = Buffer.byteLength(content, 'base64');
      total += bytes;
      if (bytes > MAX_FILE_BYTES) {
        problems.push({
          key: `spec.volumes[${volume}] ${path}`,
          value: `${bytes} bytes`,
          message: `exceeds the ${MAX_FILE_BYTES} bytes that ECI allows for one config file`,
        });
      }
    }
  }
  if (total > MAX_TOTAL_BYTES) {
    problems.push({
      key: 'spec.volumes',
      value: `${total} bytes`,
      message: `config files of a container group may have ${MAX_TOTAL_BYTES} bytes together; mount less`,
    });
  }
  return problems;
}

function file(path: string, content: string, mode: number | undefined): ConfigFileToPath {
  return { path, content, ...(mode === undefined ? {} : { mode: octalDigits(mode) }) };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
