import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createManagedFileSource } from '../../../../src/credential-helper/config/managed-file-source.ts';
import type { ConfigSource } from '../../../../src/credential-helper/config/source.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
import { FakeKubeClient } from '../../../support/fake-kube-client.ts';
import { aHelperConfig, tellFindings } from '../../../support/helper-config.ts';

const configMap = { namespace: 'kube-system', name: 'acr-configuration' };
const lookMs = 5_000;

describe('a file as a source of configuration', () => {
  let api: FakeKubeClient;
  let clock: FakeClock;
  let content: () => string;
  let source: ConfigSource;
  let changes: number;
  let stopping: AbortController;
  let done: Promise<void> | undefined;

  const create = (path: string, read?: (path: string) => Promise<string>): void => {
    source = createManagedFileSource({
      client: api,
      clock,
      logger: noLog,
      metrics: noMetrics,
      path,
      configMap,
      ...(read === undefined ? {} : { read }),
    });
    source.onChange(() => {
      changes += 1;
    });
  };

  const start = async (): Promise<void> => {
    done = source.run(stopping.signal);
    await settle();
  };

  const fail = (code: string) => (): string => {
    throw Object.assign(new Error('no'), { code });
  };

  beforeEach(() => {
    api = new FakeKubeClient();
    clock = new FakeClock();
    changes = 0;
    stopping = new AbortController();
    create('/etc/helper.json', async () => await Promise.resolve().then(() => content()));
  });

  afterEach(async () => {
    stopping.abort();
    await done;
    assert.equal(clock.sleeping(), 0);
  });

  it('is waited for, and read again every five seconds', async () => {
    content = fail('ENOENT');
    await start();
    assert.deepEqual(source.current(), { kind: 'incomplete', why: 'waiting for the file /etc/helper.json' });
    assert.deepEqual(source.findings(), []);
    content = (): string => '{"watchNamespace":"a"}';
    await clock.advance(lookMs);
    const config = aHelperConfig({ namespaces: { kind: 'named', names: ['a'] } });
    assert.deepEqual([source.current(), changes], [{ kind: 'complete', config }, 1]);
    await clock.advance(3 * lookMs);
    assert.equal(changes, 1);
  });

  const losses: Record<string, [content: () => string, told: string]> = {
    'that is gone': [fail('ENOENT'), 'is missing'],
    'that may not be read': [fail('EACCES'), 'cannot be read (EACCES)'],
    'that is half written': [
      (): string => '{"watchNamespace":"a',
      'cannot be read (line 1, column 21: a quote, a bracket, a comma or a colon is missing before this place)',
    ],
    'that is empty': [(): string => '', 'cannot be read (line 1, column 1: is not a JSON object)'],
    'that is a list': [(): string => '[]', 'cannot be read (line 1, column 1: is not a JSON object)'],
  };
  for (const [name, [then, told]] of Object.entries(losses)) {
    it(`${name} changes nothing, and is told`, async () => {
      content = (): string => '{"watchNamespace":"a"}';
      await start();
      const before = source.current();
      content = then;
      await clock.advance(2 * lookMs);
      assert.deepEqual(source.current(), before);
      assert.deepEqual(tellFindings({ findings: source.findings() }), [
        `ConfigInvalid managed-config-file: the file /etc/helper.json ${told}; what was read before stays in force`,
      ]);
      assert.equal(changes, 2);
      content = (): string => '{"watchNamespace":"a"}';
      await clock.advance(lookMs);
      assert.deepEqual([source.findings(), changes], [[], 3]);
    });
  }

  it('that is broken from the start serves nothing', async () => {
    content = (): string => '{';
    await start();
    const state = source.current();
    assert.ok(state.kind === 'incomplete');
    assert.match(state.why, /^the file .* cannot be read \(line 1, column 2: /);
    assert.match(tellFindings({ findings: source.findings() })[0] ?? '', /nothing is written until it can be read$/);
  });

  it('keeps the last good value of a single parameter', async () => {
    content = (): string => '{"enableRRSA":true,"AcrInstanceInfo":[{"instanceId":"cri-a"}],"serviceAccount":"a"}';
    await start();
    content = (): string => '{"enableRRSA":"perhaps","serviceAccount":"b"}';
    await clock.advance(lookMs);
    const state = source.current();
    assert.ok(state.kind === 'complete');
    assert.deepEqual(
      [state.config.rrsaEnabled, state.config.entries.length, state.config.serviceAccounts],
      [true, 1, { kind: 'named', names: ['b'] }],
    );
    assert.deepEqual(tellFindings({ findings: source.findings() }), [
      'ConfigInvalid enableRRSA: line 1, column 15: enable is neither true nor false; registries and RRSA stay in force as they were before',
    ]);
  });

  it('may be replaced, or be a link that is turned', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'managed-config-'));
    try {
      const path = join(folder, 'config.json');
      await writeFile(join(folder, 'one.json'), '{"watchNamespace":"one"}');
      await writeFile(join(folder, 'two.json'), '{"watchNamespace":"two"}');
      await symlink('one.json', path);
      create(path);
      const changed = (): Promise<void> => new Promise((resolve) => source.onChange(resolve));
      const first = changed();
      done = source.run(stopping.signal);
      await first;
      await symlink('two.json', join(folder, 'next'));
      await rename(join(folder, 'next'), path);
      const second = changed();
      const ended = second.then(() => true);
      // Disks answer outside the fake clock's sight, so the sleep after the first look may begin a little later.
      for (let look = 0; look < 200 && !(await Promise.race([ended, settle().then(() => false)])); look += 1)
        await clock.advance(lookMs);
      await second;
      const state = source.current();
      assert.ok(state.kind === 'complete');
      assert.deepEqual(state.config.namespaces, { kind: 'named', names: ['two'] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the object for events about a configuration file', () => {
  const configMapPath = '/api/v1/namespaces/kube-system/configmaps/acr-configuration';
  const accountPath = '/api/v1/namespaces/kube-system/serviceaccounts/aliyun-acr-credential-helper';

  async function targetWith(put: readonly string[], arrange?: (api: FakeKubeClient) => void): Promise<unknown> {
    const api = new FakeKubeClient();
    for (const path of put) api.put(path, { metadata: { uid: `uid of ${path.split('/').at(-1)}` } });
    arrange?.(api);
    const clock = new FakeClock();
    const read = async (): Promise<string> => await Promise.resolve('{}');
    const source = createManagedFileSource({
      client: api,
      clock,
      logger: noLog,
      metrics: noMetrics,
      path: '/x',
      configMap,
      read,
    });
    let told: unknown;
    source.onChange(() => {
      told = source.target();
    });
    const stopping = new AbortController();
    const done = source.run(stopping.signal);
    await clock.advance(60_000);
    stopping.abort();
    await done;
    const target = source.target();
    assert.deepEqual(told, target, 'listeners have seen the object');
    return target === undefined ? undefined : `${target.kind} ${target.namespace}/${target.name} ${target.uid}`;
  }

  it('is the ConfigMap where there is one', async () => {
    const found = await targetWith([configMapPath, accountPath]);
    assert.equal(found, 'ConfigMap kube-system/acr-configuration uid of acr-configuration');
  });

  const account = 'ServiceAccount kube-system/aliyun-acr-credential-helper uid of aliyun-acr-credential-helper';
  it('is the own ServiceAccount otherwise', async () => {
    assert.equal(await targetWith([accountPath]), account);
  });

  it('is looked for again after an API server that does not answer', async () => {
    const found = await targetWith([accountPath], (api) => api.fail('get', 'ServiceUnavailable', 503));
    assert.equal(found, account);
  });

  it('is none where neither exists', async () => {
    assert.equal(await targetWith([]), undefined);
  });
});
