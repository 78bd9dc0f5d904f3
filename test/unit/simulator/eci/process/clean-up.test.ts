import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ownedNames } from '../../../../../simulator/eci/process/owned-names.ts';
import { skipUnlessContainersRun } from '../../../../support/run-containers.ts';
import { startSimulatorProcess } from '../../../../support/simulator-process.ts';
import type { SimulatorProcess } from '../../../../support/simulator-process.ts';
import { createEciCaller } from '../eci-caller.ts';

/** Everything on this machine that is named after a simulator, for all that it could leave. */
function leftovers(pid: number, marker: string): string[] {
  const names = ownedNames(pid);
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  const cgroups = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory'].map((base) => `${base}/${names.cgroup}`);
  const processes = execFileSync('ps', ['ax', '-o', 'args'], { encoding: 'utf8' }).split('\n');
  return [
    ...namespaces.filter((name) => name.startsWith(names.namespacePrefix)),
    ...[names.directory, names.memoryDirectory, `/sys/class/net/${names.bridge}`, ...cgroups].filter((path) =>
      existsSync(path),
    ),
    ...processes.filter((line) => line.includes(marker)),
  ];
}

describe('a simulator that runs containers', function () {
  this.timeout(120_000);

  before(function () {
    skipUnlessContainersRun(this);
  });

  const started: SimulatorProcess[] = [];

  // One that is left would keep the test run from ending.
  afterEach(async () => {
    for (const simulator of started.splice(0)) await simulator.stop();
  });

  /** Starts one with a group of its own. @param marker appears in the command line of its container. */
  const startWithGroup = async (
    marker: string,
    more: Record<string, string> = {},
  ): Promise<{ simulator: SimulatorProcess; address: string }> => {
    const simulator = await startSimulatorProcess({ runContainers: true });
    started.push(simulator);
    const call = createEciCaller(simulator.url);
    const { ContainerGroupId: id } = await call('CreateContainerGroup', {
      ContainerGroupName: 'web',
      VSwitchId: 'vsw-bp1xpiowfm5vo8o3c0001',
      SecurityGroupId: 'sg-bp1dktddjsg5nktv0001',
      'Container.1.Name': 'main',
      'Container.1.Image': 'nginx',
      'Container.1.Command.1': 'sleep',
      'Container.1.Arg.1': marker,
      'Container.1.VolumeMount.1.Name': 'memory',
      'Container.1.VolumeMount.1.MountPath': '/memory',
      'Volume.1.Name': 'memory',
      'Volume.1.Type': 'EmptyDirVolume',
      'Volume.1.EmptyDirVolume.Medium': 'Memory',
      ...more,
    });
    for (let tries = 0; tries < 1500; tries += 1) {
      const answer = await call('DescribeContainerGroups', { ContainerGroupIds: JSON.stringify([id]) });
      const [group] = answer['ContainerGroups'] as { Status: string; IntranetIp: string }[];
      if (group?.Status === 'Running') return { simulator, address: group.IntranetIp };
      await delay(40);
    }
    throw new Error(`the group does not run: ${simulator.output()}`);
  };

  it('leaves nothing when it is asked to end', async () => {
    const marker = '100001';
    const { simulator } = await startWithGroup(marker);
    assert.ok(leftovers(simulator.pid, marker).length >= 4, 'nothing is there that could be left');
    await simulator.stop();
    assert.deepEqual(leftovers(simulator.pid, marker), []);
  });

  it('takes its processes with it when it is killed, and the next start removes the rest', async () => {
    const marker = '100002';
    const { simulator, address } = await startWithGroup(marker, { 'Container.1.SecurityContext.RunAsUser': '1000' });
    await simulator.kill();
    for (let tries = 0; leftovers(simulator.pid, marker).some((line) => line.includes(marker)); tries += 1) {
      assert.ok(tries < 500, 'its processes live on');
      await delay(20);
    }
    assert.notDeepEqual(leftovers(simulator.pid, marker), []);
    const next = await startWithGroup('100003');
    assert.deepEqual(leftovers(simulator.pid, marker), []);
    // Addresses are free again too.
    assert.equal(next.address, address);
    await next.simulator.stop();
  });

  it('does not get into the way of another one', async () => {
    const [one, other] = await Promise.all([startWithGroup('100004'), startWithGroup('100005')]);
    assert.notEqual(one.address, other.address);
    await one.simulator.stop();
    assert.ok(leftovers(other.simulator.pid, '100005').some((line) => line.includes('sleep')));
    await other.simulator.stop();
    assert.deepEqual(leftovers(other.simulator.pid, '100005'), []);
  });
});
