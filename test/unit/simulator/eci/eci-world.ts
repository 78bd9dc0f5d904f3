import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimClock } from '../../../../simulator/clock.ts';
import type { EciService } from '../../../../simulator/eci/eci-service.ts';
import type { Fixture, FixtureEci } from '../../../../simulator/fixtures/fixture.ts';
import { registerEci } from '../../../../simulator/eci/register.ts';
import { startRegistry } from '../../../../simulator/registry/front.ts';
import type { RegistryFront } from '../../../../simulator/registry/front.ts';
import { createSimulator } from '../../../../simulator/simulator.ts';
import type { Operation, Principal, Simulator } from '../../../../simulator/types.ts';

/** Two accounts: A runs instances, B owns registries that A pulls from through a chain of roles. */
export const ACCOUNT_A = '1111111111111111';
export const ACCOUNT_B = '2222222222222222';
export const REGION = 'cn-hangzhou';
export const INSTANCE_A = 'cri-aaaaaaaaaaaaaaaa';
export const INSTANCE_B = 'cri-bbbbbbbbbbbbbbbb';
export const HOST_A = 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com';
export const HOST_B = 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com';
export const CUSTOM_A = 'images.a.example.com';
export const CUSTOM_B = 'images.b.example.com';
export const PERSONAL = 'registry.cn-hangzhou.aliyuncs.com';
export const PRIVATE_HUB = 'harbor.example.com';
export const SERVICE_ROLE = `acs:ram::${ACCOUNT_A}:role/service`;
export const USER_ROLE = `acs:ram::${ACCOUNT_B}:role/user`;

const trustOf = (principal: Record<string, unknown>): Record<string, unknown> => ({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }],
});
const trustEci = trustOf({ Service: ['eci.aliyuncs.com'] });

const image = (host: string, repository = 'team/app') => ({ host, repository, tag: 'v1' });

/** A fresh fixture, to be changed at will. */
export function eciFixture(eci: FixtureEci = {}): Fixture {
  return {
    regionId: REGION,
    eci,
    accounts: [
      {
        accountId: ACCOUNT_A,
        users: [
          { name: 'admin', policies: ['AliyunECIFullAccess'] },
          { name: 'nobody', policies: [] },
        ],
        roles: [
          {
            name: 'service',
            trust: trustEci,
            policies: ['AliyunSTSAssumeRoleAccess', 'AliyunContainerRegistryReadOnlyAccess'],
          },
          { name: 'powerless', trust: trustEci },
          {
            name: 'untrusting',
            trust: trustOf({ Service: ['ecs.aliyuncs.com'] }),
            policies: ['AliyunContainerRegistryFullAccess'],
          },
          { name: 'AliyunServiceRoleForECI', trust: trustEci, policies: ['AliyunServiceRolePolicyForECI'] },
        ],
        instances: [{ instanceId: INSTANCE_A, instanceName: 'demo-a', regionId: REGION, userDomains: [CUSTOM_A] }],
        personalRegistries: [{ regionId: REGION, namespaces: ['team-a'] }],
        vSwitches: [
          { vSwitchId: 'vsw-1', vpcId: 'vpc-1', zoneId: 'cn-hangzhou-k', cidrBlock: '192.168.0.0/18' },
          { vSwitchId: 'vsw-tiny', vpcId: 'vpc-1', zoneId: 'cn-hangzhou-i', cidrBlock: '192.168.64.0/29' },
        ],
        securityGroups: [
          { securityGroupId: 'sg-1', vpcId: 'vpc-1' },
          { securityGroupId: 'sg-elsewhere', vpcId: 'vpc-2' },
        ],
      },
      {
        accountId: ACCOUNT_B,
        roles: [
          { name: 'user', trust: trustOf({ RAM: [SERVICE_ROLE] }), policies: ['AliyunContainerRegistryFullAccess'] },
        ],
        instances: [{ instanceId: INSTANCE_B, instanceName: 'demo-b', regionId: REGION, userDomains: [CUSTOM_B] }],
        personalRegistries: [{ regionId: REGION, namespaces: ['team-b'] }],
      },
    ],
    registries: [
      { host: 'docker.io' },
      { host: PRIVATE_HUB, credentials: [{ userName: 'robot', password: 'CANARY-hub' }] },
    ],
    images: [
      image(HOST_A),
      image(HOST_B),
      image(PERSONAL, 'team-a/app'),
      image(PERSONAL, 'team-b/app'),
      image('docker.io', 'library/nginx'),
      { ...image('docker.io', 'library/job'), exit: { afterMs: 1000, code: 3 } },
      image(PRIVATE_HUB),
    ],
  };
}

