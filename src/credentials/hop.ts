import { describeRole } from './describe-chain.ts';

/** What a step of a chain is for, as users know it from the annotations. */
export type HopName =
  | 'identity'
  | 'service role'
  | 'user role'
  | 'assumed role'
  | 'instance lookup'
  | 'registry password';

/** One step of a chain. The component's own identity is number 0, the first assumed role number 1. */
export interface Hop {
  number: number;
  name: HopName;
  /** Present for hops that assume a role. */
  roleArn?: string;
  /** Present for calls about one Enterprise instance. */
  instanceId?: string;
  /** Registry region, present for calls to the registry service. */
  regionId?: string;
  /** Who made the call, in words without secrets: `access key LTAI…`, `role role-assume of 1111`. */
  caller: string;
}

/** Names a hop in a sentence: `hop 2 (user role role-acr of 2222)`. */
export function describeHop(hop: Hop): string {
  return `hop ${hop.number} (${subjectOf(hop)})`;
}

function subjectOf(hop: Hop): string {
  switch (hop.name) {
    case 'identity':
      return hop.caller;
    case 'service role':
      return `service ${describeRole(hop.roleArn ?? '')}`;
    case 'user role':
      return `user ${describeRole(hop.roleArn ?? '')}`;
    case 'assumed role':
      return describeRole(hop.roleArn ?? '');
    case 'instance lookup':
    case 'registry password':
      return `${hop.name}, ${registryOf(hop)} in ${hop.regionId ?? 'an unknown region'}`;
    default:
      return hop.name satisfies never;
  }
}

function registryOf({ instanceId }: Hop): string {
  return instanceId === undefined ? 'registry' : `instance ${instanceId}`;
}
