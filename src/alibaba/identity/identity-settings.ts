import { Secret } from '../../secret.ts';

/** The kinds of identity that can be asked for. */
export const identityKinds = ['auto', 'access-key', 'rrsa', 'ecs-role', 'file'] as const;

export type IdentityKind = (typeof identityKinds)[number];

/** What is configured about the component's own identity, wherever it was configured. */
export interface IdentitySettings {
  accessKeyId?: string;
  accessKeySecret?: Secret;
  /** Beside an access key that is that of a session; it is not renewed. */
  securityToken?: Secret;
  roleArn?: string;
  oidcProviderArn?: string;
  oidcTokenFile?: string;
  ecsRoleName?: string;
  credentialsFile?: string;
  /** Section of the credentials file. */
  credentialsProfile?: string;
  roleSessionName?: string;
}

/** Reads the variables that the vendor's own tools use. Empty ones count as absent. */
export function identitySettingsOf(env: Readonly<Record<string, string | undefined>>): IdentitySettings {
  const settings: IdentitySettings = {};
  const texts = {
    accessKeyId: 'ALIBABA_CLOUD_ACCESS_KEY_ID',
    roleArn: 'ALIBABA_CLOUD_ROLE_ARN',
    oidcProviderArn: 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN',
    oidcTokenFile: 'ALIBABA_CLOUD_OIDC_TOKEN_FILE',
    ecsRoleName: 'ALIBABA_CLOUD_ECS_METADATA',
    credentialsFile: 'ALIBABA_CLOUD_CREDENTIALS_FILE',
    credentialsProfile: 'ALIBABA_CLOUD_PROFILE',
    roleSessionName: 'ALIBABA_CLOUD_ROLE_SESSION_NAME',
  } as const;
  for (const name of Object.keys(texts) as (keyof typeof texts)[]) {
    const value = env[texts[name]]?.trim();
    if (value) settings[name] = value;
  }
  const secret = env['ALIBABA_CLOUD_ACCESS_KEY_SECRET']?.trim();
  if (secret) settings.accessKeySecret = new Secret(secret);
  const token = env['ALIBABA_CLOUD_SECURITY_TOKEN']?.trim();
  if (token) settings.securityToken = new Secret(token);
  return settings;
}