/** A world for tests: handlers are called directly, time is moved by hand, pulls are real HTTP. */
export interface EciWorld {
  readonly simulator: Simulator;
  readonly service: EciService;
  readonly registry: RegistryFront;
  /** Calls an action as the administrator of account A, or as `as`. RegionId is added. */
  call(action: string, params?: Record<string, string>, as?: Principal): Promise<Record<string, unknown>>;
  /** Moves time, then waits until no pull is under way; repeated in steps, so that pulls see their own instant. */
  pass(ms: number, steps?: number): Promise<void>;
  stop(): Promise<void>;
}

/** The administrator of account A. */
export const admin: Principal = {
  kind: 'user',
  accountId: ACCOUNT_A,
  arn: `acs:ram::${ACCOUNT_A}:user/admin`,
  accessKeyId: 'LTAIadmin',
};

/** Starts a world. @param binary path of docker-registry; the built-in store when it does not exist. */
export async function startEciWorld(
  fixture: Fixture = eciFixture(),
  binary = '/nonexistent/docker-registry',
): Promise<EciWorld> {
  const clock = createSimClock(() => Date.UTC(2026, 0, 1));
  const simulator = createSimulator({ fixture, clock });
  const dataDir = await mkdtemp(join(tmpdir(), 'eci-world-'));
  const registry = await startRegistry({ simulator, dataDir, binary, log: () => undefined });
  const operations = new Map<string, Operation>();
  const host = {
    ...simulator,
    fixture,
    register: (operation: Operation) => operations.set(operation.action, operation),
  };
  const service = registerEci(host, { registryUrl: () => registry.url });
  return {
    simulator,
    service,
    registry,
    call: async (action, params = {}, principal = admin) => {
      const operation = operations.get(action);
      if (operation === undefined) {
        throw new Error(`no action ${action}`);
      }
      return operation.handler({
        action,
        version: operation.version,
        method: 'POST',
        path: '/',
        params: new Map(Object.entries({ RegionId: REGION, ...params })),
        headers: {},
        principal,
        requestId: 'request-1',
        regionId: REGION,
      });
    },
    pass: async (ms, steps = 1) => {
      for (let step = 0; step < steps; step += 1) {
        clock.advance(ms / steps);
        await service.puller.idle();
      }
    },
    stop: async () => {
      service.puller.close();
      await registry.stop();
      clock.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Parameters of a small group with one container. */
export function groupParams(image: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    ContainerGroupName: 'web',
    VSwitchId: 'vsw-1',
    SecurityGroupId: 'sg-1',
    'Container.1.Name': 'main',
    'Container.1.Image': image,
    ...more,
  };
}

/** A row of an answer, for assertions. */
export type Row = Record<string, unknown>;

/** @returns the only group that DescribeContainerGroups shows for an id. */
export async function describeOne(world: EciWorld, id: unknown): Promise<Row> {
  const answer = await world.call('DescribeContainerGroups', { ContainerGroupIds: JSON.stringify([id]) });
  const [row] = answer['ContainerGroups'] as Row[];
  if (row === undefined) {
    throw new Error('the group is gone');
  }
  return row;
}

/** @returns the state of the first container of a row. */
export function firstState(row: Row): Row {
  const [container] = row['Containers'] as { CurrentState: Row }[];
  return container?.CurrentState ?? {};
}
