import type { IdentitySettings } from '../alibaba/identity/identity-settings.ts';
import type { Config } from '../config/options.ts';

/** Picks the part of the configuration that says who we are. */
export function identitySettings(config: Config): IdentitySettings {
  const { accessKeyId, accessKeySecret, securityToken, roleArn, oidcProviderArn, oidcTokenFile } = config;
  const { ecsRoleName, credentialsFile, credentialsProfile, roleSessionName } = config;
  return {
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(accessKeySecret === undefined ? {} : { accessKeySecret }),
    ...(securityToken === undefined ? {} : { securityToken }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(oidcProviderArn === undefined ? {} : { oidcProviderArn }),
    ...(oidcTokenFile === undefined ? {} : { oidcTokenFile }),
    ...(ecsRoleName === undefined ? {} : { ecsRoleName }),
    ...(credentialsFile === undefined ? {} : { credentialsFile }),
    credentialsProfile,
    roleSessionName,
  };
}
