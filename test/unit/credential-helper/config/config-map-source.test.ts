import assert from 'node:assert/strict';

import { createConfigMapSource } from '../../../../src/credential-helper/config/config-map-source.ts';
import type { ConfigSource } from '../../../../src/credential-helper/config/source.ts';
import { KubeApiError } from '../../../../src/kube/errors.ts';
import type { ConfigMap, KubeObject, ListOptions, ListResult, WatchEvent } from '../../../../src/kube/types.ts';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
import { aHelperConfig, tellFindings } from '../../../support/helper-config.ts';

/** One ConfigMap, listed once and then watched. */
class OneConfigMap {
  readonly selectors: unknown[] = [];
  failure: Error | undefined;
  #present: ConfigMap | undefined;
  #version = 1;
  #send: (event: WatchEvent) => void = () => {};

  put(data: Record<string, string>, labels: Record<string, string> = {}): void {
    const type = this.#present === undefined ? 'ADDED' : 'MODIFIED';
    this.#version += 1;
    const metadata = { namespace: 'kube-system', name: 'acr-configuration', uid: 'u-1', labels };
    this.#present = { data, metadata: { ...metadata, resourceVersion: String(this.#version) } };
    this.#send({ type, object: { ...this.#present } });
  }

  remove(): void {
    const object = { ...this.#present };
    this.#present = undefined;
    this.#send({ type: 'DELETED', object });
  }

  async list<T extends KubeObject>(path: string, options: ListOptions = {}): Promise<ListResult<T>> {
    await settle();
    this.selectors.push([path, options.fieldSelector]);
    if (this.failure !== undefined) throw this.failure;
    const items = this.#present === undefined ? [] : [this.#present];
    return { items: items as KubeObject[] as T[], resourceVersion: '1' };
  }

  async *watch(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent, void, void> {
    this.selectors.push([path, query['fieldSelector']]);
    const events: WatchEvent[] = [];
    let wake = (): void => {};
    this.#send = (event): void => {
      events.push(event);
      wake();
    };
    while (!signal.aborted) {
      const event = events.shift();
      if (event !== undefined) yield event;
      else {
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        signal.addEventListener('abort', wake, { once: true });
        await woken.promise;
      }
    }
  }
}

describe('the ConfigMap as a source of configuration', () => {
  let api: OneConfigMap;
  let source: ConfigSource;
  let changes: number;
  let figures: Map<string, number>;
  let stopping: AbortController;
  let done: Promise<void>;

  const start = async (data?: Record<string, string>): Promise<void> => {
    if (data !== undefined) api.put(data);
    done = source.run(stopping.signal);
    await settle();
    await settle();
  };

  beforeEach(() => {
    api = new OneConfigMap();
    figures = new Map();
    source = createConfigMapSource({
      client: api,
      clock: new FakeClock(),
      logger: noLog,
      metrics: { ...noMetrics, gauge: (_, value, labels) => figures.set(labels?.['reason'] ?? '', value) },
      namespace: 'kube-system',
      name: 'acr-configuration',
    });
    changes = 0;
    stopping = new AbortController();
    source.onChange(() => {
      changes += 1;
    });
  });

  afterEach(async () => {
    stopping.abort();
    await done;
  });

  it('is asked for by name, so that permission for the one is enough', async () => {
    await start({});
    const asked = ['/api/v1/namespaces/kube-system/configmaps', 'metadata.name=acr-configuration'];
    assert.deepEqual(api.selectors, [asked, asked]);
  });

  it('is waited for', async () => {
    await start();
    assert.deepEqual(source.current(), {
      kind: 'incomplete',
      why: 'waiting for ConfigMap kube-system/acr-configuration',
    });
    assert.deepEqual([source.target(), source.findings(), changes], [undefined, [], 0]);
    api.put({});
    await settle();
    assert.deepEqual(source.current(), { kind: 'complete', config: aHelperConfig() });
    assert.equal(changes, 1);
    assert.deepEqual(source.target(), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'kube-system',
      name: 'acr-configuration',
      uid: 'u-1',
    });
  });

  it('says why it cannot be looked at', async () => {
    api.failure = new KubeApiError({ reason: 'Forbidden', httpStatus: 403, message: 'configmaps is forbidden' });
    await start();
    const state = source.current();
    assert.ok(state.kind === 'incomplete');
    assert.match(state.why, /^waiting for ConfigMap .*: configmaps is forbidden$/);
  });

  it('tells of changes in meaning, and of no others', async () => {
    await start({ 'watch-namespace': 'a' });
    assert.equal(changes, 1);
    api.put({ 'watch-namespace': 'a' }, { touched: 'yes' });
    api.put({ 'watch-namespace': ' a,', 'acr-registry-info': '# nothing' });
    await settle();
    assert.equal(changes, 1);
    api.put({ 'watch-namespace': 'b' });
    await settle();
    assert.equal(changes, 2);
  });

  it('tells of another secret in the same place', async () => {
    const withSecret = (secret: string): Record<string, string> => ({
      'acr-registry-info': `- customAccessKey: id\n  customAccessKeySecret: ${secret}`,
    });
    await start(withSecret('one'));
    api.put(withSecret('two'));
    await settle();
    assert.equal(changes, 2);
  });

  it('tells of findings that come and go', async () => {
    await start({ rrsa: 'enable: false' });
    const { kind } = source.current();
    api.put({ rrsa: 'enable: perhaps' });
    await settle();
    assert.deepEqual(
      [kind, changes, tellFindings({ findings: source.findings() })],
      [
        'complete',
        2,
        [
          'ConfigInvalid rrsa: line 1, column 9: enable is neither true nor false; registries and RRSA stay in force as they were before',
        ],
      ],
    );
    assert.equal(figures.get('ConfigInvalid'), 1);
    api.put({});
    await settle();
    assert.deepEqual([changes, source.findings()], [3, []]);
    assert.equal(figures.get('ConfigInvalid'), 0);
  });

  it('stays in force when it is deleted, and until it is back', async () => {
    await start({ 'watch-namespace': 'a,B' });
    const before = source.current();
    api.remove();
    await settle();
    assert.deepEqual(source.current(), before);
    assert.deepEqual(tellFindings({ findings: source.findings() }), [
      'ConfigInvalid acr-configuration: ConfigMap kube-system/acr-configuration is missing; what was read before stays in force',
      'ConfigWarning watch-namespace: left out, being no name of a namespace: "B"',
    ]);
    assert.equal(source.target()?.uid, 'u-1');
    api.put({ 'watch-namespace': 'c' });
    await settle();
    assert.deepEqual(source.current(), {
      kind: 'complete',
      config: aHelperConfig({ namespaces: { kind: 'named', names: ['c'] } }),
    });
    assert.deepEqual(source.findings(), []);
  });

  it('is waited for again when it goes away before it could ever be used', async () => {
    await start({ rrsa: '[' });
    assert.equal(source.findings().length, 1);
    api.remove();
    await settle();
    assert.deepEqual(source.current(), {
      kind: 'incomplete',
      why: 'waiting for ConfigMap kube-system/acr-configuration',
    });
    assert.deepEqual(source.findings(), []);
  });
});
