import { SECRET_NAME } from '../../credential-helper/names.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, KubeObject, KubeSecret, ServiceAccount } from '../../kube/types.ts';
import { readConfigEvents } from '../helper/warning-events.ts';
import { configuredEntries } from '../helper/configured-entries.ts';
import { look, mapSeen } from '../helper/look.ts';
import type { Seen } from '../helper/look.ts';
import { readConfiguration } from '../helper/read-configuration.ts';
import type { Configuration } from '../helper/read-configuration.ts';
import { secretFacts } from '../helper/secret-facts.ts';
import type { SecretFacts } from '../helper/secret-facts.ts';
import type { ClusterFacts } from './cluster-view.ts';

/** Of those who may not list Secrets, more namespaces than these are not asked one by one. */
const MAX_NAMESPACES = 50;

/**
 * Reads what the API server holds of the helper. What the user may not see is told as hidden.
 * @throws KubeApiError when the API server does not answer.
 */
export async function readCluster(
  client: KubeClient,
  options: { configMap: string; regionId: string | undefined },
): Promise<ClusterFacts> {
  const { configMap, regionId } = options;
  const configuration = await readConfiguration(client, configMap);
  const [namespaces, secrets, accounts, events] = await Promise.all([
    look(client.list<KubeObject>(all('namespaces'))),
    readSecrets(client, namedNamespaces(configuration)),
    readAccounts(client, namedNamespaces(configuration)),
    readConfigEvents(client, configMap),
  ]);
  return {
    configMap,
    configuration,
    entries: configuration.kind === 'complete' ? configuredEntries(configuration.config, regionId) : [],
    namespaces: mapSeen(namespaces, ({ items }) => items.map(({ metadata }) => metadata?.name ?? '')),
    secrets,
    accounts,
    events,
  };
}

/** One call for all namespaces, or one each for those who may only read single Secrets. */
async function readSecrets(client: KubeClient, named: readonly string[]): Promise<ClusterFacts['secrets']> {
  const fieldSelector = `metadata.name=${SECRET_NAME}`;
  const listed = await look(client.list<KubeSecret>(all('secrets'), { fieldSelector }));
  if (listed.kind !== 'hidden' || named.length === 0) return mapSeen(listed, ({ items }) => byNamespace(items));
  const single = await Promise.all(
    named.map(async (namespace) =>
      look(
        client.get<KubeSecret>(resourcePath({ apiVersion: 'v1', namespace, resource: 'secrets', name: SECRET_NAME })),
      ),
    ),
  );
  return firstHidden(single) ?? { kind: 'seen', value: byNamespace(valuesOf(single)) };
}

async function readAccounts(client: KubeClient, named: readonly string[]): Promise<ClusterFacts['accounts']> {
  const listed = await look(client.list<ServiceAccount>(all('serviceaccounts')));
  if (listed.kind !== 'hidden' || named.length === 0) {
    return mapSeen(listed, ({ items }) => items.map(attachmentOf));
  }
  const single = await Promise.all(
    named.map(async (namespace) =>
      look(client.list<ServiceAccount>(resourcePath({ apiVersion: 'v1', namespace, resource: 'serviceaccounts' }))),
    ),
  );
  const items = valuesOf(single).flatMap((list) => list.items);
  return firstHidden(single) ?? { kind: 'seen', value: items.map(attachmentOf) };
}

function namedNamespaces(configuration: Configuration): readonly string[] {
  if (configuration.kind !== 'complete' || configuration.config.namespaces.kind === 'all') return [];
  return configuration.config.namespaces.names.slice(0, MAX_NAMESPACES);
}

function byNamespace(secrets: readonly KubeSecret[]): ReadonlyMap<string, SecretFacts> {
  return new Map(secrets.map((secret) => [secret.metadata?.namespace ?? '', secretFacts(secret)]));
}

function attachmentOf({ metadata, imagePullSecrets = [] }: ServiceAccount): {
  namespace: string;
  name: string;
  attached: boolean;
} {
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    attached: imagePullSecrets.some(({ name }) => name === SECRET_NAME),
  };
}

/** Half an answer would be counted as if it were a whole one. */
function firstHidden(seen: readonly Seen<unknown>[]): { kind: 'hidden'; why: string } | undefined {
  return seen.find((one) => one.kind === 'hidden');
}

function valuesOf<T>(seen: readonly Seen<T>[]): T[] {
  return seen.flatMap((one) => (one.kind === 'seen' ? [one.value] : []));
}

function all(resource: string): string {
  return resourcePath({ apiVersion: 'v1', resource });
}
