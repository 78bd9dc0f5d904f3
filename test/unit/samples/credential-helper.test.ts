import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Fixture } from '../../../simulator/fixtures/fixture.ts';
import { defaultFixtureUrl, loadFixture } from '../../../simulator/fixtures/load-fixture.ts';
import { readConfigMapData, readManagedConfig } from '../../../src/credential-helper/config/reading/read-config.ts';
import type { ConfigReading } from '../../../src/credential-helper/config/reading/read-config.ts';
import { CONFIG_NAME, CONFIG_NAMESPACE } from '../../../src/credential-helper/names.ts';
import { readHelperSamples, type HelperSample } from '../../support/helper-samples.ts';

/** An entry as the user writes it. */
type Entry = Readonly<Record<string, string | number | undefined>>;

describe('the samples of the credential helper', () => {
  let samples: HelperSample[];
  let fixture: Fixture;

  before(async () => {
    [samples, fixture] = await Promise.all([readHelperSamples(), loadFixture(defaultFixtureUrl)]);
  });

  const entriesOf = ({ data, managed }: HelperSample): Entry[] => {
    const list: unknown =
      managed === undefined
        ? parse(data?.['acr-registry-info'] ?? '')
        : (JSON.parse(managed) as Record<string, unknown>)['AcrInstanceInfo'];
    return list as Entry[];
  };

  it('are the seven scenarios, each with its line in the table', async () => {
    const names = samples.map(({ name }) => name);
    const expected = ['access-key', 'managed-json', 'personal', 'rrsa-cross-account', 'same-account', 'webhook'];
    assert.deepEqual(names, [...expected, 'worker-role']);
    const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'samples', 'README.md'), 'utf8');
    for (const name of names) assert.ok(page.includes(`| [${name}](credential-helper/${name}) |`), name);
  });

  it('have one ConfigMap, or the managed form, and a Pod without pull Secrets in a namespace of their own', () => {
    for (const { name, namespace, objects, data, managed } of samples) {
      assert.equal(namespace, `acr-${name}`);
      assert.equal((data === undefined) !== (managed === undefined), true, name);
      const kinds = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
      assert.deepEqual(
        kinds.toSorted(),
        [
          ...(data === undefined ? [] : [`ConfigMap ${CONFIG_NAMESPACE}/${CONFIG_NAME}`]),
          `Namespace /${namespace}`,
          `Pod ${namespace}/app`,
          `ServiceAccount ${namespace}/app`,
        ].toSorted(),
      );
      const pod = objects.find(({ kind }) => kind === 'Pod');
      assert.deepEqual([pod?.spec?.serviceAccountName, pod?.spec?.imagePullSecrets], ['app', undefined], name);
    }
  });

  const read = ({ name, data, managed }: HelperSample): ConfigReading => {
    const reading = managed === undefined ? readConfigMapData(data ?? {}) : readManagedConfig(managed);
    if ('problem' in reading) assert.fail(`${name}: ${reading.problem}`);
    return reading;
  };

  it('are read as they are meant, and there is nothing to say about them but that a key can be read by others', () => {
    for (const sample of samples) {
      const { name, namespace } = sample;
      const { others, ...keys } = read(sample);
      const findings = [...others, ...Object.values(keys).flatMap((key) => key.findings)];
      const expected = name === 'access-key' ? ['ConfigWarning acr-registry-info'] : [];
      assert.deepEqual(
        findings.map(({ reason, key }) => `${reason} ${key}`),
        expected,
        `${name}: ${findings.map(({ message }) => message).join('; ')}`,
      );
      assert.deepEqual(keys.namespaces.value, { kind: 'named', names: [namespace] }, name);
      assert.deepEqual(keys.serviceAccounts.value, { kind: 'named', names: ['app'] }, name);
      assert.equal(keys.expiringThresholdMs.value, 900_000, name);
      assert.equal(keys.entries.value?.length, entriesOf(sample).length, name);
      assert.equal(keys.rrsaEnabled.value, name === 'rrsa-cross-account', name);
      assert.equal(keys.webhook.value?.enabled, name === 'webhook', name);
    }
  });

  it('name instances of the fixture, in their regions', () => {
    const instances = fixture.accounts.flatMap((account) => account.instances ?? []);
    for (const sample of samples) {
      for (const { instanceId, regionId } of entriesOf(sample)) {
        if (instanceId === '') continue;
        assert.equal(instances.find((instance) => instance.instanceId === instanceId)?.regionId, regionId, sample.name);
      }
    }
  });

  it('name roles, providers and access keys of the fixture', () => {
    const arns = new Set(
      fixture.accounts.flatMap(({ accountId, roles = [], oidcProviders = [] }) => [
        ...roles.map(({ name }) => `acs:ram::${accountId}:role/${name}`),
        ...oidcProviders.map(({ name }) => `acs:ram::${accountId}:oidc-provider/${name}`),
      ]),
    );
    const secrets = new Map(
      fixture.accounts.flatMap(({ users = [] }) =>
        users.flatMap(({ accessKeys = [] }) =>
          accessKeys.map((key) => [key.accessKeyId, key.accessKeySecret] as const),
        ),
      ),
    );
    for (const sample of samples) {
      for (const entry of entriesOf(sample)) {
        const named = Object.entries(entry).filter(([field]) => field.endsWith('ARN'));
        for (const [field, arn] of named) assert.ok(arns.has(String(arn)), `${sample.name}: ${field}`);
        if (entry['customAccessKey'] === undefined) continue;
        assert.equal(secrets.get(String(entry['customAccessKey'])), entry['customAccessKeySecret'], sample.name);
      }
    }
  });

  it('pull an image that the fixture has, from a host of one of their entries', () => {
    const instances = fixture.accounts.flatMap((account) => account.instances ?? []);
    for (const sample of samples) {
      const host = sample.image.slice(0, sample.image.indexOf('/'));
      const hosts = entriesOf(sample).flatMap(({ instanceId, regionId, domains }) => {
        if (domains !== undefined) return String(domains).split(',');
        const instance = instances.find((candidate) => candidate.instanceId === instanceId);
        return instance === undefined
          ? [`registry.${regionId}.aliyuncs.com`]
          : [`${instance.instanceName}-registry.${regionId}.cr.aliyuncs.com`, ...(instance.userDomains ?? [])];
      });
      assert.ok(hosts.includes(host), `${sample.name}: ${host}`);
      const image = fixture.images?.find(
        ({ repository, tag, ...at }) => `${at.host}/${repository}:${tag}` === sample.image,
      );
      assert.ok(image, sample.image);
    }
  });
});
