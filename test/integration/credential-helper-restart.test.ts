import assert from 'node:assert/strict';
import { ENTRIES_ANNOTATION, SEALS_ANNOTATION, SECRET_KEY, SECRET_NAME } from '../../src/credential-helper/names.ts';
import type { KubeSecret } from '../../src/kube/types.ts';
import type { DockerConfig } from '../support/docker-config.ts';
import { eventually } from '../support/eventually.ts';
import { createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';

const first = 'helper-restart-a';
const second = 'helper-restart-b';
const lease = 'aliyun-acr-credential-helper';
const instanceHost = 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com';
const registryInfo = `
- instanceId: cri-a1b2c3d4e5f6g7h8
  regionId: cn-hangzhou
- instanceId: cri-b9n8m7l6k5j4h3g2
  regionId: cn-hangzhou
  assumeRoleARN: acs:ram::2222222222222222:role/acr-pull
  expireDuration: 3600
`;

/** What a restart must not do while everything is good. */
const chainActions = new Set(['AssumeRole', 'GetAuthorizationToken', 'ListInstanceEndpoint']);

describe('the credential helper, restarted', function () {
  this.timeout(90_000);
  let platform: HelperPlatform;

  before(async function () {
    platform = await createHelperPlatform(this);
    for (const namespace of [first, second]) await platform.createNamespace(namespace);
    await platform.configure({ 'watch-namespace': `${first},${second}`, 'acr-registry-info': registryInfo });
  });
  after(() => platform?.dispose());

  /** Starts a helper, and waits until it leads, which the one that was killed delays, and serves all entries. */
  async function start(): Promise<HelperProcess> {
    const helper = await platform.start({ flags: ['--token-mode', 'workerRole'] });
    await eventually('both entries are served', async () => {
      const { role, entries } = await helper.status();
      const states = entries.map(({ state, lastError }) => lastError?.message ?? state);
      if (role === 'leader' && states.join() === 'serving,serving') return true;
      throw new Error(`${role}: ${states.join('; ')}`);
    });
    return helper;
  }
  const calls = async (): Promise<string[]> =>
    (await platform.simulator.journal()).map(({ action }) => action).filter((action) => chainActions.has(action));
  const secretOf = async (namespace: string): Promise<KubeSecret> =>
    JSON.parse(
      await platform.kubectl(['get', 'secret', SECRET_NAME, '--namespace', namespace, '-o', 'json']),
    ) as KubeSecret;
  const untilSealed = (before = ''): Promise<string> =>
    eventually('the content is sealed', async () => {
      const text = await platform.kubectl(['get', 'lease', lease, '--namespace', 'kube-system', '-o', 'json']);
      const { annotations } = (JSON.parse(text) as KubeSecret).metadata ?? {};
      const seals = annotations?.[SEALS_ANNOTATION] ?? '';
      return seals === '' || seals === before ? undefined : seals;
    });

  it('asks the cloud for nothing and writes no Secret while everything is good', async () => {
    const helper = await start();
    await untilSealed();
    const before = await Promise.all([first, second].map(secretOf));
    assert.ok((await calls()).length > 0);
    await helper.kill('SIGKILL');
    const asked = (await calls()).length;
    const next = await start();
    assert.deepEqual((await calls()).slice(asked), []);
    const after = await Promise.all([first, second].map(secretOf));
    assert.deepEqual(
      after.map(({ metadata }) => metadata?.resourceVersion),
      before.map(({ metadata }) => metadata?.resourceVersion),
    );
    await next.kill('SIGKILL');
  });

  it('does not spread what somebody has put into a Secret while it was away', async () => {
    const planted = await secretOf(first);
    const config = JSON.parse(Buffer.from(planted.data?.[SECRET_KEY] ?? '', 'base64').toString()) as {
      auths: Record<string, object>;
    };
    config.auths[instanceHost] = { ...config.auths[instanceHost], password: 'planted' };
    config.auths['docker.io'] = { ...config.auths[instanceHost] };
    const marks = planted.metadata?.annotations?.[ENTRIES_ANNOTATION] ?? '';
    const patch = {
      metadata: {
        annotations: { [ENTRIES_ANNOTATION]: marks.replace(`"${instanceHost}"`, `"docker.io","${instanceHost}"`) },
      },
      data: { [SECRET_KEY]: Buffer.from(JSON.stringify(config)).toString('base64') },
    };
    // In the namespace that is read first, and no other holds anything to recover.
    await platform.kubectl(['delete', 'secret', SECRET_NAME, '--namespace', second]);
    const merge = [
      'patch',
      'secret',
      SECRET_NAME,
      '--namespace',
      first,
      '--type',
      'merge',
      '-p',
      JSON.stringify(patch),
    ];
    await platform.kubectl(merge);
    const asked = (await calls()).length;
    const helper = await start();
    assert.ok((await calls()).length > asked, 'fetched anew');
    for (const namespace of [first, second]) {
      const isGenuine = ({ auths }: DockerConfig): boolean => (auths[instanceHost]?.password ?? '').includes(':');
      const { auths } = await platform.secret(namespace, isGenuine);
      assert.ok(!('docker.io' in auths), namespace);
    }
    await helper.kill('SIGKILL');
  });
});
