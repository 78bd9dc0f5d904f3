/** What the name of an ACR host tells. The simulator reads names by its own rules, apart from those of the product. */
export type AcrHostName =
  | { edition: 'enterprise'; instanceName: string; regionId: string }
  | { edition: 'personal'; regionId: string };

const ENTERPRISE =
  /^([a-z0-9][a-z0-9-]*)-registry(?:-vpc|-internal)?(?:\.distributed)?\.([a-z0-9-]+)\.cr\.aliyuncs\.com$/;
const PERSONAL = /^registry(?:-intl)?(?:-vpc|-internal)?\.([a-z0-9-]+)\.aliyuncs\.com$/;

/**
 * Reads a default ACR host.
 * @param host may have a port, and capitals.
 * @returns undefined for custom domains and for every host that is not ACR's.
 * Source: ACR help centre, domain names of Personal and Enterprise Edition instances.
 */
export function readAcrHost(host: string): AcrHostName | undefined {
  const name = withoutPort(host);
  const enterprise = ENTERPRISE.exec(name);
  if (enterprise !== null) {
    return { edition: 'enterprise', instanceName: enterprise[1] ?? '', regionId: enterprise[2] ?? '' };
  }
  const personal = PERSONAL.exec(name);
  return personal === null ? undefined : { edition: 'personal', regionId: personal[1] ?? '' };
}

/** @returns the host name in lower case. */
export function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
