import assert from 'node:assert/strict';
import type { Container, Pod } from '../../../../src/kube/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';
import { resolveWith, variablesOf } from '../resolve-with.ts';

const cluster = clusterObjects({
  configMaps: {
    settings: { data: { MODE: 'fast', LEVEL: '1', 'with.dot': 'dotted', '1st': 'digit' }, binaryData: { RAW: 'AAE=' } },
    overrides: { data: { LEVEL: '2' } },
  },
  secrets: { login: { USER: 'robot', LEVEL: '3', EMPTY: '', BYTES: Buffer.from([0xff, 0xfe]) } },
});

const withContainer = (container: Partial<Container>, more: Partial<NonNullable<Pod['spec']>> = {}): Pod =>
  aPod({ spec: { enableServiceLinks: false, containers: [aContainer(container)], ...more } });
const withEnv = (...env: NonNullable<Container['env']>): Pod => withContainer({ env });
type Variable = NonNullable<Container['env']>[number];
const field = (name: string, fieldPath: string): Variable => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const fromMap = (name: string, map: string, key: string, optional?: boolean): Variable => ({
  name,
  valueFrom: { configMapKeyRef: { name: map, key, ...(optional === undefined ? {} : { optional }) } },
});
const fromSecret = (name: string, secret: string, key: string, optional?: boolean): Variable => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key, ...(optional === undefined ? {} : { optional }) } },
});

describe('resolveEnvironment: where values come from', () => {
  const cases: Readonly<Record<string, readonly [Pod, Record<string, string>]>> = {
    'plain values, ConfigMap and Secret keys': [
      withEnv({ name: 'A', value: '1' }, fromMap('B', 'settings', 'MODE'), fromSecret('C', 'login', 'USER')),
      { A: '1', B: 'fast', C: 'robot' },
    ],
    'whole objects with a prefix': [
      withContainer({
        envFrom: [
          { prefix: 'M_', configMapRef: { name: 'settings' } },
          { prefix: 'S_', secretRef: { name: 'login' } },
        ],
      }),
      { M_1st: 'digit', M_LEVEL: '1', M_MODE: 'fast', S_EMPTY: '', S_LEVEL: '3', S_USER: 'robot' },
    ],
    'several objects: a later one wins': [
      withContainer({
        envFrom: [
          { configMapRef: { name: 'settings' } },
          { configMapRef: { name: 'overrides' } },
          { secretRef: { name: 'login' } },
        ],
      }),
      { LEVEL: '3', MODE: 'fast', EMPTY: '', USER: 'robot' },
    ],
    'env after envFrom': [
      withContainer({ envFrom: [{ configMapRef: { name: 'settings' } }], env: [{ name: 'MODE', value: 'slow' }] }),
      { LEVEL: '1', MODE: 'slow' },
    ],
    'an optional key that is missing, which leaves what envFrom said': [
      withContainer({
        envFrom: [{ configMapRef: { name: 'settings' } }],
        env: [fromMap('MODE', 'settings', 'nothing', true)],
      }),
      { LEVEL: '1', MODE: 'fast' },
    ],
    'a variable that is set to nothing': [withEnv({ name: 'A' }, { name: 'B', value: '' }), { A: '', B: '' }],
    'fields of the Pod': [
      aPod({
        metadata: { labels: { tier: 'front' }, annotations: { note: 'x' } },
        spec: {
          serviceAccountName: 'robot',
          enableServiceLinks: false,
          containers: [
            aContainer({
              env: [
                field('NAME', 'metadata.name'),
                field('NAMESPACE', 'metadata.namespace'),
                field('UID', 'metadata.uid'),
                field('TIER', "metadata.labels['tier']"),
                field('NOTE', "metadata.annotations['note']"),
                field('NONE', "metadata.labels['none']"),
                field('NODE', 'spec.nodeName'),
                field('ACCOUNT', 'spec.serviceAccountName'),
                field('HOST', 'status.hostIP'),
                field('HOSTS', 'status.hostIPs'),
                field('POD', 'status.podIP'),
                field('PODS', 'status.podIPs'),
              ],
            }),
          ],
        },
      }),
      {
        NAME: 'web',
        NAMESPACE: 'default',
        UID: '0a1b2c3d-0000-4000-8000-000000000001',
        TIER: 'front',
        NOTE: 'x',
        NONE: '',
        NODE: 'eci-node',
        ACCOUNT: 'robot',
        HOST: '192.168.1.5',
        HOSTS: '192.168.1.5',
        POD: 'pod-ip',
        PODS: 'pod-ip',
      },
    ],
  };
  for (const [title, [pod, expected]] of Object.entries(cases)) {
    it(`takes ${title}`, async () => {
      const resolved = await resolveWith(pod, cluster, { serviceVariables: false });
      assert.deepEqual(variablesOf(resolved), expected);
      assert.deepEqual(resolved.findings.missing, []);
    });
  }

  it('treats init containers like the others', async () => {
    const init = aContainer({ name: 'init', env: [fromSecret('C', 'login', 'USER')] });
    const resolved = await resolveWith(withContainer({}, { initContainers: [init] }), cluster);
    assert.deepEqual(variablesOf(resolved, 'init'), { C: 'robot' });
  });

  it('gives the address of the Pod for that of the host where that is configured', async () => {
    const resolved = await resolveWith(withEnv(field('HOST', 'status.hostIP')), cluster, { hostIpFields: 'pod' });
    assert.deepEqual(variablesOf(resolved), { HOST: 'pod-ip' });
  });

  it('says that two addresses are one', async () => {
    const pod = withEnv(field('PODS', 'status.podIPs'));
    const { findings } = await resolveWith(pod, cluster, { asked: { ipv6AddressCount: 1 } });
    assert.match(findings.notes[0]?.message ?? '', /env\[0\] \(status\.podIPs\) is the IPv4 address alone/);
  });

  it('gives a fixed order: sources, then variables as they are written', async () => {
    const pod = withContainer({
      envFrom: [{ configMapRef: { name: 'settings' } }],
      env: [
        { name: 'Z', value: '1' },
        { name: 'A', value: '2' },
        { name: 'LEVEL', value: '9' },
      ],
    });
    const resolved = await resolveWith(pod, cluster);
    assert.deepEqual(Object.keys(variablesOf(resolved)), ['LEVEL', 'MODE', 'Z', 'A']);
  });
});

