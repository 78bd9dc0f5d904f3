import assert from 'node:assert/strict';
import { startSimulatorProcess } from '../support/simulator-process.ts';
import type { SimulatorProcess } from '../support/simulator-process.ts';
import { skopeoOrSkip } from '../support/skopeo.ts';
import type { Skopeo } from '../support/skopeo.ts';
import { callCr, keys } from '../unit/simulator/sdk-clients.ts';

/** The ground on which the tests of the credential helper pull: real names, real TLS, a real registry, and no helper yet. */
describe('skopeo in front of the simulated registries, by their real names', function () {
  this.timeout(60_000);
  let simulator: SimulatorProcess;
  let skopeo: Skopeo;

  before(async function () {
    simulator = await startSimulatorProcess();
    skopeo = await skopeoOrSkip(this, () => simulator);
  });

  after(async () => {
    await skopeo?.close();
    await simulator?.stop();
  });

  const login = async (host: string, InstanceId: string): Promise<string> => {
    const { body } = await callCr(simulator.url, keys.pullB, 'GetAuthorizationToken', { InstanceId });
    const auth = Buffer.from(`${String(body['TempUsername'])}:${String(body['AuthorizationToken'])}`).toString(
      'base64',
    );
    return JSON.stringify({ auths: { [host]: { auth } } });
  };

  it('pulls with a live password, is refused another instance’s, none at all, and one that has ended', async () => {
    const custom = await login('images.b.example.com', 'cri-cb5d6f7g8h9j0k1l');
    const image = 'images.b.example.com/team/app:v1';
    await skopeo.pull(image, custom);
    assert.match(await skopeo.inspect(image, custom), /^sha256:/);
    assert.deepEqual(skopeo.hosts().toSorted(), ['dockerauth-ee.cn-hangzhou.aliyuncs.com', 'images.b.example.com']);

    const refused = /unauthorized|authentication required|denied/i;
    const other = await login('images.b.example.com', 'cri-b9n8m7l6k5j4h3g2');
    await assert.rejects(skopeo.inspect(image, other), refused);
    await assert.rejects(skopeo.inspect(image, '{"auths":{}}'), refused);
    await simulator.advance(3_600_001);
    await assert.rejects(skopeo.pull(image, custom), refused);
  });
});
