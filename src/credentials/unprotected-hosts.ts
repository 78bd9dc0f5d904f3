import type { Problem } from '../annotations/types.ts';
import { withoutDefaultPort } from '../images/registry-host.ts';
import type { HostOutcome } from './types.ts';

/** Members of a create request that take the protection off a registry, with the annotations they come from. */
const switches = {
  plainHttpRegistry: 'k8s.aliyun.com/plain-http-registry',
  insecureRegistry: 'k8s.aliyun.com/insecure-registry',
} as const;

/**
 * Finds registries that get a password from a role chain while an annotation has them pulled without verified TLS. Aliases of
 * hosts and custom name servers count for pulls, too: together they would send the password to any address that the author
 * of the object likes. What users wrote into an imagePullSecret themselves is their own affair.
 * @param request lists of hosts, separated by commas.
 */
export function unprotectedHosts(
  outcomes: readonly HostOutcome[],
  request: { plainHttpRegistry?: string; insecureRegistry?: string },
): Problem[] {
  const served = outcomes.flatMap(({ kind, host }) => (kind === 'resolved' || kind === 'forwarded' ? [host] : []));
  return (['plainHttpRegistry', 'insecureRegistry'] as const).flatMap((name) => {
    const listed = new Set((request[name] ?? '').split(',').map(normalized));
    return served
      .filter((host) => listed.has(normalized(host)))
      .map((host) => ({
        key: switches[name],
        value: host,
        message:
          'A password from a role chain travels over verified TLS only. Take the host off this list, or write a credential for it into imagePullSecrets.',
      }));
  });
}

function normalized(host: string): string {
  return withoutDefaultPort(host.trim().toLowerCase());
}