describe('resolveEnvironment: expansion', () => {
  const cases: Readonly<Record<string, readonly [NonNullable<Container['env']>, Record<string, string>]>> = {
    'earlier variables only': [
      [
        { name: 'EARLY', value: '$(LATE)' },
        { name: 'LATE', value: '1' },
        { name: 'BOTH', value: '$(LATE)$(EARLY)' },
      ],
      { EARLY: '$(LATE)', LATE: '1', BOTH: '1$(LATE)' },
    ],
    'the earlier value of its own name': [
      [
        { name: 'P', value: '/bin' },
        { name: 'P', value: '/opt:$(P)' },
      ],
      { P: '/opt:/bin' },
    ],
    'what came from a Secret': [
      [fromSecret('USER', 'login', 'USER'), { name: 'URL', value: 'db://$(USER)@db' }],
      { USER: 'robot', URL: 'db://robot@db' },
    ],
    'nothing where only the service knows the value': [
      [field('IP', 'status.podIP'), { name: 'URL', value: 'http://$(IP)' }],
      { IP: 'pod-ip', URL: 'http://$(IP)' },
    ],
    'names that ECI does not take, which are not sent': [
      [
        { name: 'a.b', value: '1' },
        { name: 'OK', value: '$(a.b)' },
      ],
      { OK: '1' },
    ],
  };
  for (const [title, [env, expected]] of Object.entries(cases)) {
    it(`uses ${title}`, async () => {
      assert.deepEqual(variablesOf(await resolveWith(withEnv(...env), cluster)), expected);
    });
  }

  it('expands command and arguments with the finished environment', async () => {
    const pod = withContainer({
      command: ['run', '--mode=$(MODE)', '$$(MODE)'],
      args: ['$(LATE)', '$(NOBODY)'],
      envFrom: [{ configMapRef: { name: 'settings' } }],
      env: [{ name: 'LATE', value: 'late' }],
    });
    const { containers } = await resolveWith(pod, cluster);
    assert.deepEqual(containers.get('app')?.command, ['run', '--mode=fast', '$(MODE)']);
    assert.deepEqual(containers.get('app')?.args, ['late', '$(NOBODY)']);
  });
});

describe('resolveEnvironment: Secrets', () => {
  it('keeps values wrapped, also where they went into others and into arguments, and hides the variables', async () => {
    const pod = withContainer({
      env: [fromSecret('USER', 'login', 'USER'), { name: 'URL', value: 'db://$(USER)' }, { name: 'PLAIN', value: 'x' }],
      args: ['--url=$(URL)', '--plain=$(PLAIN)'],
    });
    const app = (await resolveWith(pod, cluster)).containers.get('app');
    assert.deepEqual(
      app?.variables.map(({ value }) => value instanceof Secret),
      [true, true, false],
    );
    assert.deepEqual(
      app.args?.map((text) => text instanceof Secret),
      [true, false],
    );
    assert.equal(app.hide, true);
    assert.doesNotMatch(JSON.stringify(app), /robot/);
  });

  it('hides nothing without them', async () => {
    const { containers } = await resolveWith(withEnv(fromMap('A', 'settings', 'MODE')), cluster);
    assert.equal(containers.get('app')?.hide, false);
  });
});

