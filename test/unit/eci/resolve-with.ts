import assert from 'node:assert/strict';
import type { CreateContainerGroupRequest } from '../../../src/alibaba/eci-requests.ts';
import { readReferences } from '../../../src/eci/references/read-references.ts';
import { readTokens } from '../../../src/eci/references/read-tokens.ts';
import { resolvePod } from '../../../src/eci/request/resolve-pod.ts';
import type { ResolvedPod } from '../../../src/eci/request/resolve-pod.ts';
import type { EciProviderConfig, ReferencePort } from '../../../src/eci/types.ts';
import type { Pod } from '../../../src/kube/types.ts';
import { revealText } from '../../../src/secret.ts';
import { testConfig } from './provider-setup.ts';

/** What becomes of a Pod in a cluster with these objects: read and resolved as for a create. */
export async function resolveWith(
  pod: Pod,
  cluster: ReferencePort,
  settings: Partial<EciProviderConfig> & { asked?: Partial<CreateContainerGroupRequest> } = {},
): Promise<ResolvedPod> {
  const { asked = {}, ...changed } = settings;
  const config = { ...testConfig, ...changed };
  const references = await readReferences(pod, cluster, { ...config, nowMs: 0, purpose: 'create' });
  const read = await readTokens(pod, cluster, config);
  assert.ok(read.kind === 'ready');
  return resolvePod({ pod, references: { ...references, tokens: read.tokens }, asked, config });
}

/** The variables of a container as text; `pod-ip` stands for what the service fills in. */
export function variablesOf({ containers }: ResolvedPod, container = 'app'): Record<string, string> {
  return Object.fromEntries(
    (containers.get(container)?.variables ?? []).map(({ key, value, fieldRef }) => [
      key,
      fieldRef === undefined ? revealText(value ?? '') : 'pod-ip',
    ]),
  );
}

/** The files of a volume as text. */
export function filesOf({ volumes }: ResolvedPod, name: string): Record<string, string> {
  const volume = volumes.find((candidate) => candidate.name === name);
  return Object.fromEntries(
    (volume?.configFileVolume?.configFileToPath ?? []).map(({ path, content }) => [
      path,
      Buffer.from(revealText(content), 'base64').toString('utf8'),
    ]),
  );
}
