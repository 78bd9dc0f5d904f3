import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloudCaller } from '../../src/alibaba/call.ts';
import { createCrClient } from '../../src/alibaba/cr.ts';
import { createMetadataClient } from '../../src/alibaba/metadata.ts';
import { createRateBudget } from '../../src/alibaba/rate-budget.ts';
import { createStsClient } from '../../src/alibaba/sts.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { RegistryEntry } from '../../src/credential-helper/config/model.ts';
import { createIdentitySet, type IdentitySet } from '../../src/credential-helper/entries/identities.ts';
import type { BaseIdentity } from '../../src/credential-helper/entries/model.ts';
import type { PlanContext } from '../../src/credential-helper/entries/plan-entries.ts';
import { Secret } from '../../src/secret.ts';
import { noLog, noMetrics } from '../../src/telemetry/types.ts';
import { oidcProviderArn } from '../support/cluster-tokens.ts';
import { accounts, accountOf, allowing, putRole, trusting, writeFixture } from '../support/fixture-file.ts';
import { writeManagedToken } from '../support/managed-token-file.ts';
import { startSimulatorProcess, type SimulatorProcess } from '../support/simulator-process.ts';
import { servedPlan } from '../support/entry-plans.ts';

const MINUTE_MS = 60_000;
const A = `acs:ram::${accounts.a}`;
const B = `acs:ram::${accounts.b}`;
const OWN = { instanceId: 'cri-a1b2c3d4e5f6g7h8' } as const;
const OTHER = { instanceId: 'cri-b9n8m7l6k5j4h3g2' } as const;
const RRSA = { rrsaProviderArn: oidcProviderArn } as const;
const KEY_OF_B = { id: 'LTAI5tAcrPullB', secret: new Secret('CANARY-acr-pull-b') };
const ROLE_B = `${B}:role/acr-pull`;
const PULL = allowing('cr:GetAuthorizationToken', 'cr:ListInstanceEndpoint', 'cr:PullRepository');
const USER_OF_B = `${B}:user/acr-pull`;

interface Way {
  entry: Partial<RegistryEntry>;
  base?: BaseIdentity;
  rrsa?: boolean;
  /** Who asks for the password in the end. */
  asker: string;
  /** Calls of a renewal before the password is asked for. */
  renews: string[];
}

const ways: Record<string, Way> = {
  'managed role': { entry: OWN, base: 'managed-role', asker: `${A}:role/AliyunCSManagedAcrRole`, renews: [] },
  'worker role': { entry: OWN, asker: `${A}:role/eci-kubelet-ecs`, renews: [] },
  'worker role → role B': { entry: { ...OTHER, assumeRoleArn: ROLE_B }, asker: ROLE_B, renews: ['AssumeRole'] },
  'role A': {
    entry: { ...OWN, ...RRSA, rrsaRoleArn: `${A}:role/acr-helper-rrsa-own` },
    rrsa: true,
    asker: `${A}:role/acr-helper-rrsa-own`,
    renews: ['AssumeRoleWithOIDC'],
  },
  'role A → role B': {
    entry: { ...OTHER, ...RRSA, rrsaRoleArn: `${A}:role/acr-helper-rrsa`, assumeRoleArn: ROLE_B },
    rrsa: true,
    asker: ROLE_B,
    renews: ['AssumeRoleWithOIDC', 'AssumeRole'],
  },
  'access key of B': { entry: { ...OTHER, accessKey: KEY_OF_B }, asker: USER_OF_B, renews: [] },
  'access key of B → role B': {
    entry: { ...OTHER, accessKey: KEY_OF_B, assumeRoleArn: ROLE_B },
    asker: ROLE_B,
    renews: ['AssumeRole'],
  },
  'add-on key': { entry: OTHER, base: 'addon-secret', asker: USER_OF_B, renews: [] },
  'add-on key → role B': {
    entry: { ...OTHER, assumeRoleArn: ROLE_B },
    base: 'addon-secret',
    asker: ROLE_B,
    renews: ['AssumeRole'],
  },
  'Personal Edition by the worker role': { entry: {}, asker: `${A}:role/eci-kubelet-ecs`, renews: [] },
};

