import { nodeProblems } from './configured-nodes.ts';
import type { Config } from './options.ts';

/** Settings that decide whether the access key is usable. */
type Identity = Pick<
  Config,
  | 'identity'
  | 'accessKeyId'
  | 'accessKeySecret'
  | 'securityToken'
  | 'roleArn'
  | 'oidcProviderArn'
  | 'oidcTokenFile'
  | 'credentialsFile'
>;

/**
 * Finds settings that are each valid and contradict each other. Pure.
 * @returns one sentence per problem.
 */
export function crossCheck(config: Config): string[] {
  const problems = identityProblems(config);
  if (config.idlePollIntervalMs < config.pollIntervalMs) {
    problems.push('--idle-poll-interval is shorter than --poll-interval; give the same or more');
  }
  if (config.zoneId !== undefined && !config.zoneId.startsWith(config.regionId)) {
    problems.push(
      `--zone-id: ${config.zoneId} is no zone of the region ${config.regionId}; give one of its zones or leave it out`,
    );
  }
  const tlsFiles = [config.kubeletTlsCertFile, config.kubeletTlsKeyFile];
  if (isPartial(tlsFiles) || (config.kubeletTls === 'files' && !isComplete(tlsFiles))) {
    problems.push(
      'The serving certificate is incomplete; give both --kubelet-tls-cert-file and --kubelet-tls-key-file',
    );
  }
  problems.push(...leaderProblems(config), ...nodeProblems(config));
  return problems;
}

function leaderProblems(config: Config): string[] {
  const { leaderElectLeaseDurationMs, leaderElectRenewDeadlineMs, leaderElectRetryPeriodMs } = config;
  if (leaderElectLeaseDurationMs % 1000 !== 0) return ['--leader-elect-lease-duration: give whole seconds'];
  if (
    leaderElectLeaseDurationMs > leaderElectRenewDeadlineMs &&
    leaderElectRenewDeadlineMs > leaderElectRetryPeriodMs
  ) {
    return [];
  }
  return [
    '--leader-elect-lease-duration, --leader-elect-renew-deadline and --leader-elect-retry-period: each must be more than the next; give for example 15s, 10s and 2s',
  ];
}

function identityProblems(config: Identity): string[] {
  const key = [config.accessKeyId, config.accessKeySecret];
  const rrsa = [config.roleArn, config.oidcProviderArn, config.oidcTokenFile];
  const problems: string[] = [];
  if (isPartial(key)) {
    problems.push(
      'The access key is incomplete; give both ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    );
  } else if (config.identity === 'access-key' && !isComplete(key)) {
    problems.push(
      '--identity access-key needs ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET; set both',
    );
  }
  if (config.securityToken !== undefined && config.accessKeyId === undefined) {
    problems.push(
      'A security token was given without its access key; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    );
  }
  // With an access key, auto never looks at RRSA; and a role ARN alone is no sign of it, because other tools use that variable.
  const usesRrsa =
    config.identity === 'rrsa' ||
    (config.identity === 'auto' && !isComplete(key) && rrsa.slice(1).some((part) => part !== undefined));
  if (usesRrsa && !isComplete(rrsa)) {
    problems.push('RRSA needs --role-arn, --oidc-provider-arn and --oidc-token-file; set all three');
  }
  if (config.identity === 'file' && config.credentialsFile === undefined) {
    problems.push('--identity file needs --credentials-file; give the path of a credentials file');
  }
  return problems;
}

function isComplete(parts: readonly unknown[]): boolean {
  return parts.every((part) => part !== undefined);
}

function isPartial(parts: readonly unknown[]): boolean {
  return !isComplete(parts) && parts.some((part) => part !== undefined);
}
