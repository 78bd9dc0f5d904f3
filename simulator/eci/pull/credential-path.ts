import type { Owner } from '../resource-store.ts';
import type { RequestedCredential, RequestedRegistryInfo } from '../parameters/credentials.ts';
import { readAcrHost, withoutPort } from '../../registry/acr-host.ts';
import { namespaceOwner, resolveRegistry } from '../../registry/resolve-registry.ts';
import type { Registries } from '../../registry/resolve-registry.ts';
import type { ImageReference } from './image-reference.ts';
import type { PullCredentials } from './pull-credentials.ts';

/** What ECI asks a password for. Without instance: the Personal Edition of the region. */
export interface PasswordTarget {
  readonly instanceId?: string;
  readonly regionId: string;
}

/** One way to authenticate to the registry of an image. */
export type CredentialPath =
  | { kind: 'credential'; login: RequestedCredential }
  | { kind: 'acr-entry'; entry: RequestedRegistryInfo; target: PasswordTarget }
  | { kind: 'service-linked-role'; target: PasswordTarget }
  | { kind: 'anonymous' };

/** Ways in the order in which they are tried; the first that succeeds ends the pull. */
export interface CredentialPaths {
  readonly paths: readonly CredentialPath[];
  /** Something that the cloud would not mention. */
  readonly warning?: string;
}

/**
 * Decides how to authenticate for one image. Pure.
 *
 * An explicit login wins. Then every registry entry that can be about the host, those that name an instance first; an entry
 * that fails is not made up for by the service-linked role, or narrowing a pull to a role would mean nothing. Then, for
 * registries of the owner's own account, the service-linked role. Source: ECI help centre, pull images without a secret.
 */
export function credentialPaths(
  image: ImageReference,
  owner: Owner,
  options: { credentials: PullCredentials; registries: Registries },
): CredentialPaths {
  const { credentials, registries } = options;
  const login = credentials.logins.find(({ Server }) => serverName(Server) === image.host);
  const entries = entryPaths(image.host, owner, options);
  if (login !== undefined) {
    const warning = `${image.host} is covered by an ImageRegistryCredential and by an AcrRegistryInfo; the credential was used`;
    return { paths: [{ kind: 'credential', login }], ...(entries.length === 0 ? {} : { warning }) };
  }
  if (entries.length > 0) {
    return { paths: entries };
  }
  const own = ownRegistry(image, owner, registries);
  return { paths: [own === undefined ? { kind: 'anonymous' } : { kind: 'service-linked-role', target: own }] };
}

function entryPaths(
  host: string,
  owner: Owner,
  { credentials, registries }: { credentials: PullCredentials; registries: Registries },
): CredentialPath[] {
  const instance = registries.acr.byHost(withoutPort(host));
  const byInstance: CredentialPath[] = [];
  const byRole: CredentialPath[] = [];
  for (const entry of credentials.entries) {
    if (entry.InstanceId !== undefined) {
      const regionId = entry.RegionId ?? owner.regionId;
      const owns = instance?.instanceId === entry.InstanceId && instance.regionId === regionId;
      const selected = entry.Domain === undefined || entry.Domain.some((domain) => serverName(domain) === host);
      if (owns && selected) {
        byInstance.push({ kind: 'acr-entry', entry, target: { instanceId: entry.InstanceId, regionId } });
      }
    } else if (entry.ArnService !== undefined) {
      const target = defaultHostTarget(host, registries);
      if (target !== undefined) {
        byRole.push({ kind: 'acr-entry', entry, target });
      }
    }
  }
  return [...byInstance, ...byRole];
}

/** Entries without instance and the service-linked role serve the names that ACR gives out, never custom domains. */
function defaultHostTarget(host: string, { acr }: Registries): PasswordTarget | undefined {
  const name = readAcrHost(host);
  if (name?.edition === 'personal') {
    return { regionId: name.regionId };
  }
  const instance = name === undefined ? undefined : acr.byHost(withoutPort(host));
  return instance === undefined ? undefined : { instanceId: instance.instanceId, regionId: instance.regionId };
}

function ownRegistry(image: ImageReference, owner: Owner, registries: Registries): PasswordTarget | undefined {
  const target = defaultHostTarget(image.host, registries);
  const registry = resolveRegistry(image.host, registries);
  const accountId =
    registry?.kind === 'enterprise'
      ? registry.instance.accountId
      : registry?.kind === 'personal'
        ? namespaceOwner(registry.registries, image.repository)?.accountId
        : undefined;
  return accountId === owner.accountId ? target : undefined;
}

/** Docker configurations call Docker Hub by an older name. */
function serverName(server: string): string {
  const name = server.toLowerCase();
  return name === 'index.docker.io' || name === 'registry-1.docker.io' ? 'docker.io' : name;
}
