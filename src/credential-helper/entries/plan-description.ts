import { shortenAccessKeyId } from '../../credentials/describe-key.ts';
import { describeRegistry, describeRole } from '../../credentials/describe-chain.ts';
import { ADDON_SECRET } from '../names.ts';
import type { BaseIdentity, EntryIdentity, EntryPlan } from './model.ts';

const baseNames: Readonly<Record<BaseIdentity, string>> = {
  'managed-role': 'managed role',
  'worker-role': 'worker role',
  'addon-secret': `access key in ${ADDON_SECRET.namespace}/${ADDON_SECRET.name}`,
};

/** Says who asks first, without a secret: the same words in the plan, in errors and in `status`. */
export function describeEntryIdentity(identity: EntryIdentity): string {
  switch (identity.kind) {
    case 'base':
      return baseNames[identity.base];
    case 'rrsa':
      return `RRSA ${describeRole(identity.roleArn)}`;
    case 'access-key':
      return `access key ${shortenAccessKeyId(identity.key.accessKeyId)}`;
    default:
      return identity satisfies never;
  }
}

/** Says the whole way of an entry: `worker role → role b-role of 222 → instance cri-abc in cn-hangzhou`. */
export function describePlan(plan: Pick<EntryPlan, 'identity' | 'chain' | 'instanceId' | 'regionId'>): string {
  const roles = plan.chain.map(({ roleArn }) => describeRole(roleArn));
  const registry = describeRegistry(plan.instanceId, plan.regionId);
  return [describeEntryIdentity(plan.identity), ...roles, registry].join(' → ');
}
