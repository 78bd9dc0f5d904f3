import { describeRole } from './describe-chain.ts';
import type { HopName } from './hop.ts';
import type { AcrEntry } from './types.ts';

/** One role that is assumed on the way to a registry. */
export interface ChainRole {
  roleArn: string;
  name: Extract<HopName, 'service role' | 'user role' | 'assumed role'>;
  /** Default 3600, which every role allows. */
  durationSeconds?: number;
}

/** The roles after the component's own identity, in order. An empty chain calls as the identity itself. */
export type RoleChain = readonly ChainRole[];

/** The chain that the annotations ask for: service role, then user role, as far as they are given. */
export function chainOfEntry(entry: AcrEntry): RoleChain {
  const chain: ChainRole[] = [];
  if (entry.serviceRoleArn !== undefined) chain.push({ roleArn: entry.serviceRoleArn, name: 'service role' });
  if (entry.userRoleArn !== undefined) chain.push({ roleArn: entry.userRoleArn, name: 'user role' });
  return chain;
}

/** @returns a cache key of the chain; RAM treats role names without regard to case. */
export function chainKey(chain: RoleChain): string {
  return JSON.stringify(chain.map((role) => [role.roleArn.toLowerCase(), role.durationSeconds ?? 0]));
}

/** Who calls at the end of a chain, in words: the last role, or the identity where there is none. */
export function callerOf(chain: RoleChain, identityDescription: string): string {
  const last = chain.at(-1);
  return last === undefined ? identityDescription : describeRole(last.roleArn);
}
