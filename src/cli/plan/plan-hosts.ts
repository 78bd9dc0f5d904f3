import type { AcrRegistryInfo, ImageRegistryCredential } from '../../alibaba/eci-requests.ts';
import { planCredentials } from '../../credentials/plan.ts';
import type { HostPlan } from '../../credentials/plan.ts';
import type { AcrEntry, DeliveryMode } from '../../credentials/types.ts';
import { Secret } from '../../secret.ts';
import type { PlannedHost } from './object-plan.ts';

/** What the hosts of an object come to, and the credential fields of its request with stand-ins for what only a call can give. */
export interface PlannedCredentials {
  hosts: PlannedHost[];
  remarks: string[];
  imageRegistryCredentials: ImageRegistryCredential[];
  acrRegistryInfos: AcrRegistryInfo[];
}

const actions: Readonly<Record<DeliveryMode, string>> = {
  resolve: 'password from the chain',
  forward: 'ECI runs the chain',
  auto: 'password from the chain, or ECI runs it',
};

/**
 * Plans the credentials of an object offline: Secrets are not read, so an imagePullSecrets entry that would win is only remarked on.
 * @throws ImageReferenceError for an image that is no reference.
 */
export function planHosts(
  wanted: { images: readonly string[]; entries: readonly AcrEntry[]; pullSecretNames: readonly string[] },
  options: { delivery: DeliveryMode; regionId: string },
): PlannedCredentials {
  const { delivery, regionId } = options;
  const plan = planCredentials(
    { images: wanted.images, entries: wanted.entries, pullSecrets: [] },
    { delivery, ownRegion: regionId, identity: delivery === 'forward' ? 'ECI' : 'own identity' },
  );
  const served = plan.hosts.filter((host) => host.decision.kind === 'entries');
  const remarks = plan.notes.map((note) => `${note.type}: ${note.message}`);
  if (wanted.pullSecretNames.length > 0) {
    remarks.push(
      `Normal: entries of ${wanted.pullSecretNames.join(', ')} win over the chains for their hosts; Secrets are not read here.`,
    );
  }
  return {
    hosts: plan.hosts.map((host) => describeHost(host, delivery)),
    remarks,
    imageRegistryCredentials:
      delivery === 'forward'
        ? []
        : served.map(({ host }) => ({ server: host, userName: '(from the chain)', password: new Secret('') })),
    acrRegistryInfos: delivery === 'forward' ? forwardedEntries(served) : [],
  };
}

function describeHost(plan: HostPlan, delivery: DeliveryMode): PlannedHost {
  const { host, images, decision, remark } = plan;
  const base = { host, images, chains: [], ...(remark === undefined ? {} : { remark }) };
  switch (decision.kind) {
    case 'same-account-default':
      return { ...base, action: 'none needed if ECI and the registry share the account' };
    case 'not-owned':
      return { ...base, action: `no credentials: not the host of ${decision.instanceIds.join(', ')}` };
    case 'pull-secret':
      return { ...base, action: `Secret ${decision.credential.source}` };
    case 'entries':
      return { ...base, action: actions[delivery], chains: decision.candidates.map(({ chain }) => chain.split(' → ')) };
    case 'anonymous':
    default:
      return { ...base, action: 'no credentials from us' };
  }
}

function forwardedEntries(served: readonly HostPlan[]): AcrRegistryInfo[] {
  const entries = served.flatMap(({ decision }) => (decision.kind === 'entries' ? decision.candidates : []));
  return [...new Set(entries.map(({ entry }) => entry))].map((entry) => ({
    ...(entry.instanceId === undefined ? {} : { instanceId: entry.instanceId }),
    ...(entry.instanceId === undefined || entry.regionId === undefined ? {} : { regionId: entry.regionId }),
    ...(entry.serviceRoleArn === undefined ? {} : { arnService: entry.serviceRoleArn }),
    ...(entry.userRoleArn === undefined ? {} : { arnUser: entry.userRoleArn }),
  }));
}
