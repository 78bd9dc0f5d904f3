/**
 * Which identity serves an entry, and through which roles. The rows are numbered as in `docs/credential-helper-identities.md`, which is
 * tested against them; the first that fits wins. Source: ACR documentation of aliyun-acr-credential-helper; the order is ours,
 * because the vendor documents none.
 */
import { describeRegistry } from '../../credentials/describe-chain.ts';
import type { ChainRole, RoleChain } from '../../credentials/role-chain.ts';
import { classifyRegistryHost } from '../../images/registry-host.ts';
import type { Finding, HelperConfig, RegistryEntry } from '../config/model.ts';
import type { BaseIdentity, EntryIdentity, PlannedEntry } from './model.ts';
import { describePlan } from './plan-description.ts';
import { fingerprintOf } from './plan-fingerprint.ts';

/** What entries are planned with, besides the configuration. */
export interface PlanContext {
  /** The base identity that is in effect. */
  base: BaseIdentity;
  /** Region of the cluster, for entries that name none. */
  ownRegion: string;
  /** Key of the configuration that holds the entries, for findings. Default `acr-registry-info`. */
  key?: string;
}

type Decision =
  | { kind: 'refused'; reason: Extract<Finding['reason'], 'EntryInvalid' | 'EntryUnsupported'>; text: string }
  | { kind: 'served'; identity: EntryIdentity; chain: RoleChain };

/** Ids of Personal Edition instances with a host of their own. */
const DEDICATED_PERSONAL_ID = /^crpi-/;

/**
 * Decides for every entry who asks for its password, through which roles, and in which region; or why nobody does. Makes no call.
 * @returns one element per entry, in the order of the configuration.
 */
export function planEntries(config: HelperConfig, context: PlanContext): PlannedEntry[] {
  return config.entries.map((entry) => planEntry(entry, config, context));
}

function planEntry(entry: RegistryEntry, config: HelperConfig, context: PlanContext): PlannedEntry {
  const { instanceId, position } = entry;
  const regionId = entry.regionId ?? context.ownRegion;
  const decision = decide(entry, config, context);
  if (decision.kind === 'refused') {
    const { key = 'acr-registry-info' } = context;
    const { reason, text } = decision;
    const where = `${key}, entry ${position} (${describeRegistry(instanceId, regionId)})`;
    const message = `${where}: ${text}. The entry is not served, others are`;
    return { kind: 'refused', entry, finding: { reason, key, message, position } };
  }
  const { identity, chain } = decision;
  const way = { entry, regionId, identity, chain, ...(instanceId === undefined ? {} : { instanceId }) };
  return { kind: 'served', plan: { ...way, description: describePlan(way), fingerprint: fingerprintOf(way) } };
}

function decide(entry: RegistryEntry, { rrsaEnabled }: HelperConfig, { base }: PlanContext): Decision {
  // Row 0: nothing else that such an entry may say makes it one that can be served.
  const dedicated = dedicatedPersonalNames(entry);
  if (dedicated.length > 0) {
    return unsupported(
      `${dedicated.join(', ')} belongs to a Personal Edition instance made on or after 2024-09-09, for which no temporary password is to be had; take it out of the entry and write a pull Secret for it by hand`,
    );
  }
  if (rrsaEnabled) return decideWithRrsa(entry);
  const { accessKey, assumeRoleArn } = entry;
  if (accessKey !== undefined) {
    // Row 5.
    const key = { accessKeyId: accessKey.id, accessKeySecret: accessKey.secret };
    return served(entry, { kind: 'access-key', key });
  }
  if (assumeRoleArn !== undefined && base === 'managed-role') {
    // Row 6. Source: the vendor's cross-account set-up by role assumption needs the worker role.
    return unsupported(
      'the managed role cannot assume the role in assumeRoleARN; set tokenMode to workerRole, or enable rrsa and name rrsaRoleARN and rrsaOIDCProviderRoleARN',
    );
  }
  // Rows 6 and 7.
  return served(entry, { kind: 'base', base });
}

/** Rows 1 to 4. */
function decideWithRrsa(entry: RegistryEntry): Decision {
  const { rrsaRoleArn: roleArn, rrsaProviderArn: providerArn } = entry;
  if (entry.instanceId === undefined) {
    return unsupported(
      'RRSA serves Enterprise Edition only; set instanceId to an Enterprise Edition instance, or turn rrsa off so that the base identity serves Personal Edition',
    );
  }
  if (entry.accessKey !== undefined) {
    return invalid(
      'customAccessKey and rrsa exclude each other; remove customAccessKey and customAccessKeySecret, or turn rrsa off',
    );
  }
  if (roleArn === undefined || providerArn === undefined) {
    const missing = [
      ...(roleArn === undefined ? ['rrsaRoleARN'] : []),
      ...(providerArn === undefined ? ['rrsaOIDCProviderRoleARN'] : []),
    ];
    return invalid(`rrsa is on, and the entry lacks ${missing.join(' and ')}`);
  }
  return served(entry, { kind: 'rrsa', roleArn, providerArn });
}

/** The names in an entry that are those of Personal Edition instances of the new kind, which have hosts of their own. */
function dedicatedPersonalNames({ instanceId, domains = [] }: RegistryEntry): string[] {
  // The port says which service of the host is meant, not whose host it is.
  const hosts = domains.filter((host) => classifyRegistryHost(host.replace(/:\d+$/, '')).kind === 'personal-dedicated');
  return instanceId !== undefined && DEDICATED_PERSONAL_ID.test(instanceId) ? [instanceId, ...hosts] : hosts;
}

function served({ assumeRoleArn, expireDurationSeconds }: RegistryEntry, identity: EntryIdentity): Decision {
  if (assumeRoleArn === undefined) return { kind: 'served', identity, chain: [] };
  const role: ChainRole = { roleArn: assumeRoleArn, name: 'assumed role', durationSeconds: expireDurationSeconds };
  return { kind: 'served', identity, chain: [role] };
}

function unsupported(text: string): Decision {
  return { kind: 'refused', reason: 'EntryUnsupported', text };
}

function invalid(text: string): Decision {
  return { kind: 'refused', reason: 'EntryInvalid', text };
}