describe('the chains of the credential helper, against services that check signatures, trust and policies', function () {
  this.timeout(60_000);
  let simulator: SimulatorProcess;
  let dir: string;
  let set: IdentitySet;
  let offsetMs = 0;
  /** Moves with the simulator's time of sessions; requests are dated by the real one. */
  const movedClock: Clock = {
    nowMs: () => systemClock.nowMs() + offsetMs,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };

  before(async () => {
    const fixture = await writeFixture((world) => {
      world.metadata = { ...world.metadata, mode: 'required' };
      const ram = [`${A}:role/acr-helper-rrsa`, `${A}:role/eci-kubelet-ecs`, USER_OF_B];
      putRole(world, accounts.b, { name: 'acr-pull', trust: trusting({ ram }), policies: [PULL] });
      const user = accountOf(world, accounts.b).users?.find(({ name }) => name === 'acr-pull');
      user?.policies?.push('AliyunSTSAssumeRoleAccess');
    });
    simulator = await startSimulatorProcess({ fixture });
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-chains-'));
    await renewFiles();
    set = createSet();
  });

  after(async () => {
    await simulator?.stop();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  /** What Container Service and kubelet do in a cluster. */
  async function renewFiles(): Promise<void> {
    await writeManagedToken(join(dir, 'managed'), simulator);
    const subject = 'system:serviceaccount:kube-system:aliyun-acr-credential-helper';
    const { token } = await simulator.control('/_sim/oidc-token', { provider: oidcProviderArn, subject });
    await writeFile(join(dir, 'rrsa'), `${String(token)}\n`);
  }

  function createSet(): IdentitySet {
    const clock = systemClock;
    const budget = createRateBudget({ clock, metrics: noMetrics });
    const call = createCloudCaller({ clock, budget, metrics: noMetrics, log: noLog });
    const flag = (name: string): string => simulator.flags[simulator.flags.indexOf(name) + 1] ?? '';
    const common = { call, clock, userAgent: 'test' };
    return createIdentitySet({
      clock: movedClock,
      random: () => 0,
      logger: noLog,
      metrics: noMetrics,
      sts: createStsClient({ ...common, regionId: 'cn-hangzhou', endpoint: { override: flag('--sts-endpoint') } }),
      cr: createCrClient({ ...common, endpoint: { override: flag('--cr-endpoint') } }),
      metadata: createMetadataClient({ call, clock, endpoint: flag('--metadata-endpoint') }),
      sessionName: 'eci-kubelet-test',
      managedTokenFile: join(dir, 'managed'),
      rrsaTokenFile: join(dir, 'rrsa'),
      addonKey: () => Promise.resolve({ accessKeyId: KEY_OF_B.id, accessKeySecret: KEY_OF_B.secret }),
    });
  }

  for (const [name, { entry, base = 'worker-role', rrsa = false, asker, renews }] of Object.entries(ways)) {
    it(`${name}: gives a password, and renews it with a new session`, async () => {
      const context: Partial<PlanContext> & { rrsa: boolean } = { base, rrsa };
      const plan = servedPlan(entry, context);
      const target = {
        regionId: plan.regionId,
        ...(plan.instanceId === undefined ? {} : { instanceId: plan.instanceId }),
      };
      const first = await set.chainsFor(plan).password(plan.chain, target);

      const leftMs = first.expiresAtMs - movedClock.nowMs();
      const stepMs = Math.max(0, leftMs - 15 * MINUTE_MS);
      await simulator.advance(stepMs);
      offsetMs += stepMs;
      await renewFiles();
      const before = (await simulator.journal()).length;
      const minimumLifeMs = 20 * MINUTE_MS;
      const wanted = { minimumLifeMs, freshOrFail: true, tryNow: true };
      const second = await set.chainsFor(plan).password(plan.chain, target, wanted);

      assert.ok(second.expiresAtMs - movedClock.nowMs() >= minimumLifeMs, 'the password lives on');
      assert.ok(second.expiresAtMs > first.expiresAtMs);
      const calls = (await simulator.journal()).slice(before).filter(({ product }) => product !== 'metadata');
      assert.deepEqual(
        calls.map(({ action, result }) => `${action} ${result}`),
        [...renews, 'GetAuthorizationToken'].map((action) => `${action} OK`),
      );
      assert.match(calls.at(-1)?.principalArn ?? '', new RegExp(`^${asker}`));
    });
  }
});
