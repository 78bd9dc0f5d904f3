import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentitySet, type IdentitySet } from '../../../../src/credential-helper/entries/identities.ts';
import type { EntryPlan } from '../../../../src/credential-helper/entries/model.ts';
import type { RegistryPassword, WantedLife } from '../../../../src/credentials/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { FakeCloud, HOUR_MS, refusal } from '../../credentials/fake-cloud.ts';

export const WORKER = 'worker';

/** The identities of the helper over a cloud in memory, whose metadata service and RRSA can be told what to give. */
export class IdentityBench {
  readonly cloud = new FakeCloud();
  readonly set: IdentitySet;
  /** How often each source of base sessions was asked. */
  readonly asked = { metadata: 0, oidc: 0 };
  /** Tokens as STS saw them. */
  readonly tokens: string[] = [];
  /** Of the next base sessions, milliseconds. */
  baseLifeMs = HOUR_MS;
  /** The metadata service goes on giving the session that it has. */
  sameSession = false;
  /** STS refuses tokens. */
  failing = false;
  readonly #folder: string;
  #worker: ReturnType<FakeCloud['startSession']> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    const { cloud } = this;
    const unused = (): Promise<never> => Promise.reject(new Error('not part of this test'));
    this.set = createIdentitySet({
      clock: cloud.clock,
      random: () => 0,
      logger: noLog,
      metrics: noMetrics,
      sts: {
        ...cloud.sts,
        getCallerIdentity: unused,
        assumeRoleWithOidc: async ({ roleArn, token, durationSeconds }) => {
          this.asked.oidc += 1;
          this.tokens.push(token.reveal());
          if (this.failing) throw refusal('AssumeRoleWithOIDC', 'AuthenticationFail.OIDCToken.Expired');
          return await Promise.resolve(cloud.startSession(roleArn, durationSeconds * 1000));
        },
      },
      cr: cloud.cr,
      metadata: {
        regionId: unused,
        roleName: () => Promise.resolve('node-role'),
        roleCredentials: () => {
          this.asked.metadata += 1;
          if (this.#worker === undefined || !this.sameSession)
            this.#worker = cloud.startSession(WORKER, this.baseLifeMs);
          return Promise.resolve(this.#worker);
        },
      },
      sessionName: 'eci-kubelet-test',
      managedTokenFile: join(folder, 'token-config'),
      rrsaTokenFile: join(folder, 'token'),
      addonKey: () => Promise.resolve({ accessKeyId: 'LTAIaddon', accessKeySecret: new Secret('s') }),
    });
  }

  static async open(): Promise<IdentityBench> {
    return new IdentityBench(await mkdtemp(join(tmpdir(), 'helper-identities-')));
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  async writeToken(token: string): Promise<void> {
    await writeFile(join(this.#folder, 'token'), `${token}\n`);
  }

  async password(plan: EntryPlan, wanted: WantedLife = {}): Promise<RegistryPassword> {
    const { regionId, instanceId } = plan;
    const target = { regionId, ...(instanceId === undefined ? {} : { instanceId }) };
    return await this.set.chainsFor(plan).password(plan.chain, target, wanted);
  }

  /** Renews as the keeper does: the new password must outlive the old one, and a failure is told. @returns life that it has left. */
  async renew(plan: EntryPlan, wanted: Partial<WantedLife> = {}): Promise<number> {
    const life = { minimumLifeMs: 20 * 60_000, freshOrFail: true, tryNow: true, ...wanted };
    return (await this.password(plan, life)).expiresAtMs - this.cloud.clock.nowMs();
  }
}
