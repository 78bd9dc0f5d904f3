import { mergeReading } from '../../credential-helper/config/last-good.ts';
import type { Finding, HelperConfig } from '../../credential-helper/config/model.ts';
import { readConfigMapData } from '../../credential-helper/config/reading/read-config.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { ConfigMap, KubeClient } from '../../kube/types.ts';
import { look } from './look.ts';

/** The configuration as a helper that starts now would take it. */
export type Configuration =
  | { kind: 'complete'; config: HelperConfig; findings: readonly Finding[] }
  | { kind: 'incomplete'; why: string; findings: readonly Finding[] }
  | { kind: 'hidden'; why: string };

/**
 * Reads the ConfigMap with the code of the helper. A running helper may know better: it keeps the last good value of each key.
 * @param configMap `namespace/name`.
 */
export async function readConfiguration(client: KubeClient, configMap: string): Promise<Configuration> {
  const [namespace = '', name = ''] = configMap.split('/');
  const path = resourcePath({ apiVersion: 'v1', namespace, resource: 'configmaps', name });
  const seen = await look(client.get<ConfigMap>(path));
  if (seen.kind === 'hidden') return seen;
  if (seen.kind === 'absent') {
    return {
      kind: 'incomplete',
      why: `there is no ConfigMap ${configMap}. (With --managed-config-file, only the helper knows its configuration.)`,
      findings: [],
    };
  }
  const { state, findings } = mergeReading({}, readConfigMapData(seen.value.data ?? {}));
  return state.kind === 'complete'
    ? { kind: 'complete', config: state.config, findings }
    : { kind: 'incomplete', why: state.why, findings };
}
