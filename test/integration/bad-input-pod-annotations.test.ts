import assert from 'node:assert/strict';
import { annotationsOf } from '../../src/annotations/annotation-table.ts';
import { accounts } from '../support/fixture-file.ts';
import { applyAll } from '../support/apply-all.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isHeld, isRunning, podsWhen } from '../support/pod-report.ts';
import type { PodReport } from '../support/pod-report.ts';

const role = (name: string): string => `acs:ram::${accounts.a}:role/${name}`;

interface BadAnnotation {
  /** The key that the event has to name, without prefix. */
  key: string;
  value: string;
  /** Further annotations of the Pod. */
  beside?: Readonly<Record<string, string>>;
  /** The remedy in the event. */
  says: RegExp;
}

const ids = (count: number): string => Array.from({ length: count }, (_, index) => `cri-number${index}`).join(',');
const pool = /no public field for private pools\. Remove it/;

/** At least one for every annotation of Pods; the first list is the one of the pairing rule. */
const badAnnotations: readonly BadAnnotation[] = [
  { key: 'acr-instance-ids', value: 'cri-j36zhodptmyq****', says: /asterisks mask digits.*Write the real value/ },
  { key: 'acr-instance-ids', value: 'demo-a', says: /Not an instance id\. Write cri-… or region:cri-…/ },
  { key: 'acr-instance-ids', value: 'cn-beijing:', says: /Not an instance id/ },
  { key: 'acr-instance-ids', value: 'Beijing:cri-a', says: /before the colon is not a region such as cn-beijing/ },
  { key: 'acr-instance-ids', value: 'cri-a,,cri-b', says: /Item 2: Empty\. Remove the extra comma/ },
  { key: 'acr-instance-ids', value: 'cri-a,', says: /Item 2: Empty/ },
  { key: 'acr-instance-ids', value: 'cri-a cri-b', says: /in small letters and without spaces/ },
  { key: 'acr-instance-ids', value: ids(21), says: /makes 21 entries\. At most 20 are allowed/ },
  {
    key: 'acr-instance-id',
    value: 'cri-a,cri-b',
    says: /takes one id\. Use k8s\.aliyun\.com\/acr-instance-ids for several/,
  },
  { key: 'acr-service-arns', value: 'role-assume', says: /Write acs:ram::<account id>:role\/<name>; case counts/ },
  { key: 'acr-service-arns', value: 'acs:ram::1111111111111111:user/me', says: /This is a RAM user\. Name a RAM role/ },
  { key: 'acr-service-arns', value: 'acs:ram::1234****:role/x', says: /asterisks mask digits/ },
  {
    ...{ key: 'acr-service-arns', value: `${role('s1')},${role('s2')}`, beside: { 'acr-instance-ids': ids(3) } },
    says: /has 2 roles where k8s\.aliyun\.com\/acr-instance-ids has 3\. Name one role for all, or one for each/,
  },
  {
    ...{ key: 'acr-service-arns', value: `${role('s1')},${role('s2')}`, beside: { 'acr-instance-ids': 'cri-a' } },
    says: /has 2 roles where k8s\.aliyun\.com\/acr-instance-ids has 1\./,
  },
  {
    key: 'acr-user-arns',
    value: role('u'),
    says: /assumed through a service role\. Add k8s\.aliyun\.com\/acr-service-arns/,
  },
  {
    ...{ key: 'acr-user-arns', value: `${role('u1')},${role('u2')}`, beside: { 'acr-instance-ids': ids(3) } },
    says: /(has 2 roles where|Add k8s\.aliyun\.com\/acr-service-arns)/,
  },

  { key: 'eci-vswitch', value: 'vpc-1', says: /Not a vSwitch id\. It starts with vsw-/ },
  { key: 'eci-schedule-strategy', value: 'random', says: /Write VSwitchOrdered or VSwitchRandom/ },
  { key: 'eci-use-specs', value: '2C4G', says: /Write vCPU and memory as 2-4Gi, or an ECS type/ },
  { key: 'eci-use-specs', value: 'ecs.gn6i-c4g1.xlarge,2-4Gi', says: /must not be mixed with other sizes/ },
  {
    key: 'eci-instance-family',
    value: 'ecs.c6',
    says: /no field for families\. List the types in k8s\.aliyun\.com\/eci-use-specs/,
  },
  { key: 'eci-instance-generation', value: '7', says: /no field for generations/ },
  { key: 'eci-compute-category', value: 'cheap', says: /Write economy or general/ },
  {
    key: 'eci-spot-strategy',
    value: 'SpotWithPriceLimit',
    says: /needs a price\. Add k8s\.aliyun\.com\/eci-spot-price-limit/,
  },
  { key: 'eci-spot-price-limit', value: '€1', says: /Not a price\. Write a decimal number greater than 0/ },
  { key: 'eci-spot-duration', value: '6', says: /Write 0 to 1 hours, digits only/ },
  { key: 'eci-spot-fallback', value: 'yes', says: /Not a boolean\. Write "true" or "false", in quotes/ },
  { key: 'eci-privatepool-matchcriteria', value: 'Open', says: pool },
  { key: 'eci-privatepool-id', value: 'eap-1', says: pool },
  { key: 'eci-gpu-driver-version', value: '535', says: /Write driver=version, for example tesla=535/ },
  { key: 'eci-cpu-option-core', value: '0', says: /Write 1 or more, digits only/ },
  { key: 'eci-cpu-option-ht', value: 'two', says: /Write 1 or more/ },
  { key: 'eci-max-pending-minute', value: '5', says: /Write 10 to 1440 minutes/ },
  { key: 'eci-fail-strategy', value: 'fail-slow', says: /Write fail-back or fail-over or fail-fast/ },
  { key: 'eci-reschedule-enable', value: '1', says: /Not a boolean/ },
  {
    ...{ key: 'pod-fail-on-create-err', value: 'true', beside: { 'eci-reschedule-enable': 'true' } },
    says: /contradicts k8s\.aliyun\.com\/eci-reschedule-enable.*Replace both by k8s\.aliyun\.com\/eci-fail-strategy/,
  },

  { key: 'eci-auto-imc', value: 'on', says: /Not a boolean/ },
  { key: 'eci-imc-id', value: 's-1', says: /Not an image cache id\. It starts with imc-/ },
  { key: 'imc-perfect-match', value: '100', says: /Not a boolean/ },
  { key: 'imc-match-count-request', value: '3', says: /fewer images than that\. Lower the number/ },
  {
    key: 'plain-http-registry',
    value: 'http://harbor.example.com',
    says: /Write the host alone, without a scheme or a path/,
  },
  { key: 'insecure-registry', value: 'harbor example', says: /Not a registry host/ },
  { key: 'eci-data-cache-bucket', value: '-bucket', says: /Not a bucket name/ },
  { key: 'eci-data-cache-pl', value: 'PL9', says: /Write PL0, PL1, PL2 or PL3/ },
  { key: 'eci-data-cache-provisionedIops', value: '50001', says: /Write 0 to 50000 IOPS/ },
  { key: 'eci-data-cache-burstingEnabled', value: 'maybe', says: /Not a boolean/ },

  { key: 'eci-security-group', value: 'sg-a,sg-b,sg-c,sg-d,sg-e,sg-f', says: /has 6 items\. At most 5 are allowed/ },
  {
    ...{ key: 'eci-eip-instanceid', value: 'eip-1', beside: { 'eci-with-eip': 'true' } },
    says: /A Pod has one EIP\. Remove it, or k8s\.aliyun\.com\/eci-with-eip/,
  },
  { key: 'eci-with-eip', value: 'please', says: /Not a boolean/ },
  { key: 'eip-bandwidth', value: '5M', says: /Write 1 or more Mbit\/s, digits only/ },
  { key: 'eip-common-bandwidth-package-id', value: 'bwp-1', says: /starts with cbwp-/ },
  { key: 'eip-isp', value: 'Telekom', says: /Write BGP or BGP_PRO/ },
  {
    ...{ key: 'eip-internet-charge-type', value: 'PayByTraffic', beside: { 'eci-with-eip': 'true' } },
    says: /no public field for the charge type\. Create an EIP with it/,
  },
  {
    ...{ key: 'eip-public-ip-address-pool-id', value: 'pippool-1', beside: { 'eci-with-eip': 'true' } },
    says: /no public field for address pools\. Create an EIP from the pool/,
  },
  { key: 'eci-enable-ipv6', value: '2', says: /Not a boolean/ },
  { key: 'eci-ipv6-bandwidth-enable', value: 'no', says: /Not a boolean/ },
  { key: 'eci-ipv6-bandwidth', value: '2001', says: /Write 1 to 2000 Mbit\/s, as 100 or 100M/ },
  { key: 'eci-private-ip-address', value: '10.0.0.256', says: /Not an IPv4 address/ },
  { key: 'eci-fixed-ip', value: 'x', says: /Not a boolean/ },
  { key: 'eci-fixed-ip-retain-hour', value: '0', says: /Write 1 or more hours/ },
  {
    key: 'kubernetes.io/ingress-bandwidth',
    value: '40m',
    says: /Not a transfer rate\. Write a number and a unit, for example 40M/,
  },
  { key: 'kubernetes.io/egress-bandwidth', value: 'fast', says: /Not a transfer rate/ },
  {
    key: 'eci-custom-dnsconfig',
    value: '{nameservers: 1}',
    says: /Not JSON\. Quote the whole value with single quotes in YAML/,
  },
  { key: 'eci-custom-hosts', value: '[{"host":"a"}]', says: /Item 1: Fill in every one of host, ip/ },
  { key: 'eci-wait-clusterip-ready', value: 'all', says: /Write "\*"/ },

  { key: 'eci-ram-role-name', value: role('pod-role'), says: /Write the name alone, not its ARN/ },
  { key: 'eci-custom-tags', value: 'env=test', says: /Not a tag\. Write key:value/ },
  { key: 'eci-extra-ephemeral-storage', value: '20G', says: /Write whole GiB, 0Gi to 5000Gi/ },
  {
    key: 'eci-ephemeral-storage-options',
    value: '{"encrypted":"true"}',
    says: /no public field for encrypted ephemeral storage/,
  },
  { key: 'eci-eviction-enable', value: 'never', says: /Not a boolean/ },
  { key: 'eci-ntp-server', value: 'ntp.example.com', says: /Not an IP address\. A host name does not do here/ },
  { key: 'eci-core-pattern', value: '|/bin/dump', says: /Write a path that starts with \/; pipes/ },
  { key: 'eci-sls-enable', value: 'true', says: /runs no log collection of Simple Log Service/ },
  { key: 'eci-host-sysctls', value: '{"name":"a"}', says: /Not a JSON array/ },
];

