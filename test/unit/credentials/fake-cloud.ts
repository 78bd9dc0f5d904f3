import { AlibabaCloudError, type AccessDeniedDetail } from '../../../src/alibaba/errors.ts';
import { createCredentialResolver, type CredentialResolverOptions } from '../../../src/credentials/resolver.ts';
import type {
  AccessKey,
  AcrEntry,
  CredentialRequest,
  CredentialResolver,
  CrInstance,
  CrPort,
  Identity,
  RegistryChallenge,
  RegistryPassword,
  RegistryProbePort,
  StsPort,
} from '../../../src/credentials/types.ts';
import { Secret } from '../../../src/secret.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export const SERVICE_ROLE = 'acs:ram::1111:role/role-assume';
export const USER_ROLE = 'acs:ram::2222:role/role-acr';
export const OWN = 'access key LTAIexample';
export const HOUR_MS = 3_600_000;

/** Every secret that the fake hands out begins with this, so that a test can search for it. */
export const SECRET_MARK = 'S3CRET';

export interface FakeInstance extends CrInstance {
  regionId: string;
  /** Principals that may use it: {@link OWN} or role ARNs. */
  usableBy: string[];
  domains: { domain: string; type: 'SYSTEM' | 'USER' }[];
}

/** One call as the cloud saw it. */
export interface SeenCall {
  action: string;
  /** {@link OWN}, or the ARN of the role whose session it was. */
  principal: string;
  target: string;
  policy?: string;
  sessionName?: string;
}

type Fault = (call: SeenCall) => AlibabaCloudError | undefined;

/** STS, CR and registries in memory: sessions expire, passwords inherit the life of the session, trust is checked. */
export class FakeCloud {
  readonly clock = new FakeClock();
  readonly calls: SeenCall[] = [];
  readonly probes: string[] = [];
  readonly instances: FakeInstance[] = [];
  readonly challenges = new Map<string, RegistryChallenge>();
  /** Role ARN to the principals it trusts. */
  readonly trust = new Map<string, string[]>();
  /** Principals that are registered with Personal Edition. */
  readonly personalUsers = new Set<string>();
  /** The first fault that applies wins over the normal answer. */
  readonly faults: Fault[] = [];
  /** Calls wait for this, so that tests can pile callers up. */
  gate: Promise<void> = Promise.resolve();
  ownKeyId = 'LTAIexample';
  ownKeyExpiresAtMs: number | undefined;
  #serial = 0;
  readonly #sessions = new Map<string, { principal: string; expiresAtMs: number }>();

  readonly identity: Identity = {
    description: OWN,
    accessKey: async () => ({
      accessKeyId: this.ownKeyId,
      accessKeySecret: new Secret(`${SECRET_MARK}-own`),
      ...(this.ownKeyExpiresAtMs === undefined ? {} : { expiresAtMs: this.ownKeyExpiresAtMs }),
    }),
  };

  readonly sts: StsPort = {
    assumeRole: async ({ caller, roleArn, sessionName, durationSeconds, policy }) => {
      const call = { action: 'AssumeRole', target: roleArn, sessionName, ...(policy === undefined ? {} : { policy }) };
      const principal = await this.#enter(caller, call);
      const trusted = this.trust.get(roleArn);
      if (trusted === undefined) throw refusal('AssumeRole', 'EntityNotExist.Role');
      if (!trusted.includes(principal)) throw refusal('AssumeRole', 'NoPermission', { policyType: 'AssumeRolePolicy' });
      return this.#newSession(roleArn, durationSeconds * 1000);
    },
  };

