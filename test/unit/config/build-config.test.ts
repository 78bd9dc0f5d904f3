import assert from 'node:assert/strict';
import { buildConfig } from '../../../src/config/build-config.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { effectiveConfig } from '../../../src/config/effective-config.ts';
import type { Sources } from '../../../src/config/settings.ts';

const required = { regionId: 'cn-hangzhou', vswitchIds: 'vsw-1,vsw-2', securityGroupId: 'sg-1' };

function build(sources: Partial<Sources> = {}) {
  return buildConfig({ environment: {}, ...sources, flags: { ...required, ...sources.flags } });
}

function problemsOf(sources: Sources): readonly string[] {
  try {
    buildConfig(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('buildConfig', () => {
  it('takes the flag before the environment, the environment before the file, the file before the profile', () => {
    const all: Sources = {
      flags: { ...required, securityGroupId: 'sg-flag' },
      environment: { ECI_KUBELET_SECURITY_GROUP_ID: 'sg-environment' },
      file: { path: 'config.yaml', content: { securityGroupId: 'sg-file' } },
      profile: { path: '/profile', values: { securityGroupId: 'sg-profile' } },
    };
    const { regionId, vswitchIds } = required;
    assert.equal(buildConfig(all).config.securityGroupId, 'sg-flag');
    assert.equal(buildConfig({ ...all, flags: { regionId, vswitchIds } }).config.securityGroupId, 'sg-environment');
    const noEnvironment = { ...all, flags: { regionId, vswitchIds }, environment: {} };
    assert.equal(buildConfig(noEnvironment).config.securityGroupId, 'sg-file');
    const noFile = { ...noEnvironment, file: { path: 'config.yaml', content: null } };
    assert.equal(buildConfig(noFile).config.securityGroupId, 'sg-profile');
  });

  it('gives typed values: durations in milliseconds, lists, maps and taints', () => {
    const { config } = build({
      flags: {
        pollInterval: '2s',
        rateLimits: ['CreateContainerGroup=10', 'DescribeContainerGroups=20'],
        taints: ['k8s.aliyun.com/vnode=true:NoSchedule', 'spot:PreferNoSchedule'],
      },
    });
    assert.equal(config.pollIntervalMs, 2000);
    assert.deepEqual(config.vSwitchIds, ['vsw-1', 'vsw-2']);
    assert.deepEqual(config.rateLimits, { CreateContainerGroup: 10, DescribeContainerGroups: 20 });
    assert.deepEqual(config.taints, [
      { key: 'k8s.aliyun.com/vnode', value: 'true', effect: 'NoSchedule' },
      { key: 'spot', value: '', effect: 'PreferNoSchedule' },
    ]);
    assert.equal(config.zoneId, undefined);
  });

  it('has the provider taint by default and none with --no-taints or an empty list', () => {
    assert.deepEqual(build().config.taints, [
      { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' },
    ]);
    assert.deepEqual(build({ flags: { taints: false } }).config.taints, []);
    assert.deepEqual(build({ file: { path: 'c.yaml', content: { taints: [] } } }).config.taints, []);
  });

  it('accepts the environment names of other programs, our own first', () => {
    const environment = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI1',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'very-secret',
      VKUBELET_TAINT_VALUE: 'eci',
      VKUBELET_TAINT_EFFECT: 'NoExecute',
      VKUBELET_POD_IP: '10.0.0.7',
      KUBELET_PORT: '10300',
      ECI_KUBELET_KUBELET_PORT: '10301',
    };
    const { config } = build({ environment });
    assert.equal(config.accessKeyId, 'LTAI1');
    assert.equal(config.accessKeySecret?.reveal(), 'very-secret');
    assert.deepEqual(config.taints, [{ key: 'virtual-kubelet.io/provider', value: 'eci', effect: 'NoExecute' }]);
    assert.equal(config.internalIp, '10.0.0.7');
    assert.equal(config.kubeletPort, 10301);
  });

  it('treats an empty variable as unset', () => {
    assert.equal(build({ environment: { ECI_KUBELET_ZONE_ID: '' } }).config.zoneId, undefined);
  });

  it('ignores the variables that Kubernetes makes for a Service of this name', () => {
    const environment = {
      ECI_KUBELET_SERVICE_HOST: '10.1.2.3',
      ECI_KUBELET_SERVICE_PORT_HTTPS: '443',
      ECI_KUBELET_PORT: 'tcp://10.1.2.3:443',
      ECI_KUBELET_PORT_443_TCP_ADDR: '10.1.2.3',
    };
    assert.equal(build({ environment }).config.regionId, 'cn-hangzhou');
  });

  it('shows every effective value except secrets', () => {
    const { config } = build({
      environment: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI1', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'very-secret' },
    });
    const effective = effectiveConfig(config);
    assert.deepEqual(effective['taints'], ['virtual-kubelet.io/provider=alibabacloud:NoSchedule']);
    assert.ok(!('zoneId' in effective));
    assert.equal(effective['accessKeySecret'], '[redacted]');
    assert.equal(effective['pollInterval'], '5s');
    assert.ok(!JSON.stringify(effective).includes('very-secret'));
  });

  it('reports all problems at once, each under the name that was used', () => {
    const problems = problemsOf({
      flags: { securityGroupId: 'sg-1', podWorkers: '0', pollInterval: '5' },
      environment: { ECI_KUBELET_IDENTITY: 'root', ECI_KUBELET_POD_WORKER: '3' },
      file: { path: 'config.yaml', content: { taints: ['a=b:Sometimes'], clusterDoman: 'x', nodePods: 'many' } },
    });
    assert.deepEqual([...problems].sort(), [
      '--pod-workers: 0 is not accepted; give a whole number from 1 to 256',
      '--poll-interval: "5" is not accepted; give a duration with its unit from 1s to 5m, such as 1s',
      '--region-id (ECI_KUBELET_REGION_ID, regionId) is required; give a region id such as cn-hangzhou',
      '--vswitch-ids (ECI_KUBELET_VSWITCH_IDS, vswitchIds) is required; give 1 to 10 vSwitch ids such as vsw-bp1xpiowfm5vo8o3c0001',
      'ECI_KUBELET_IDENTITY: "root" is not accepted; give one of auto, access-key, rrsa, ecs-role, file',
      'ECI_KUBELET_POD_WORKER: there is no such option, did you mean ECI_KUBELET_POD_WORKERS?',
      'clusterDoman in config.yaml: there is no such option, did you mean clusterDomain?',
      'nodePods in config.yaml: "many" is not accepted; give a whole number from 1 to 100000',
      'taints in config.yaml: "a=b:Sometimes" is not accepted; give taints of the form key=value:Effect with an effect of NoSchedule, PreferNoSchedule, NoExecute',
    ]);
  });

  it('never repeats a secret that cannot be used', () => {
    const problems = problemsOf({
      flags: required,
      environment: {},
      file: { path: 'c.yaml', content: { accessKeySecret: ['hunter2'] } },
    });
    assert.deepEqual(problems, ['accessKeySecret in c.yaml: give a text that is not empty']);
  });

  const contradictions: Record<string, { sources: Partial<Sources>; problem: RegExp }> = {
    'half an access key': {
      sources: { environment: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI1' } },
      problem: /access key is incomplete/,
    },
    'an access key identity without a key': {
      sources: { flags: { identity: 'access-key' } },
      problem: /--identity access-key needs/,
    },
    'a part of RRSA': {
      sources: { flags: { oidcTokenFile: '/token' } },
      problem: /RRSA needs/,
    },
    'a file identity without a file': { sources: { flags: { identity: 'file' } }, problem: /--credentials-file/ },
    'a zone of another region': { sources: { flags: { zoneId: 'cn-beijing-a' } }, problem: /is no zone of the region/ },
    'an idle interval under the busy one': {
      sources: { flags: { idlePollInterval: '2s' } },
      problem: /--idle-poll-interval is shorter/,
    },
  };
  for (const [name, { sources, problem }] of Object.entries(contradictions)) {
    it(`refuses ${name}`, () => {
      const problems = problemsOf({ environment: {}, ...sources, flags: { ...required, ...sources.flags } });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }
});
