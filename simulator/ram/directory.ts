/** The accounts, users, roles and OIDC providers of a fixture, with their policies read. */
import type { Fixture, FixtureOidcKeys, FixtureOidcProvider, FixturePolicy } from '../fixtures/fixture.ts';
import type { AccessKeyRecord } from '../signature/access-key-record.ts';
import type { Principal } from '../types.ts';
import {
  parsePermissionPolicy,
  parseTrustPolicy,
  PolicyGrammarError,
  type PermissionStatement,
  type TrustStatement,
} from './policy-document.ts';
import { systemPolicies } from './system-policies.ts';

/** Source: RAM API reference, CreateRole: MaxSessionDuration. */
const DEFAULT_MAX_SESSION_SECONDS = 3600;

export interface Role {
  /** In the case in which it was created. */
  arn: string;
  name: string;
  /** Numeric id, shown in `AssumedRoleId`. */
  roleId: string;
  accountId: string;
  maxSessionSeconds: number;
  trust: TrustStatement[];
  permissions: PermissionStatement[];
}

export interface OidcProvider extends FixtureOidcProvider {
  arn: string;
  accountId: string;
}

export interface RamDirectory {
  /** @returns undefined when the key is unknown. Session keys are not kept here. */
  findKey(accessKeyId: string): AccessKeyRecord | undefined;
  /** Compares without case. */
  findRole(roleArn: string): Role | undefined;
  findProvider(providerArn: string): OidcProvider | undefined;
  /**
   * Makes a provider that of another cluster. Trust policies that named its former issuer name the new one, as if the account had been
   * set up for that cluster.
   * @returns undefined when there is no such provider.
   */
  changeProvider(providerArn: string, change: { issuer?: string; keys?: FixtureOidcKeys }): OidcProvider | undefined;
  /** The identity policies of a user or role; empty for others. */
  permissionsOf(principalArn: string): readonly PermissionStatement[];
  /** Every user and role ARN, sorted. */
  principals(): string[];
}

/** @throws PolicyGrammarError naming the owner of a policy that cannot be read. */
export function createRamDirectory(fixture: Fixture): RamDirectory {
  const keys = new Map<string, AccessKeyRecord>();
  const roles = new Map<string, Role>();
  const users = new Map<string, { arn: string; permissions: PermissionStatement[] }>();
  const providers = new Map<string, OidcProvider>();

  for (const account of fixture.accounts) {
    const { accountId } = account;
    const addKeys = (
      accessKeys: readonly { accessKeyId: string; accessKeySecret: string; status?: string }[] | undefined,
      owner: Pick<Principal, 'kind' | 'arn'>,
    ): void => {
      for (const key of accessKeys ?? []) {
        keys.set(key.accessKeyId, {
          secret: key.accessKeySecret,
          active: key.status !== 'Inactive',
          principal: { ...owner, accountId, accessKeyId: key.accessKeyId },
        });
      }
    };
    addKeys(account.rootAccessKeys, { kind: 'root', arn: `acs:ram::${accountId}:root` });
    for (const user of account.users ?? []) {
      const arn = `acs:ram::${accountId}:user/${user.name}`;
      users.set(arn.toLowerCase(), { arn, permissions: permissionsFor(arn, user.policies) });
      addKeys(user.accessKeys, { kind: 'user', arn });
    }
    for (const role of account.roles ?? []) {
      const arn = `acs:ram::${accountId}:role/${role.name}`;
      roles.set(arn.toLowerCase(), {
        arn,
        name: role.name,
        roleId: numericId(arn),
        accountId,
        maxSessionSeconds: role.maxSessionDurationSeconds ?? DEFAULT_MAX_SESSION_SECONDS,
        trust: reading(`trust policy of ${arn}`, () => parseTrustPolicy(role.trust)),
        permissions: permissionsFor(arn, role.policies),
      });
    }
    for (const provider of account.oidcProviders ?? []) {
      const arn = `acs:ram::${accountId}:oidc-provider/${provider.name}`;
      providers.set(arn.toLowerCase(), { ...provider, arn, accountId });
    }
    for (const key of account.serviceAccessKeys ?? []) addKeys([key], { kind: 'service', arn: key.service });
  }

  return {
    findKey: (accessKeyId) => keys.get(accessKeyId),
    findRole: (roleArn) => roles.get(roleArn.toLowerCase()),
    findProvider: (providerArn) => providers.get(providerArn.toLowerCase()),
    changeProvider: (providerArn, change) => {
      const former = providers.get(providerArn.toLowerCase());
      if (former === undefined) return undefined;
      const provider = { ...former, ...change };
      providers.set(providerArn.toLowerCase(), provider);
      for (const condition of [...roles.values()].flatMap(({ trust }) =>
        trust.flatMap(({ conditions }) => conditions),
      )) {
        if (condition.key !== 'oidc:iss') continue;
        condition.values = condition.values.map((value) => (value === former.issuer ? provider.issuer : value));
      }
      return provider;
    },
    permissionsOf: (principalArn) =>
      (roles.get(principalArn.toLowerCase()) ?? users.get(principalArn.toLowerCase()))?.permissions ?? [],
    principals: () => [...users.values(), ...roles.values()].map(({ arn }) => arn).sort(),
  };
}

function permissionsFor(arn: string, policies: readonly FixturePolicy[] | undefined): PermissionStatement[] {
  return (policies ?? []).flatMap((policy, index) =>
    reading(`policies[${index}] of ${arn}`, () => {
      if (typeof policy !== 'string') return parsePermissionPolicy(policy);
      const document = systemPolicies[policy];
      if (document === undefined) {
        const known = Object.keys(systemPolicies).join(', ');
        throw new PolicyGrammarError(`${policy} is not a known system policy; known are ${known}`);
      }
      return parsePermissionPolicy(document);
    }),
  );
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PolicyGrammarError) throw new PolicyGrammarError(`${what}: ${error.message}`);
    throw error;
  }
}

/** A stable 18-digit id, as the cloud gives users and roles. */
export function numericId(arn: string): string {
  let hash = 14695981039346656037n;
  for (const byte of Buffer.from(arn.toLowerCase())) hash = ((hash ^ BigInt(byte)) * 1099511628211n) % 2n ** 64n;
  return `3${(hash % 10n ** 17n).toString().padStart(17, '0')}`;
}
