import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';

import { parseAllDocuments } from 'yaml';

import { defaultFixtureUrl, loadFixture } from '../../../simulator/fixtures/load-fixture.ts';
import type { Fixture, FixtureInstance } from '../../../simulator/fixtures/fixture.ts';
import { parseImageCacheAnnotations } from '../../../src/annotations/parse-image-cache-annotations.ts';
import { parsePodAnnotations } from '../../../src/annotations/parse-pod-annotations.ts';
import type { AcrEntry } from '../../../src/credentials/types.ts';

/** The parts of a sample that are asserted on. */
interface Manifest {
  file: string;
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  type?: string;
  stringData?: Record<string, string>;
  spec?: {
    replicas?: number;
    images?: string[];
    imagePullSecrets?: string[];
    imageCacheSize?: number;
    retentionDays?: number;
    selector?: { matchLabels: Record<string, string> };
    template?: {
      metadata: { labels: Record<string, string>; annotations: Record<string, string> };
      spec: { containers: { image: string }[] };
    };
  };
}

const root = new URL('../../../samples/', import.meta.url);

async function readSamples(): Promise<Manifest[]> {
  const files = (await readdir(root)).filter((name) => name.endsWith('.yaml')).sort();
  const manifests = await Promise.all(
    files.map(async (file) => {
      const documents = parseAllDocuments(await readFile(new URL(file, root), 'utf8'));
      return documents.map((document) => ({ file, ...(document.toJS() as Omit<Manifest, 'file'>) }));
    }),
  );
  return manifests.flat();
}

/** Hosts of an instance: its default one and its custom domains. */
function hostsOf({ instanceName, regionId, userDomains = [] }: FixtureInstance): string[] {
  return [`${instanceName}-registry.${regionId}.cr.aliyuncs.com`, ...userDomains];
}

