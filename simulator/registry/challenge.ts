import { isOwnAddress } from './front-target.ts';
import type { ResolvedRegistry } from './resolve-registry.ts';

/** The service of the front's own address, at which every registry can be named. */
export const OWN_SERVICE = 'registry-front';

/**
 * Writes the challenge of a registry in ACR's form.
 * @param registry absent at the front's own address. @param scope absent for `/v2/`.
 * Observed: challenges of public ACR hosts, quoted in issues of container tools.
 */
export function challengeOf(
  host: string,
  options: { registry: ResolvedRegistry | undefined; frontUrl: string; scope?: string },
): string {
  const { registry, frontUrl, scope } = options;
  const isOwn = registry === undefined || isOwnAddress(host);
  const claimed = registry?.kind === 'other' ? registry.registry.challenge : undefined;
  const fields = {
    realm: isOwn ? `${frontUrl}/auth` : (claimed?.realm ?? realmOf(registry, host)),
    service: registry === undefined ? OWN_SERVICE : (claimed?.service ?? registry.service),
    ...(scope === undefined ? {} : { scope }),
  };
  return `Bearer ${Object.entries(fields)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}`;
}

function realmOf(registry: ResolvedRegistry, host: string): string {
  if (registry.kind === 'enterprise') {
    return `https://dockerauth-ee.${registry.instance.regionId}.aliyuncs.com/auth`;
  }
  return registry.kind === 'personal'
    ? `https://dockerauth.${registry.regionId}.aliyuncs.com/auth`
    : `https://${host}/auth`;
}
