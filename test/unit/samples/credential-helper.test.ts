import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Fixture } from '../../../simulator/fixtures/fixture.ts';
import { defaultFixtureUrl, loadFixture } from '../../../simulator/fixtures/load-fixture.ts';
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