describe('samples', () => {
  let manifests: Manifest[] = [];
  let fixture: Fixture;

  before(async () => {
    manifests = await readSamples();
    fixture = await loadFixture(defaultFixtureUrl);
  });

  const deployments = (): Manifest[] => manifests.filter(({ kind }) => kind === 'Deployment');
  const imageCaches = (): Manifest[] => manifests.filter(({ kind }) => kind === 'ImageCache');

  /** What one sample pulls, and with which annotations. */
  function pulls(): { file: string; image: string; entries: AcrEntry[]; isCustomDomain: boolean }[] {
    return [...deployments(), ...imageCaches()].flatMap(({ file, metadata, spec }) => {
      const annotations = spec?.template?.metadata.annotations ?? metadata.annotations ?? {};
      const parsed = spec?.template ? parsePodAnnotations(annotations) : parseImageCacheAnnotations(annotations);
      assert.ok(parsed.ok, `${file}: ${parsed.ok ? '' : JSON.stringify(parsed.problems)}`);
      assert.deepEqual(parsed.intent.warnings, [], file);
      const images = spec?.template?.spec.containers.map(({ image }) => image) ?? spec?.images ?? [];
      return images.map((image) => ({
        file,
        image,
        entries: parsed.intent.acrEntries,
        isCustomDomain: !image.includes('.cr.aliyuncs.com/'),
      }));
    });
  }

  function ownerOf(image: string): { accountId: string; instance: FixtureInstance } {
    const host = image.slice(0, image.indexOf('/'));
    const owner = fixture.accounts
      .flatMap(({ accountId, instances = [] }) => instances.map((instance) => ({ accountId, instance })))
      .find(({ instance }) => hostsOf(instance).includes(host));
    assert.ok(owner, `no instance of the fixture owns ${host}`);
    return owner;
  }

  it('are the seven examples of the vendor, with one entry each', () => {
    assert.deepEqual(
      deployments().map(({ spec }) => Object.keys(spec?.template?.metadata.annotations ?? {}).map(shorten)),
      [
        ['acr-service-arns'],
        ['acr-instance-ids'],
        ['acr-instance-ids'],
        ['acr-instance-ids', 'acr-service-arns', 'acr-user-arns'],
        ['acr-service-arns', 'acr-user-arns'],
      ],
    );
    assert.deepEqual(
      imageCaches().map(({ metadata }) => Object.keys(metadata.annotations ?? {}).map(shorten)),
      [['acr-instance-ids'], ['acr-instance-ids', 'acr-service-arns', 'acr-user-arns']],
    );
    assert.deepEqual(
      pulls().map(({ entries }) => entries.length),
      [1, 1, 1, 1, 1, 1, 1],
    );
  });

  it('pull from hosts of the fixture, naming the instance that owns the host', () => {
    for (const { file, image, entries, isCustomDomain } of pulls()) {
      const { instance } = ownerOf(image);
      const [entry] = entries;
      if (isCustomDomain) assert.equal(entry?.instanceId, instance.instanceId, file);
      else assert.equal(entry?.instanceId, undefined, file);
      if (entry?.instanceId !== undefined) assert.equal(entry.regionId ?? fixture.regionId, instance.regionId, file);
    }
  });

  it('pull images that the fixture has pushed to that instance', () => {
    for (const { file, image } of pulls()) {
      const hosts = hostsOf(ownerOf(image).instance);
      const rest = image.slice(image.indexOf('/') + 1);
      const pushed = fixture.images?.some(
        ({ host, repository, tag }) => hosts.includes(host) && `${repository}:${tag}` === rest,
      );
      assert.equal(pushed, true, `${file}: ${image}`);
    }
  });

  it('name roles of the fixture, the last of them in the account of the registry', () => {
    const arns = new Set(
      fixture.accounts.flatMap(({ accountId, roles = [] }) =>
        roles.map(({ name }) => `acs:ram::${accountId}:role/${name}`),
      ),
    );
    for (const { file, image, entries } of pulls()) {
      const chain = entries.flatMap(({ serviceRoleArn, userRoleArn }) =>
        [serviceRoleArn ?? [], userRoleArn ?? []].flat(),
      );
      for (const arn of chain) assert.ok(arns.has(arn), `${file}: ${arn}`);
      const last = chain.at(-1);
      if (last !== undefined) assert.equal(last.split(':')[3], ownerOf(image).accountId, file);
    }
  });

  it('run two replicas that ask for ECI by label', () => {
    for (const { file, apiVersion, metadata, spec } of deployments()) {
      assert.equal(apiVersion, 'apps/v1', file);
      assert.equal(metadata.annotations, undefined, file);
      assert.equal(spec?.replicas, 2, file);
      const labels = spec.template?.metadata.labels ?? {};
      assert.equal(labels['alibabacloud.com/eci'], 'true', file);
      for (const [key, value] of Object.entries(spec.selector?.matchLabels ?? {}))
        assert.equal(labels[key], value, file);
    }
  });

  it('make image caches of one size and lifetime, with Secrets that exist and have nothing to do with ACR', () => {
    const secrets = manifests.filter(({ kind }) => kind === 'Secret');
    const references = ['default:secret1', 'default:secret2', 'kube-system:secret3'];
    for (const { file, apiVersion, metadata, spec } of imageCaches()) {
      assert.equal(apiVersion, 'eci.alibabacloud.com/v1', file);
      assert.equal(metadata.namespace, undefined, file);
      const { images, ...rest } = spec ?? {};
      assert.equal(images?.length, 1, file);
      assert.deepEqual(rest, { imagePullSecrets: references, imageCacheSize: 25, retentionDays: 7 }, file);
    }
    assert.deepEqual(
      secrets.map(({ metadata }) => `${metadata.namespace}:${metadata.name}`),
      references,
    );
    for (const { type, stringData } of secrets) {
      assert.equal(type, 'kubernetes.io/dockerconfigjson');
      const config = JSON.parse(stringData?.['.dockerconfigjson'] ?? '') as { auths: Record<string, unknown> };
      for (const host of Object.keys(config.auths)) assert.doesNotMatch(host, /aliyuncs|\.[ab]\.example\.com/);
    }
  });

  it('have names of their own', () => {
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    assert.equal(new Set(names).size, names.length);
  });
});

function shorten(key: string): string {
  return key.replace('k8s.aliyun.com/', '');
}