  readonly cr: CrPort = {
    instancePassword: async ({ caller, regionId, instanceId }) => {
      const principal = await this.#enter(caller, {
        action: 'GetAuthorizationToken',
        target: `${regionId}:${instanceId}`,
      });
      const instance = this.instances.find((row) => row.instanceId === instanceId && row.regionId === regionId);
      if (!instance?.usableBy.includes(principal)) throw refusal('GetAuthorizationToken', 'INSTANCE_NOT_EXIST');
      return this.#newPassword(caller, `${instanceId}:${principal}`);
    },
    personalPassword: async ({ caller, regionId }) => {
      const principal = await this.#enter(caller, { action: 'GetAuthorizationToken', target: regionId });
      if (!this.personalUsers.has(principal)) throw refusal('GetAuthorizationToken', 'USER_NOT_EXIST');
      return this.#newPassword(caller, `personal:${principal}`);
    },
    findInstances: async ({ caller, regionId, instanceName }) => {
      const principal = await this.#enter(caller, { action: 'ListInstance', target: `${regionId}:${instanceName}` });
      return this.instances.filter(
        (row) => row.regionId === regionId && row.instanceName === instanceName && row.usableBy.includes(principal),
      );
    },
    instanceDomains: async ({ caller, regionId, instanceId }) => {
      const principal = await this.#enter(caller, {
        action: 'ListInstanceEndpoint',
        target: `${regionId}:${instanceId}`,
      });
      const instance = this.instances.find((row) => row.instanceId === instanceId && row.regionId === regionId);
      if (!instance?.usableBy.includes(principal)) throw refusal('ListInstanceEndpoint', 'INSTANCE_NOT_EXIST');
      return instance.domains;
    },
  };

  readonly probe: RegistryProbePort = {
    challenge: async (host) => {
      this.probes.push(host);
      await this.gate;
      return this.challenges.get(host);
    },
  };

  /** The documented cross-account set-up: account 2222 owns instance cri-a (demo) in cn-hangzhou with a custom domain. */
  static crossAccount(): FakeCloud {
    const cloud = new FakeCloud();
    cloud.trust.set(SERVICE_ROLE, [OWN]);
    cloud.trust.set(USER_ROLE, [SERVICE_ROLE]);
    cloud.addInstance({ instanceId: 'cri-a', usableBy: [USER_ROLE] });
    return cloud;
  }

  addInstance(instance: Partial<FakeInstance> & { instanceId: string }): void {
    const { instanceName = 'demo', regionId = 'cn-hangzhou' } = instance;
    this.instances.push({
      instanceName,
      regionId,
      instanceStatus: 'RUNNING',
      usableBy: [],
      domains: [
        { domain: `${instanceName}-registry.${regionId}.cr.aliyuncs.com`, type: 'SYSTEM' },
        { domain: 'images.example.com', type: 'USER' },
      ],
      ...instance,
    });
  }

  /** Makes calls of an action fail until `until` says otherwise. */
  fail(action: string, error: () => AlibabaCloudError, applies: (call: SeenCall) => boolean = () => true): () => void {
    const fault: Fault = (call) => (call.action === action && applies(call) ? error() : undefined);
    this.faults.push(fault);
    return () => this.faults.splice(this.faults.indexOf(fault), 1);
  }

  /** Starts a session without anybody's call, as the metadata service and RRSA do. */
  startSession(principal: string, lifeMs: number): AccessKey {
    return this.#newSession(principal, lifeMs);
  }

  /** Ends every session at once, as when a role is edited. */
  revokeSessions(): void {
    this.#sessions.clear();
  }

  count(action: string): number {
    return this.calls.filter((call) => call.action === action).length;
  }

  resolver(options: Partial<CredentialResolverOptions> = {}): CredentialResolver {
    const { identity, sts, cr, probe, clock } = this;
    return createCredentialResolver({
      identity,
      sts,
      cr,
      probe,
      clock,
      random: () => 0,
      delivery: 'resolve',
      ownRegion: 'cn-hangzhou',
      ...options,
    });
  }

  async #enter(caller: AccessKey, call: Omit<SeenCall, 'principal'>): Promise<string> {
    const session = this.#sessions.get(caller.accessKeyId);
    const principal = session?.principal ?? OWN;
    const seen = { ...call, principal };
    this.calls.push(seen);
    await this.gate;
    for (const fault of this.faults) {
      const error = fault(seen);
      if (error !== undefined) throw error;
    }
    if (caller.accessKeyId.startsWith('STS.') && session === undefined) {
      throw refusal(call.action, 'InvalidSecurityToken.Expired');
    }
    if (session !== undefined && session.expiresAtMs <= this.clock.nowMs()) {
      throw refusal(call.action, 'InvalidSecurityToken.Expired');
    }
    return principal;
  }

  #newSession(principal: string, lifeMs: number): AccessKey {
    this.#serial += 1;
    const accessKeyId = `STS.${this.#serial}`;
    const expiresAtMs = this.clock.nowMs() + lifeMs;
    this.#sessions.set(accessKeyId, { principal, expiresAtMs });
    return {
      accessKeyId,
      accessKeySecret: new Secret(`${SECRET_MARK}-key-${this.#serial}`),
      securityToken: new Secret(`${SECRET_MARK}-token-${this.#serial}`),
      expiresAtMs,
    };
  }

  #newPassword(caller: AccessKey, text: string): RegistryPassword {
    this.#serial += 1;
    return {
      userName: 'cr_temp_user',
      password: new Secret(`${SECRET_MARK}:${text}:${this.#serial}`),
      expiresAtMs: caller.expiresAtMs ?? this.clock.nowMs() + HOUR_MS,
    };
  }
}

/** A failed call as the wrapper reports it. */
export function refusal(action: string, code: string, accessDenied?: AccessDeniedDetail): AlibabaCloudError {
  return new AlibabaCloudError({
    code,
    message: 'as the cloud words it',
    action,
    requestId: 'REQ-1',
    ...(accessDenied === undefined ? {} : { accessDenied }),
  });
}

export function requestOf(images: readonly string[], ...entries: AcrEntry[]): CredentialRequest {
  return { images, entries, pullSecrets: [] };
}

/** The entry of the documented cross-account sample. */
export const CROSS_ACCOUNT: AcrEntry = { instanceId: 'cri-a', serviceRoleArn: SERVICE_ROLE, userRoleArn: USER_ROLE };
