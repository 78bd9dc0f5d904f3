import assert from 'node:assert/strict';
import {
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SECRET_KEY,
  SECRET_NAME,
  SECRET_TYPE,
} from '../../src/credential-helper/names.ts';
import type { DockerConfig } from '../support/docker-config.ts';
import { eventually } from '../support/eventually.ts';
import { createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { runCommand } from '../support/run-command.ts';
import { skopeoOrSkip } from '../support/skopeo.ts';
import type { Skopeo } from '../support/skopeo.ts';
import { callCr, keys } from '../unit/simulator/sdk-clients.ts';

const namespace = 'moving-from-the-add-on';
const host = 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com';
const image = `${host}/team/app:v1`;
const InstanceId = 'cri-b9n8m7l6k5j4h3g2';
const secretObject = { kind: 'Secret', name: SECRET_NAME, namespace };

/** The steps of docs/moving-from-the-add-on.md, from what the add-on leaves when it is stopped to what it finds when it comes back. */
describe('moving from the vendor’s add-on and back', function () {
  this.timeout(90_000);
  let platform: HelperPlatform;
  let skopeo: Skopeo;
  let left: DockerConfig;

  before(async function () {
    platform = await createHelperPlatform(this);
    skopeo = await skopeoOrSkip(this, () => platform.simulator);
    await platform.createNamespace(namespace);
    await platform.configure({
      'watch-namespace': namespace,
      'acr-registry-info': `- {instanceId: ${InstanceId}, customAccessKey: LTAI5tAcrPullB, customAccessKeySecret: CANARY-acr-pull-b}`,
    });
    const { body } = await callCr(platform.simulator.url, keys.pullB, 'GetAuthorizationToken', { InstanceId });
    const [username, password] = [String(body['TempUsername']), String(body['AuthorizationToken'])];
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const text = JSON.stringify({ auths: { [host]: { username, password, email: 'cs@aliyuncs.com', auth } } });
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SECRET_NAME, namespace },
      type: SECRET_TYPE,
      stringData: { [SECRET_KEY]: text },
    };
    await platform.kubectl(['create', '-f', '-'], JSON.stringify(secret));
    await patchAccount([{ name: SECRET_NAME }, { name: 'for-another-registry' }]);
    left = await platform.secret(namespace);
  });

  after(async () => {
    await skopeo?.close();
    await platform?.dispose();
  });

  const patchAccount = async (imagePullSecrets: { name: string }[]): Promise<void> => {
    const patch = ['--type=merge', '--patch', JSON.stringify({ imagePullSecrets })];
    await platform.kubectl(['patch', 'serviceaccount', 'default', '--namespace', namespace, ...patch]);
  };
  const accountNames = (): Promise<string> =>
    platform.kubectl([
      ...['get', 'serviceaccount', 'default', '--namespace', namespace],
      ...['-o', 'jsonpath={.imagePullSecrets[*].name}'],
    ]);
  const label = (): Promise<string> =>
    platform.kubectl([
      ...['get', 'secret', SECRET_NAME, '--namespace', namespace],
      ...['-o', `jsonpath={.metadata.labels['${MANAGED_BY_LABEL.replaceAll('.', '\\.')}']}`],
    ]);

  /** Only who leads knows; a process that has just been started may still wait for the lease. */
  const conflicts = (helper: HelperProcess): Promise<readonly string[]> =>
    eventually('the helper knows its namespace', async () => {
      const { namespaces } = await helper.status();
      return namespaces?.watched === 1 ? namespaces.conflicts : undefined;
    });

  it('touches nothing of the add-on unless it is told to, and says how', async () => {
    const helper = await platform.start({ until: 'alive' });
    const event = await platform.event(secretObject, /^SecretConflict: /);
    assert.match(event, /--adopt-existing/);
    assert.equal((await platform.secret(namespace)).text, left.text);
    assert.equal(await label(), '');
    assert.deepEqual(await conflicts(helper), [namespace]);
    await helper.kill('SIGTERM');
    await skopeo.pull(image, left.text);
  });

  it('takes the Secret over in place: same name and UID, a password of its own, other entries of the ServiceAccount kept', async () => {
    await platform.start({ flags: ['--adopt-existing'] });
    const taken = await platform.secret(namespace, ({ text }) => text !== left.text);
    assert.equal(taken.uid, left.uid);
    assert.equal(await label(), MANAGED_BY);
    assert.equal(await accountNames(), `${SECRET_NAME} for-another-registry`);
    await skopeo.pull(image, taken.text);
    // Whoever read the Secret a moment before is served as well.
    await skopeo.pull(image, left.text);
  });

  it('recognises it as its own from then on, without the option', async () => {
    await platform.helpers.at(-1)?.kill('SIGTERM');
    const taken = await platform.secret(namespace);
    const helper = await platform.start();
    assert.deepEqual(await conflicts(helper), []);
    assert.equal((await platform.secret(namespace)).text, taken.text);
  });

  it('leaves everything to a successor when it is stopped', async () => {
    const taken = await platform.secret(namespace);
    await platform.helpers.at(-1)?.kill('SIGTERM');
    assert.deepEqual(await platform.secret(namespace), taken);
    assert.equal(await accountNames(), `${SECRET_NAME} for-another-registry`);
    await skopeo.pull(image, taken.text);
  });

  it('removes its own and nothing else where there is no successor', async () => {
    const { code, stderr } = await runCommand([
      ...['credential-helper', 'uninstall', '--kubeconfig', platform.plane.kubeconfigPath],
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(await accountNames(), 'for-another-registry');
    const find = ['get', 'secret', SECRET_NAME, '--namespace', namespace, '--ignore-not-found', '-o', 'name'];
    assert.equal(await platform.kubectl(find), '');
  });
});
