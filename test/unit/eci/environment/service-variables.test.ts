import assert from 'node:assert/strict';
import type { Service } from '../../../../src/kube/types.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';
import { resolveWith, variablesOf } from '../resolve-with.ts';
import type { EciProviderConfig } from '../../../../src/eci/types.ts';

type Ports = NonNullable<NonNullable<Service['spec']>['ports']>;

function service(namespace: string, name: string, clusterIP: string, ports: Ports = [{ port: 80 }]): Service {
  return { metadata: { namespace, name, uid: `${namespace}-${name}` }, spec: { clusterIP, ports } };
}

const apiServer = service('default', 'kubernetes', '172.16.0.1', [{ name: 'https', port: 443, protocol: 'TCP' }]);
const kubernetes = {
  KUBERNETES_PORT: 'tcp://172.16.0.1:443',
  KUBERNETES_PORT_443_TCP: 'tcp://172.16.0.1:443',
  KUBERNETES_PORT_443_TCP_ADDR: '172.16.0.1',
  KUBERNETES_PORT_443_TCP_PORT: '443',
  KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
  KUBERNETES_SERVICE_HOST: '172.16.0.1',
  KUBERNETES_SERVICE_PORT: '443',
  KUBERNETES_SERVICE_PORT_HTTPS: '443',
};

async function variables(
  services: readonly Service[],
  options: { links?: boolean; namespace?: string; config?: Partial<EciProviderConfig> } = {},
): Promise<Record<string, string>> {
  const { links, namespace = 'team' } = options;
  const pod = aPod({ namespace, spec: links === undefined ? {} : { enableServiceLinks: links } });
  return variablesOf(await resolveWith(pod, clusterObjects({ services }), options.config));
}

describe('variables of Services', () => {
  it('are exactly those of kubelet for a Service with several ports', async () => {
    const web = service('team', 'web-front', '172.16.0.9', [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'dns-u', port: 53, protocol: 'UDP' },
    ]);
    assert.deepEqual(await variables([web]), {
      WEB_FRONT_PORT: 'tcp://172.16.0.9:80',
      WEB_FRONT_PORT_53_UDP: 'udp://172.16.0.9:53',
      WEB_FRONT_PORT_53_UDP_ADDR: '172.16.0.9',
      WEB_FRONT_PORT_53_UDP_PORT: '53',
      WEB_FRONT_PORT_53_UDP_PROTO: 'udp',
      WEB_FRONT_PORT_80_TCP: 'tcp://172.16.0.9:80',
      WEB_FRONT_PORT_80_TCP_ADDR: '172.16.0.9',
      WEB_FRONT_PORT_80_TCP_PORT: '80',
      WEB_FRONT_PORT_80_TCP_PROTO: 'tcp',
      WEB_FRONT_SERVICE_HOST: '172.16.0.9',
      WEB_FRONT_SERVICE_PORT: '80',
      WEB_FRONT_SERVICE_PORT_DNS_U: '53',
      WEB_FRONT_SERVICE_PORT_HTTP: '80',
    });
  });

  it('put IPv6 addresses in brackets where a port follows', async () => {
    const six = await variables([service('team', 'six', 'fd00::9')]);
    assert.equal(six['SIX_PORT'], 'tcp://[fd00::9]:80');
    assert.equal(six['SIX_SERVICE_HOST'], 'fd00::9');
  });

  it('are always there for the API server, and otherwise for the own namespace unless the Pod refuses', async () => {
    const services = [
      apiServer,
      service('team', 'own', '172.16.0.2'),
      service('other', 'foreign', '172.16.0.3'),
      service('default', 'neighbour', '172.16.0.4'),
    ];
    const hosts = async (links?: boolean): Promise<string[]> =>
      Object.keys(await variables(services, links === undefined ? {} : { links })).filter((name) =>
        name.endsWith('_SERVICE_HOST'),
      );
    assert.deepEqual(await hosts(), ['KUBERNETES_SERVICE_HOST', 'OWN_SERVICE_HOST']);
    assert.deepEqual(await hosts(true), ['KUBERNETES_SERVICE_HOST', 'OWN_SERVICE_HOST']);
    assert.deepEqual(await variables(services, { links: false }), kubernetes);
  });

  it('leave out Services without an address of their own', async () => {
    const external: Service = {
      metadata: { namespace: 'team', name: 'external' },
      spec: { type: 'ExternalName', externalName: 'a.example.com' },
    };
    assert.deepEqual(await variables([service('team', 'headless', 'None'), service('team', 'none', ''), external]), {});
  });

  it('let a Service of the own namespace win over the API server', async () => {
    const own = await variables([apiServer, service('team', 'kubernetes', '172.16.0.7', [{ port: 6443 }])]);
    assert.equal(own['KUBERNETES_SERVICE_HOST'], '172.16.0.7');
  });

  it('count the API server once in its own namespace', async () => {
    assert.deepEqual(await variables([apiServer], { namespace: 'default' }), kubernetes);
  });

  it('name the configured address of the API server', async () => {
    const there = await variables([apiServer], { config: { apiServer: { host: '10.0.0.8', port: 6443 } } });
    assert.equal(there['KUBERNETES_SERVICE_HOST'], '10.0.0.8');
    assert.equal(there['KUBERNETES_SERVICE_PORT_HTTPS'], '6443');
    assert.equal(there['KUBERNETES_PORT'], 'tcp://10.0.0.8:6443');
  });

  it('can be done without', async () => {
    assert.deepEqual(await variables([apiServer], { config: { serviceVariables: false } }), {});
  });

  it('are beneath everything that the container says, and can be referred to', async () => {
    const env = [
      { name: 'KUBERNETES_SERVICE_PORT', value: '1' },
      { name: 'URL', value: '$(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT)' },
    ];
    const pod = aPod({ spec: { containers: [aContainer({ env })] } });
    const all = variablesOf(await resolveWith(pod, clusterObjects({ services: [apiServer] })));
    assert.equal(all['URL'], '172.16.0.1:1');
    assert.deepEqual(Object.keys(all).slice(0, 3), ['KUBERNETES_SERVICE_PORT', 'URL', 'KUBERNETES_PORT']);
  });

  it('make way when there is no room, with a warning', async () => {
    const many = Array.from({ length: 40 }, (_, index) => service('default', `s${index}`, `172.16.1.${index + 1}`));
    const pod = aPod();
    const { findings, ...resolved } = await resolveWith(pod, clusterObjects({ services: [apiServer, ...many] }));
    assert.deepEqual(variablesOf({ findings, ...resolved }), kubernetes);
    assert.deepEqual(
      findings.notes.map(({ reason }) => reason),
      ['ServiceVariablesLeftOut'],
    );
  });
});
