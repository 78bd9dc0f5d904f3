import type { AccessKey } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import type { IdentityKind, IdentitySettings } from './identity-settings.ts';

/** A decision about the component's own identity, with everything that building it takes. */
export type IdentityChoice =
  | { kind: 'access-key'; key: AccessKey }
  | { kind: 'rrsa'; roleArn: string; oidcProviderArn: string; tokenFile: string }
  | { kind: 'ecs-role'; roleName?: string }
  | { kind: 'file'; path: string; profile?: string };

/**
 * Decides who the component is. `auto` takes the access key, then a service account role, then the role of the ECS instance.
 * A setting that is there in part is an error, not a reason to go on as somebody else.
 * @throws EciKubeletError `NoIdentity` naming what is missing.
 */
export function selectIdentity(kind: IdentityKind, settings: IdentitySettings): IdentityChoice {
  switch (kind) {
    case 'access-key':
      return accessKeyChoice(settings);
    case 'rrsa':
      return rrsaChoice(settings);
    case 'ecs-role':
      return ecsRoleChoice(settings);
    case 'file':
      return fileChoice(settings);
    case 'auto':
      if (settings.accessKeyId || settings.accessKeySecret) return accessKeyChoice(settings);
      // A role ARN alone is no sign of RRSA: other tools use that variable for other things.
      if (settings.oidcTokenFile || settings.oidcProviderArn) return rrsaChoice(settings);
      return ecsRoleChoice(settings);
    default:
      return kind satisfies never;
  }
}

function accessKeyChoice({ accessKeyId, accessKeySecret, securityToken }: IdentitySettings): IdentityChoice {
  if (!accessKeyId || !accessKeySecret) {
    throw missing('access-key', { 'access key ID': accessKeyId, 'access key secret': accessKeySecret });
  }
  return {
    kind: 'access-key',
    key: { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) },
  };
}

function rrsaChoice({ roleArn, oidcProviderArn, oidcTokenFile: tokenFile }: IdentitySettings): IdentityChoice {
  if (!roleArn || !oidcProviderArn || !tokenFile) {
    throw missing('rrsa', { 'role ARN': roleArn, 'OIDC provider ARN': oidcProviderArn, 'OIDC token file': tokenFile });
  }
  return { kind: 'rrsa', roleArn, oidcProviderArn, tokenFile };
}

function ecsRoleChoice({ ecsRoleName: roleName }: IdentitySettings): IdentityChoice {
  return { kind: 'ecs-role', ...(roleName ? { roleName } : {}) };
}

function fileChoice({ credentialsFile: path, credentialsProfile: profile }: IdentitySettings): IdentityChoice {
  if (!path) throw missing('file', { 'credentials file': path });
  return { kind: 'file', path, ...(profile ? { profile } : {}) };
}

function missing(kind: IdentityKind, needed: Readonly<Record<string, unknown>>): EciKubeletError {
  const names = Object.entries(needed).flatMap(([name, value]) => (value ? [] : [name]));
  return new EciKubeletError('NoIdentity', `The identity "${kind}" lacks: ${names.join(', ')}`);
}
