import type { Fixture } from './fixtures/fixture.ts';
import type { SimulatorAddresses } from './types.ts';

/** Writes where everything is: one eci-kubelet option a line, then what else there is to know as comments. */
export function describeAddresses(running: {
  fixture: Fixture;
  addresses: SimulatorAddresses;
  registryUrl: string;
}): string {
  const { fixture, addresses, registryUrl } = running;
  const others = Object.entries(addresses.regionUrls).filter(([regionId]) => regionId !== fixture.regionId);
  return [
    `--region-id ${fixture.regionId}`,
    `--eci-endpoint ${addresses.url}`,
    `--sts-endpoint ${addresses.url}`,
    `--cr-endpoint ${addresses.url}`,
    `--metadata-endpoint ${addresses.url}`,
    `--registry-endpoint ${registryUrl}`,
    '# Container Registry of another region: its own port, or the main one with the header x-acs-region-id.',
    ...others.map(([regionId, url]) => `#   ${regionId} ${url}`),
    `# Control: ${addresses.url}/_sim/{healthz,state,journal,faults,clock}`,
    'ready',
    '',
  ].join('\n');
}