describe('a bad annotation on a Pod', function () {
  this.timeout(90_000);
  let platform: Platform;
  let pods: Map<string, PodReport>;
  const nameOf = (index: number): string => `bad-${index}`;
  const manifest = (index: number, annotations: Record<string, string>): object =>
    podManifest({ name: nameOf(index), nodeName: platform.sandbox.nodeName, annotations });

  before(async function () {
    platform = await createPlatform(this);
    await platform.start({ flags: ['--no-image-cache-controller'] });
    await applyAll(
      platform,
      badAnnotations.map(({ key, value, beside }, index) => manifest(index, { ...beside, [key]: value })),
    );
    pods = await podsWhen(platform, [...badAnnotations.keys()].map(nameOf), isHeld);
  });

  after(async () => await platform?.dispose());

  it('is tried for every annotation that Pods can have', () => {
    const tried = new Set(badAnnotations.map(({ key }) => (key.includes('/') ? key : `k8s.aliyun.com/${key}`)));
    assert.deepEqual(
      annotationsOf('Pod')
        .map(({ key }) => key)
        .filter((key) => !tried.has(key)),
      [],
    );
  });

  for (const [index, { key, value, says }] of badAnnotations.entries()) {
    const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value;
    it(`${key}: ${shown} holds the Pod with an event that names key, value and remedy`, () => {
      const { events, message, conditions } = pods.get(nameOf(index)) ?? assert.fail();
      const fullKey = key.includes('/') ? key : `k8s.aliyun.com/${key}`;
      const start = `Warning InvalidAnnotation: ${fullKey}=${JSON.stringify(value).slice(0, 100)}`;
      const event = events.find((text) => text.startsWith(start)) ?? assert.fail(events.join('\n'));
      assert.match(event, says);
      assert.match(message, says);
      assert.match(conditions['ContainerInstanceCreated'] ?? '', /^False InvalidAnnotation: /);
    });
  }

  it('costs no call to any service', async () => {
    // The process asks once which account it belongs to, whatever Pods there are.
    const calls = (await platform.simulator.journal()).filter(
      ({ action }) => !action.startsWith('Describe') && action !== 'GetCallerIdentity',
    );
    assert.deepEqual(calls, []);
  });

  it('is no obstacle any more once it is gone: every Pod is created at once', async () => {
    await applyAll(
      platform,
      badAnnotations.map((_, index) => manifest(index, {})),
    );
    const names = [...badAnnotations.keys()].map(nameOf);
    const after = await podsWhen(platform, names, isRunning);
    for (const name of names) assert.equal(after.get(name)?.reason, '', name);
    assert.equal((await readCreateRequests(platform.simulator)).size, names.length);
  });
});