describe('resolveEnvironment: what is missing', () => {
  const cases: Readonly<Record<string, readonly [Pod, reason: string, missing: number]>> = {
    'an optional ConfigMap': [
      withContainer({ envFrom: [{ configMapRef: { name: 'nobody', optional: true } }] }),
      'OptionalConfigMapNotFound',
      0,
    ],
    'a mandatory ConfigMap': [
      withContainer({ envFrom: [{ configMapRef: { name: 'nobody' } }] }),
      'MandatoryConfigMapNotFound',
      1,
    ],
    'an optional Secret': [
      withContainer({ envFrom: [{ secretRef: { name: 'nobody', optional: true } }] }),
      'OptionalSecretNotFound',
      0,
    ],
    'a mandatory Secret': [
      withContainer({ envFrom: [{ secretRef: { name: 'nobody' } }] }),
      'MandatorySecretNotFound',
      1,
    ],
    'an optional ConfigMap key': [withEnv(fromMap('A', 'settings', 'none', true)), 'OptionalConfigMapKeyNotFound', 0],
    'a mandatory ConfigMap key': [withEnv(fromMap('A', 'settings', 'none')), 'MandatoryConfigMapKeyNotFound', 1],
    'a key of binaryData': [withEnv(fromMap('A', 'settings', 'RAW')), 'MandatoryConfigMapKeyNotFound', 1],
    'an optional Secret key': [withEnv(fromSecret('A', 'login', 'none', true)), 'OptionalSecretKeyNotFound', 0],
    'a mandatory Secret key': [withEnv(fromSecret('A', 'login', 'none')), 'MandatorySecretKeyNotFound', 1],
    'a Secret of a mandatory key': [withEnv(fromSecret('A', 'nobody', 'none', false)), 'MandatorySecretNotFound', 1],
  };
  for (const [title, [pod, reason, missing]] of Object.entries(cases)) {
    it(`tells of ${title} and ${missing === 0 ? 'goes on' : 'waits'}`, async () => {
      const { findings } = await resolveWith(pod, cluster);
      assert.deepEqual(
        findings.notes.map((note) => note.reason),
        [reason],
      );
      assert.equal(findings.missing.length, missing);
      assert.deepEqual(findings.problems, []);
    });
  }

  it('tells of an object once, whoever needs it', async () => {
    const env = [fromMap('A', 'nobody', 'a'), fromMap('B', 'nobody', 'b')];
    const pod = withContainer({ env }, { initContainers: [aContainer({ name: 'init', env })] });
    const { findings } = await resolveWith(pod, cluster);
    assert.equal(findings.notes.length, 1);
    assert.deepEqual(findings.missing, [{ kind: 'ConfigMap', namespace: 'default', name: 'nobody' }]);
    assert.equal(findings.message, 'ConfigMap default/nobody does not exist');
  });
});

describe('resolveEnvironment: what ECI does not take', () => {
  it('leaves out keys that are no names there, in one warning for each object', async () => {
    const pod = withContainer({ envFrom: [{ configMapRef: { name: 'settings' } }], args: ['$(with.dot)', '$(1st)'] });
    const { findings, containers } = await resolveWith(pod, cluster);
    assert.deepEqual(
      findings.notes.map(({ reason, message }) => `${reason} ${message}`),
      [
        'InvalidEnvironmentVariableNames Keys [1st, with.dot] of ConfigMap default/settings are left out: ECI takes letters, digits and underscores, at most 128',
      ],
    );
    // Kubelet would make a variable of the one and not of the other.
    assert.deepEqual(containers.get('app')?.args, ['dotted', '$(1st)']);
  });

  it('leaves out values that are no text where all are taken, and holds where one is named', async () => {
    const all = await resolveWith(withContainer({ envFrom: [{ secretRef: { name: 'login' } }] }), cluster);
    assert.deepEqual(
      all.findings.notes.map(({ reason }) => reason),
      ['InvalidEnvironmentVariableValues'],
    );
    const one = await resolveWith(withEnv(fromSecret('A', 'login', 'BYTES')), cluster);
    assert.equal(one.findings.problems[0]?.key, 'spec.containers[0].env[0].valueFrom.secretKeyRef');
  });

  it('holds a container with more than 240 variables, and says how many there are', async () => {
    const env = Array.from({ length: 241 }, (_, index) => ({ name: `V${index}`, value: '' }));
    const { findings } = await resolveWith(withEnv(...env), cluster);
    assert.deepEqual(findings.problems[0]?.value, '241 variables');
  });
});
