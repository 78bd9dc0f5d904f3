import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSimClock } from '../../../../../simulator/clock.ts';
import type { MovableClock } from '../../../../../simulator/clock.ts';
import type { EciService } from '../../../../../simulator/eci/eci-service.ts';
import { createProcessRuntime } from '../../../../../simulator/eci/process/process-runtime.ts';
import { registerEci } from '../../../../../simulator/eci/register.ts';
import type { FixtureImage } from '../../../../../simulator/fixtures/fixture.ts';
import { startRegistry } from '../../../../../simulator/registry/front.ts';
import { createSimulator } from '../../../../../simulator/simulator.ts';
import { createEciCaller } from '../eci-caller.ts';
import { defaultFixtureUrl, loadFixture } from '../../../../../simulator/fixtures/load-fixture.ts';

/** A state of a container as DescribeContainerGroups tells it. */
export interface State {
  State: string;
  Reason?: string;
  Message?: string;
  ExitCode?: number;
}

/** A container as DescribeContainerGroups tells it. */
export interface Container {
  Name: string;
  Ready: boolean;
  RestartCount: number;
  CurrentState: State;
  PreviousState?: State;
}

/** A group as DescribeContainerGroups tells it. */
export interface Group {
  Status: string;
  IntranetIp: string;
  Containers: Container[];
  InitContainers: Container[];
  Events: { Reason: string; Message: string }[];
}

/** A simulator that runs containers, in the process of the test, called over HTTP. */
export interface ContainerWorld {
  readonly clock: MovableClock;
  readonly service: EciService;
  call(action: string, params: Record<string, string>): Promise<Record<string, unknown>>;
  /** Creates a group of one container that runs a line of shell. @returns its id. */
  run(script: string, more?: Record<string, string>): Promise<string>;
  describe(id: string): Promise<Group>;
  /** Polls until a group is as expected. */
  until(id: string, isExpected: (group: Group) => boolean): Promise<Group>;
  log(id: string, more?: Record<string, string>): Promise<string>;
  /** Runs a command and gives its output. */
  exec(id: string, ...command: string[]): Promise<string>;
  remove(id: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one with short timings. */
export async function startContainerWorld(images: readonly FixtureImage[] = []): Promise<ContainerWorld> {
  const fixture = await loadFixture(defaultFixtureUrl);
  fixture.images?.push(...images);
  fixture.eci = { schedulingMs: 1, startingMs: 1, deletingMs: 1, fileUpdateRestarts: false };
  const clock = createSimClock();
  const simulator = createSimulator({ fixture, clock });
  const dataDir = await mkdtemp(join(tmpdir(), 'eci-containers-'));
  const registry = await startRegistry({ simulator, dataDir, binary: '/nonexistent', log: () => undefined });
  const runtime = await createProcessRuntime({ fixture, clock });
  const service = registerEci(simulator, { registryUrl: () => registry.url, runtime, claims: runtime.claims });
  const { url } = await simulator.start();
  const call = createEciCaller(url);

  const describe = async (id: string): Promise<Group> => {
    const answer = await call('DescribeContainerGroups', { ContainerGroupIds: JSON.stringify([id]) });
    const [group] = answer['ContainerGroups'] as Group[];
    if (group === undefined) throw new Error(`${id} is gone`);
    return group;
  };
  return {
    clock,
    service,
    call,
    describe,
    run: async (script, more = {}) => {
      const answer = await call('CreateContainerGroup', {
        ContainerGroupName: 'web',
        VSwitchId: 'vsw-bp1xpiowfm5vo8o3c0001',
        SecurityGroupId: 'sg-bp1dktddjsg5nktv0001',
        RestartPolicy: 'Never',
        TerminationGracePeriodSeconds: '1',
        'Container.1.Name': 'main',
        'Container.1.Image': 'nginx',
        ...(script === ''
          ? {}
          : { 'Container.1.Command.1': 'sh', 'Container.1.Command.2': '-c', 'Container.1.Arg.1': script }),
        ...more,
      });
      return String(answer['ContainerGroupId']);
    },
    until: async (id, isExpected) => {
      let group = await describe(id);
      for (let tries = 0; !isExpected(group); tries += 1) {
        if (tries > 1500) throw new Error(`${id} does not get there: ${JSON.stringify(group, null, 1)}`);
        await delay(40);
        group = await describe(id);
      }
      return group;
    },
    log: async (id, more = {}) =>
      String((await call('DescribeContainerLog', { ContainerGroupId: id, ContainerName: 'main', ...more }))['Content']),
    exec: async (id, ...command) => {
      const params = { ContainerGroupId: id, ContainerName: 'main', Command: JSON.stringify(command), Sync: 'true' };
      return String((await call('ExecContainerCommand', params))['SyncResponse']);
    },
    remove: async (id) => {
      await call('DeleteContainerGroup', { ContainerGroupId: id, Force: 'true' });
      for (let tries = 0; tries < 1500; tries += 1) {
        if (
          await describe(id).then(
            () => false,
            () => true,
          )
        )
          return;
        await delay(20);
      }
      throw new Error(`${id} is still there`);
    },
    stop: async () => {
      await simulator.stop();
      service.puller.close();
      await registry.stop();
      await runtime.close();
      clock.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
