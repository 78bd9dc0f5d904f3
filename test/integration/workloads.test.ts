import assert from 'node:assert/strict';
import type { Pod } from '../../src/kube/types.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { virtualNodePlacement, workload } from '../support/workloads.ts';

const image = 'docker.io/library/nginx:1';

describe('workloads on the virtual node, with scheduler and controllers', function () {
  this.timeout(120_000);
  let platform: Platform;

  before(async function () {
    const fixture = await writeFixture(({ images = [] }) => {
      for (const tag of ['1', '2']) images.push({ host: 'docker.io', repository: 'library/nginx', tag, public: true });
    });
    platform = await createPlatform(this, { fixture });
    await platform.start();
  });

  after(() => platform?.dispose());

  const apply = async (manifest: object): Promise<void> => {
    // A namespace that was just made has no ServiceAccount yet.
    await platform.kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
  };

  const podsOf = async (app: string): Promise<Pod[]> => {
    const list = await platform.kubectl(['get', 'pods', '-l', `app=${app}`, '-o', 'json']);
    return (JSON.parse(list) as { items: Pod[] }).items;
  };

  const groupsOf = async (pods: readonly Pod[]): Promise<number> => {
    const uids = new Set(pods.map(({ metadata }) => metadata?.uid));
    const groups = await containerGroups(platform.simulator);
    return groups.filter(({ tags, deleting }) => uids.has(tags['eci-kubelet-uid']) && deleting !== true).length;
  };

  const untilNoGroupIsLeft = (what: string, uids: readonly (string | undefined)[]): Promise<unknown> =>
    eventually(`${what} leaves no group`, async () => {
      const groups = await containerGroups(platform.simulator);
      return !groups.some(({ tags }) => uids.includes(tags['eci-kubelet-uid']));
    });

  const spec = (more: object = {}): object => ({
    ...virtualNodePlacement(platform.sandbox.nodeName),
    containers: [{ name: 'app', image }],
    terminationGracePeriodSeconds: 2,
    ...more,
  });

  it('a Deployment rolls out, scales up and down, and rolls over to a new image', async () => {
    await apply(workload('apps/v1', 'Deployment', 'web', { replicas: 3, podSpec: spec() }));
    await platform.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    assert.equal(await groupsOf(await podsOf('web')), 3);
    await platform.kubectl(['scale', 'deployment/web', '--replicas=5']);
    await platform.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    assert.equal(await groupsOf(await podsOf('web')), 5);
    await platform.kubectl(['scale', 'deployment/web', '--replicas=2']);
    const before = await eventually('two Pods are left', async () => {
      const pods = await podsOf('web');
      return pods.length === 2 ? pods : undefined;
    });
    await platform.kubectl(['set', 'image', 'deployment/web', 'app=docker.io/library/nginx:2']);
    await platform.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    await untilNoGroupIsLeft(
      'the old ReplicaSet',
      before.map(({ metadata }) => metadata?.uid),
    );
    const after = await eventually('only new Pods are left', async () => {
      const pods = await podsOf('web');
      return pods.length === 2 ? pods : undefined;
    });
    for (const pod of after) assert.equal(pod.status?.containerStatuses?.[0]?.image, 'docker.io/library/nginx:2');
    await platform.kubectl(['delete', 'deployment', 'web', '--timeout=60s']);
    await untilNoGroupIsLeft(
      'the deleted Deployment',
      after.map(({ metadata }) => metadata?.uid),
    );
  });

  it('a StatefulSet gets its Pods in order, and another one under the same name when one is deleted', async () => {
    await apply(workload('apps/v1', 'StatefulSet', 'db', { replicas: 2, podSpec: spec(), serviceName: 'db' }));
    await platform.kubectl(['rollout', 'status', 'statefulset/db', '--timeout=60s']);
    const [first] = await podsOf('db');
    assert.equal(first?.metadata?.name, 'db-0');
    await platform.kubectl(['delete', 'pod', 'db-0', '--timeout=60s']);
    const second = await eventually('db-0 runs again', async () => {
      const pod = (await podsOf('db')).find(({ metadata }) => metadata?.name === 'db-0');
      return pod?.metadata?.uid !== first?.metadata?.uid && pod?.status?.phase === 'Running' ? pod : undefined;
    });
    await untilNoGroupIsLeft('the first db-0', [first?.metadata?.uid]);
    assert.equal((await containerGroups(platform.simulator, second.metadata?.uid)).length, 1);
    await platform.kubectl(['delete', 'statefulset', 'db', '--timeout=60s']);
  });

  it('a Job completes, and its Pods succeed', async () => {
    const env = [{ name: 'ECI_SIM_EXIT_AFTER_MS', value: '200' }];
    const podSpec = spec({ restartPolicy: 'Never', containers: [{ name: 'app', image, env }] });
    await apply(workload('batch/v1', 'Job', 'sum', { podSpec, more: { completions: 3, parallelism: 2 } }));
    await platform.kubectl(['wait', '--for=condition=Complete', 'job/sum', '--timeout=60s']);
    const pods = await podsOf('sum');
    assert.deepEqual(
      pods.map(({ status }) => [status?.phase, status?.containerStatuses?.[0]?.state?.terminated?.exitCode]),
      [
        ['Succeeded', 0],
        ['Succeeded', 0],
        ['Succeeded', 0],
      ],
    );
  });

  it('a Job whose Pods fail is tried as often as it says and then fails', async () => {
    const env = [
      { name: 'ECI_SIM_EXIT_AFTER_MS', value: '200' },
      { name: 'ECI_SIM_EXIT_CODE', value: '42' },
    ];
    const podSpec = spec({ restartPolicy: 'Never', containers: [{ name: 'app', image, env }] });
    await apply(workload('batch/v1', 'Job', 'broken', { podSpec, more: { backoffLimit: 1 } }));
    await platform.kubectl(['wait', '--for=condition=Failed', 'job/broken', '--timeout=90s']);
    const pods = await podsOf('broken');
    assert.deepEqual(
      pods.map(({ status }) => [status?.phase, status?.containerStatuses?.[0]?.state?.terminated?.exitCode]),
      [
        ['Failed', 42],
        ['Failed', 42],
      ],
    );
  });

  it('a CronJob makes Jobs that complete', async () => {
    const env = [{ name: 'ECI_SIM_EXIT_AFTER_MS', value: '200' }];
    const podSpec = spec({ restartPolicy: 'OnFailure', containers: [{ name: 'app', image, env }] });
    const versions = await platform.kubectl(['api-versions']);
    const apiVersion = versions.split('\n').includes('batch/v1beta1') ? 'batch/v1beta1' : 'batch/v1';
    const cron = { schedule: '* * * * *', podSpec };
    await apply(workload(apiVersion, 'CronJob', 'tick', cron));
    // A schedule knows no less than a minute.
    await eventually(
      'a Pod of the first Job has succeeded',
      async () => (await podsOf('tick')).some(({ status }) => status?.phase === 'Succeeded'),
      { timeoutMs: 100_000, everyMs: 1000 },
    );
    await platform.kubectl(['delete', 'cronjob', 'tick']);
  });

  it('a DaemonSet that tolerates everything is held: no call, no churn', async () => {
    const before = (await platform.simulator.journal()).filter(
      ({ action }) => action === 'CreateContainerGroup',
    ).length;
    await apply(
      workload('apps/v1', 'DaemonSet', 'agent', { podSpec: spec({ tolerations: [{ operator: 'Exists' }] }) }),
    );
    const [pod] = await eventually('its Pod is held', async () => {
      const pods = await podsOf('agent');
      return pods[0]?.status?.reason === 'ProviderFailed' ? pods : undefined;
    });
    const condition = pod?.status?.conditions?.find(({ type }) => type === 'ContainerInstanceCreated');
    assert.deepEqual([pod?.status?.phase, condition?.reason], ['Pending', 'DaemonSetNotSupported']);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const later = await podsOf('agent');
    assert.deepEqual(
      later.map(({ metadata }) => metadata?.uid),
      [pod?.metadata?.uid],
    );
    const after = (await platform.simulator.journal()).filter(({ action }) => action === 'CreateContainerGroup').length;
    assert.equal(after, before);
    await platform.kubectl(['delete', 'daemonset', 'agent', '--timeout=60s']);
  });

  it('drain empties the node, uncordon fills it again', async () => {
    const { nodeName } = platform.sandbox;
    await apply(workload('apps/v1', 'Deployment', 'moved', { replicas: 2, podSpec: spec() }));
    await platform.kubectl(['rollout', 'status', 'deployment/moved', '--timeout=60s']);
    const before = await podsOf('moved');
    await platform.kubectl([
      ...['drain', nodeName, '--ignore-daemonsets', '--delete-emptydir-data', '--force'],
      ...['--timeout=60s', '--pod-selector=app=moved'],
    ]);
    await untilNoGroupIsLeft(
      'the drained node',
      before.map(({ metadata }) => metadata?.uid),
    );
    for (const pod of await podsOf('moved')) assert.equal(pod.spec?.nodeName, undefined);
    await platform.kubectl(['uncordon', nodeName]);
    await platform.kubectl(['rollout', 'status', 'deployment/moved', '--timeout=60s']);
    assert.equal(await groupsOf(await podsOf('moved')), 2);
    await platform.kubectl(['delete', 'deployment', 'moved', '--timeout=60s']);
  });

  it('a node that is deleted comes back and runs its Pods on', async () => {
    const { nodeName } = platform.sandbox;
    await apply(workload('apps/v1', 'Deployment', 'stays', { replicas: 2, podSpec: spec() }));
    await platform.kubectl(['rollout', 'status', 'deployment/stays', '--timeout=60s']);
    await platform.kubectl(['delete', 'node', nodeName]);
    await platform.waitFor(
      'the Node is ready again',
      `node/${nodeName}`,
      '{.status.conditions[?(@.type=="Ready")].status}',
      /^True$/,
    );
    await platform.kubectl(['rollout', 'status', 'deployment/stays', '--timeout=60s']);
    assert.equal(await groupsOf(await podsOf('stays')), 2);
    await platform.kubectl(['delete', 'deployment', 'stays', '--timeout=60s']);
  });
});
