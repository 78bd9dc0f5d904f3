import assert from 'node:assert/strict';
import { applyAll } from '../support/apply-all.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import { accounts, putRole, trusting, writeFixture } from '../support/fixture-file.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest, withPrefix } from '../support/pod-manifest.ts';
import { isCreated, isRunning, podsWhen, readPods } from '../support/pod-report.ts';
import type { ProductProcess } from '../support/product-process.ts';

const A = `acs:ram::${accounts.a}`;
const B = `acs:ram::${accounts.b}`;
const onlyEci = `${A}:role/role-assume-eci-only`;
const trusted = `${A}:role/role-assume`;
/** Trusts nobody of A in this fixture. */
const refusing = `${B}:role/role-acr`;
const willing = `${B}:role/role-acr-willing`;
const beijingB = 'beijing-b-registry.cn-beijing.cr.aliyuncs.com';

describe('who runs a role chain', function () {
  this.timeout(90_000);
  let platform: Platform;
  let product: ProductProcess;

  before(async function () {
    const fixture = await writeFixture((world) => {
      const policies = ['AliyunContainerRegistryFullAccess'];
      putRole(world, accounts.b, { name: 'role-acr', trust: trusting({ ram: [`${B}:root`] }), policies });
      const trust = trusting({ ram: [trusted, onlyEci] });
      putRole(world, accounts.b, { name: 'role-acr-willing', trust, policies });
    });
    platform = await createPlatform(this, { fixture });
  });

  after(async () => await platform?.dispose());

  describe('with --credential-delivery auto and roles that trust only ECI', () => {
    const replicas = 30;

    before(async () => {
      product = await platform.start({ flags: ['--credential-delivery', 'auto'] });
      const { nodeName } = platform.sandbox;
      await applyAll(platform, [
        deployment('only-eci', {
          replicas,
          nodeName,
          image: `${beijingB}/team/app:v1`,
          annotations: {
            'acr-instance-ids': 'cn-beijing:cri-bjb1c2d3e4f5g6h7',
            'acr-service-arns': onlyEci,
            'acr-user-arns': willing,
          },
        }),
        podManifest({
          name: 'both-ways',
          nodeName,
          images: ['images.b.example.com/team/app:v1', `${beijingB}/team/app:v1`],
          annotations: {
            'acr-instance-ids': 'cri-cb5d6f7g8h9j0k1l, cn-beijing:cri-bjb1c2d3e4f5g6h7',
            'acr-service-arns': `${trusted},${onlyEci}`,
            'acr-user-arns': willing,
          },
        }),
      ]);
      await platform.kubectl(['wait', '--for=condition=Available', 'deployment/only-eci', '--timeout=50s']);
      await podsWhen(platform, ['both-ways'], isRunning);
    });

    after(async () => await product.kill('SIGTERM'));

    it('forwards id, region and both roles of every Pod to ECI, which pulls with them', async () => {
      const creates = [...(await readCreateRequests(platform.simulator))].filter(([name]) =>
        name.startsWith('only-eci'),
      );
      assert.equal(creates.length, replicas);
      for (const [name, { servers, acrRegistryInfos }] of creates) {
        assert.deepEqual(servers, [], name);
        assert.deepEqual(acrRegistryInfos, [
          {
            InstanceId: 'cri-bjb1c2d3e4f5g6h7',
            RegionId: 'cn-beijing',
            ArnService: onlyEci,
            ArnUser: willing,
          },
        ]);
      }
    });

    it('costs one refused call for thirty Pods that are created at once', async () => {
      const calls = await platform.simulator.journal({ action: 'AssumeRole' });
      assert.deepEqual(
        calls.filter(({ parameters }) => parameters['RoleArn'] === onlyEci).map(({ result }) => result),
        ['NoPermission'],
      );
    });

    it('says in a Normal event and a condition that ECI runs the chain, and why', async () => {
      const pods = [...(await readPods(platform)).values()].filter(({ name }) => name.startsWith('only-eci'));
      assert.equal(pods.length, replicas);
      for (const { events, conditions } of pods) {
        const told = events.find((event) => event.startsWith('Normal ImageCredentialsForwarded: '));
        assert.match(
          told ?? events.join('\n'),
          /beijing-b-registry\.cn-beijing\.cr\.aliyuncs\.com: ECI runs the chain itself at each pull \(ECI → role role-assume-eci-only of 1111111111111111 → role role-acr-willing of 2222222222222222 → instance cri-bjb1c2d3e4f5g6h7 in cn-beijing\) because role role-assume-eci-only of 1111111111111111 does not trust access key LTAI5tEc… \(NoPermission, request id [0-9A-F-]{36}\)$/,
        );
        assert.match(
          conditions['ImageCredentials'] ?? '',
          /^True ImageCredentialsForwarded: .*, run by ECI at each pull$/,
        );
        assert.ok(!events.some((event) => event.startsWith('Warning')), events.join('\n'));
      }
    });

    it('sends either a password or an entry for a host, never both', async () => {
      const request = (await readCreateRequests(platform.simulator)).get('both-ways');
      assert.deepEqual(request?.servers, ['images.b.example.com']);
      assert.deepEqual(
        request?.acrRegistryInfos.map((info) => info['InstanceId']),
        ['cri-bjb1c2d3e4f5g6h7'],
      );
    });
  });

  describe('with --credential-delivery forward and a role of the other account that does not trust ours', () => {
    let earlier: number;

    before(async () => {
      earlier = (await platform.simulator.journal()).length;
      await platform.kubectl(['delete', 'deployments,pods', '--all', '--wait=false']);
      product = await platform.start({ flags: ['--credential-delivery', 'forward'] });
      const { nodeName } = platform.sandbox;
      const arns = { 'acr-service-arns': trusted, 'acr-user-arns': refusing };
      const pod = (name: string, image: string, annotations: Record<string, string>): object =>
        podManifest({ name, nodeName, images: [image], annotations: { ...annotations, ...arns } });
      await applyAll(platform, [
        pod('other-region', `${beijingB}/team/app:v1`, { 'acr-instance-ids': 'cn-beijing:cri-bjb1c2d3e4f5g6h7' }),
        pod('roles-only', 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1', {}),
      ]);
      await platform.kubectl(['apply', '-f', 'samples/04-cross-account-custom-domain.yaml']);
      // Thirty Pods of the suite before have to go first.
      const fourPodsFail = async (): Promise<boolean> => {
        const pods = [...(await readPods(platform)).values()];
        return pods.length === 4 && pods.every((pod) => isCreated(pod) && isPullFailure(pod.waiting));
      };
      await eventually('four Pods fail to pull', fourPodsFail, { timeoutMs: 60_000 });
    });

    it('creates the cross-account sample with the entry as it is annotated, and without a password', async () => {
      const creates = await readCreateRequests(platform.simulator);
      const samples = [...creates].filter(([name]) => name.startsWith('acr-cross-account'));
      assert.equal(samples.length, 2);
      for (const [, { servers, acrRegistryInfos }] of samples) {
        assert.deepEqual(servers, []);
        assert.deepEqual(acrRegistryInfos, [
          { InstanceId: 'cri-cb5d6f7g8h9j0k1l', ArnService: trusted, ArnUser: refusing },
        ]);
      }
      assert.deepEqual(creates.get('other-region')?.acrRegistryInfos, [
        { InstanceId: 'cri-bjb1c2d3e4f5g6h7', RegionId: 'cn-beijing', ArnService: trusted, ArnUser: refusing },
      ]);
      assert.deepEqual(creates.get('roles-only')?.acrRegistryInfos, [{ ArnService: trusted, ArnUser: refusing }]);
      assert.deepEqual(creates.get('roles-only')?.servers, []);
    });

    it('runs no chain itself', async () => {
      const calls = (await platform.simulator.journal()).slice(earlier);
      assert.deepEqual(
        // The process asks once which account it belongs to.
        calls.filter(({ product: service, action }) => service !== 'eci' && action !== 'GetCallerIdentity'),
        [],
      );
    });

    it('shows the failed pull in kubectl, with the words of ECI', async () => {
      const rows = await platform.kubectl(['get', 'pods', '--no-headers']);
      assert.match(rows, /^acr-cross-account-custom-domain-\S+\s+0\/1\s+(ErrImagePull|ImagePullBackOff)\s/m);
      const message = await platform.kubectl([
        ...['get', 'pod', 'roles-only'],
        ...['-o', 'jsonpath={.status.containerStatuses[0].state.waiting.message}'],
      ]);
      assert.match(message, /demo-b-registry\.cn-hangzhou\.cr\.aliyuncs\.com\/team\/app:v1/);
    });
  });
});

function isPullFailure(waiting: readonly string[]): boolean {
  return waiting.some((reason) => reason === 'ErrImagePull' || reason === 'ImagePullBackOff');
}

function deployment(
  name: string,
  options: { replicas: number; nodeName: string; image: string; annotations: Record<string, string> },
): object {
  const { replicas, nodeName, image, annotations } = options;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: withPrefix(annotations) },
        spec: { nodeName, containers: [{ name: 'app', image }] },
      },
    },
  };
}
