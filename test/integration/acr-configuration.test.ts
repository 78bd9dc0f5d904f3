import assert from 'node:assert/strict';

import { systemClock } from '../../src/clock.ts';
import { createConfigMapSource } from '../../src/credential-helper/config/config-map-source.ts';
import { createManagedFileSource } from '../../src/credential-helper/config/managed-file-source.ts';
import type { ConfigSource } from '../../src/credential-helper/config/source.ts';
import { createKubeClient, type ClosableKubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import { noLog, noMetrics } from '../../src/telemetry/types.ts';
import { controlPlaneOrSkip, type ControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { aHelperConfig } from '../support/helper-config.ts';
import { installHelper } from '../support/install-helper.ts';

const configMap = { namespace: 'kube-system', name: 'acr-configuration' };

describe('acr-configuration, read with the permissions of deploy/credential-helper', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let uninstall: (() => Promise<void>) | undefined;
  let client: ClosableKubeClient | undefined;
  let stopping: AbortController;
  let done: Promise<void> | undefined;

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    uninstall = await installHelper(plane);
    await remove();
    const path = await plane.createServiceAccountKubeconfig('kube-system', 'aliyun-acr-credential-helper');
    client = createKubeClient({
      kubeConfig: await loadKubeConfig({ kind: 'file', paths: [path] }),
      clock: systemClock,
    });
  });

  after(async () => {
    await client?.close();
    await uninstall?.();
  });

  beforeEach(() => {
    stopping = new AbortController();
  });

  afterEach(async () => {
    stopping.abort();
    await done;
    await remove();
  });

  const apply = async (data: Record<string, string>): Promise<void> => {
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: configMap, data };
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
  };
  const remove = async (): Promise<void> => {
    await plane?.kubectl(['delete', 'configmap', '-n', 'kube-system', 'acr-configuration', '--ignore-not-found']);
  };
  const common = () => {
    assert.ok(client !== undefined);
    return { client, clock: systemClock, logger: noLog, metrics: noMetrics };
  };
  const until = async (what: string, check: () => void): Promise<void> => {
    await eventually(what, async () => {
      check();
      return await Promise.resolve(true);
    });
  };
  const watching = (source: ConfigSource, namespace: string): Promise<void> =>
    until(`watches ${namespace}`, () => {
      const config = aHelperConfig({ namespaces: { kind: 'named', names: [namespace] } });
      assert.deepEqual(source.current(), { kind: 'complete', config });
    });

  it('is waited for, followed, kept when it goes, and taken up again', async () => {
    const source = createConfigMapSource({ ...common(), ...configMap });
    done = source.run(stopping.signal);
    assert.equal(source.current().kind, 'incomplete');
    await apply({ 'watch-namespace': 'one' });
    await watching(source, 'one');
    const uid = source.target()?.uid;
    assert.match(uid ?? '', /^[0-9a-f-]{36}$/);

    await apply({ 'watch-namespace': '*' });
    await until('one finding', () => assert.equal(source.findings().length, 1));
    await watching(source, 'one');

    await remove();
    await until('it is missed', () =>
      assert.match(source.findings()[0]?.message ?? '', /is missing; what was read before/),
    );
    await watching(source, 'one');

    await apply({ 'watch-namespace': 'two' });
    await watching(source, 'two');
    assert.deepEqual(source.findings(), []);
    assert.notEqual(source.target()?.uid, uid);
  });

  it('finds the object for events about a file', async () => {
    const read = async (): Promise<string> => await Promise.resolve('{"watchNamespace":"one"}');
    const source = createManagedFileSource({ ...common(), configMap, path: 'config.json', read });
    done = source.run(stopping.signal);
    await watching(source, 'one');
    await until('an object', () => assert.equal(source.target()?.kind, 'ServiceAccount'));
  });
});
