import assert from 'node:assert/strict';
import { enableRrsa, oidcProviderArn, projectedToken } from '../support/cluster-tokens.ts';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { installHelper } from '../support/install-helper.ts';
import { startSimulatorProcess } from '../support/simulator-process.ts';
import type { SimulatorProcess } from '../support/simulator-process.ts';
import { assumeRoleWithOidc, roleA } from '../unit/simulator/sdk-clients.ts';

const hour = 3_600_000;

describe('tokens of a real API server at the simulated STS', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let simulator: SimulatorProcess;
  let uninstall: () => Promise<void>;
  let closeKeys: () => Promise<void>;

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    simulator = await startSimulatorProcess();
    uninstall = await installHelper(plane);
    closeKeys = await enableRrsa(plane, simulator);
  });

  after(async () => {
    await closeKeys?.();
    await uninstall?.();
    await simulator?.stop();
  });

  const exchange = async (token: string): Promise<unknown> =>
    await assumeRoleWithOidc(simulator.url, {
      roleArn: roleA('acr-helper-rrsa'),
      OIDCProviderArn: oidcProviderArn,
      OIDCToken: token,
    });

  it('are verified with its keys, and become role A for the ServiceAccount that role A trusts', async () => {
    await exchange(await projectedToken(plane));
    // Simulated time is not the time of clusters.
    await simulator.advance(2 * hour);
    await exchange(await projectedToken(plane));
  });

  it('are refused for another audience or ServiceAccount, with one character changed, and once they have expired', async () => {
    await assert.rejects(exchange(await projectedToken(plane, { audience: 'https://kubernetes.default.svc' })), {
      code: 'AuthenticationFail.OIDCToken.AudienceNotMatch',
    });
    await assert.rejects(exchange(await projectedToken(plane, { namespace: 'default', serviceAccount: 'default' })), {
      code: 'AuthenticationFail.NoPermission',
    });
    const token = await projectedToken(plane);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await assert.rejects(exchange([header, claims, changed].join('.')), {
      code: 'AuthenticationFail.OIDCToken.InvalidSignature',
    });
    await simulator.control('/_sim/clock', { skewMs: 11 * 60_000 });
    await assert.rejects(exchange(token), { code: 'AuthenticationFail.OIDCToken.Expired' });
  });

  it('are of no use once the API server keeps its keys to itself', async () => {
    await simulator.control('/_sim/clock', { skewMs: 0 });
    await closeKeys();
    await assert.rejects(exchange(await projectedToken(plane)), {
      code: 'AuthenticationFail.OIDCToken.IssuerConfigurationBroken',
    });
  });
});
