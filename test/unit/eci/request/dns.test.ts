import assert from 'node:assert/strict';
import { translateDns } from '../../../../src/eci/request/dns.ts';
import { aPod } from '../../../support/pod-builder.ts';

const dns = { nameServers: ['172.16.0.10'], domain: 'cluster.local' };
const clusterConfig = {
  nameServer: ['172.16.0.10'],
  search: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
  option: [{ name: 'ndots', value: '5' }],
};

describe('translateDns', () => {
  it('writes the cluster DNS out for ClusterFirst', () => {
    assert.deepEqual(translateDns(aPod({ spec: { dnsPolicy: 'ClusterFirst' } }), dns, {}), {
      dnsPolicy: 'None',
      dnsConfig: clusterConfig,
    });
  });

  it('falls back to Default when the cluster DNS is not configured', () => {
    const unreachable = { ...dns, nameServers: [] };
    assert.deepEqual(translateDns(aPod({ spec: { dnsPolicy: 'ClusterFirst' } }), unreachable, {}), {
      dnsPolicy: 'Default',
    });
  });

  it('merges the own settings of the Pod: options by name, lists without duplicates', () => {
    const pod = aPod({
      spec: {
        dnsPolicy: 'ClusterFirst',
        dnsConfig: {
          nameservers: ['1.1.1.1', '172.16.0.10'],
          searches: ['example.com'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
        },
      },
    });
    assert.deepEqual(translateDns(pod, dns, {}).dnsConfig, {
      nameServer: ['172.16.0.10', '1.1.1.1'],
      search: [...clusterConfig.search, 'example.com'],
      option: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
    });
  });

  it('takes None as it is and at most three servers', () => {
    const nameservers = ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'];
    assert.deepEqual(translateDns(aPod({ spec: { dnsPolicy: 'None', dnsConfig: { nameservers } } }), dns, {}), {
      dnsPolicy: 'None',
      dnsConfig: { nameServer: nameservers.slice(0, 3) },
    });
  });

  it('lets name servers of the annotation take the place of those of the cluster', () => {
    const asked = { dnsPolicy: 'None', dnsConfig: { nameServer: ['9.9.9.9'] } };
    assert.deepEqual(translateDns(aPod({ spec: { dnsPolicy: 'ClusterFirst' } }), dns, asked), asked);
  });

  it('keeps the name servers of the policy when the annotation names none', () => {
    const asked = { dnsConfig: { search: ['example.com'], option: [{ name: 'ndots', value: '1' }] } };
    assert.deepEqual(translateDns(aPod({ spec: { dnsPolicy: 'ClusterFirst' } }), dns, asked), {
      dnsPolicy: 'None',
      dnsConfig: {
        nameServer: ['172.16.0.10'],
        search: ['example.com', ...clusterConfig.search],
        option: [{ name: 'ndots', value: '1' }],
      },
    });
    assert.equal(translateDns(aPod({ spec: { dnsPolicy: 'Default' } }), dns, asked).dnsPolicy, 'Default');
  });

  it('puts the annotation before the own settings of the Pod', () => {
    const pod = aPod({
      spec: {
        dnsPolicy: 'ClusterFirst',
        dnsConfig: {
          nameservers: ['1.1.1.1'],
          searches: ['pod.example.com'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
        },
      },
    });
    const asked = {
      dnsPolicy: 'None',
      dnsConfig: { nameServer: ['9.9.9.9'], search: ['example.com'], option: [{ name: 'ndots', value: '1' }] },
    };
    assert.deepEqual(translateDns(pod, dns, asked), {
      dnsPolicy: 'None',
      dnsConfig: {
        nameServer: ['9.9.9.9', '1.1.1.1'],
        search: ['example.com', 'pod.example.com'],
        option: [{ name: 'ndots', value: '1' }, { name: 'edns0' }],
      },
    });
  });
});
