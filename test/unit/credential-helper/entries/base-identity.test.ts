import assert from 'node:assert/strict';
import {
  chooseBaseIdentity,
  createBaseIdentityFinder,
  type BaseFacts,
} from '../../../../src/credential-helper/entries/base-identity.ts';
import { watchBaseIdentity } from '../../../../src/credential-helper/entries/base-identity-watch.ts';
import { KubeApiError } from '../../../../src/kube/errors.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const at = (text: string): number => Date.parse(text);
const OLD = at('2023-04-02T15:59:59Z');
const NEW = at('2023-04-02T16:00:00Z');

describe('choosing the base identity', () => {
  const cases: Record<string, [facts: Partial<BaseFacts>, base: string, words: string]> = {
    'auto, the last second of the old clusters, Beijing time': [
      { clusterCreatedAtMs: OLD },
      'worker-role',
      'worker role, because tokenMode is auto and the cluster was made before 2023-04-03',
    ],
    'auto, the first second of the new ones': [
      { clusterCreatedAtMs: NEW },
      'managed-role',
      'managed role, because tokenMode is auto and the cluster was made on or after 2023-04-03',
    ],
    'managedRole in an old cluster': [
      { tokenMode: 'managedRole', clusterCreatedAtMs: OLD },
      'managed-role',
      'managed role, because tokenMode is managedRole',
    ],
    'workerRole in a new cluster': [
      { tokenMode: 'workerRole', clusterCreatedAtMs: NEW },
      'worker-role',
      'worker role, because tokenMode is workerRole',
    ],
    'the add-on Secret outranks the mode': [
      { tokenMode: 'managedRole', hasAddonSecret: true },
      'addon-secret',
      'access key in kube-system/alibaba-addon-secret, because that Secret is there',
    ],
  };
  for (const [name, [facts, base, words]] of Object.entries(cases)) {
    it(name, () => {
      const all: BaseFacts = { tokenMode: 'auto', hasAddonSecret: false, clusterCreatedAtMs: NEW, ...facts };
      assert.deepEqual(chooseBaseIdentity(all), { base, words });
    });
  }
});

/** An API server with the namespace `kube-system`, and an answer about the Secret. */
function setUp(answer: () => unknown, creationTimestamp: string | undefined = '2022-01-01T00:00:00Z') {
  const asked: string[] = [];
  const said: string[] = [];
  const client = {
    get: <T>(path: string): Promise<T> => {
      asked.push(path);
      const found = path.endsWith('/alibaba-addon-secret') ? answer() : { metadata: { creationTimestamp } };
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found as T);
    },
  };
  const logger = { ...noLog, info: (message: string) => said.push(message) };
  return { asked, said, finder: createBaseIdentityFinder({ client, tokenMode: 'auto', logger }) };
}

function status(httpStatus: number): KubeApiError {
  return new KubeApiError({ message: 'as the API server words it', reason: 'Test', httpStatus });
}

describe('finding the base identity', () => {
  it('looks for the add-on Secret each time and for the age of the cluster once', async () => {
    let answer: unknown = status(404);
    const { finder, asked } = setUp(() => answer);
    assert.equal(finder.current(), undefined);
    assert.equal((await finder.find()).base, 'worker-role');
    answer = { data: {} };
    assert.equal((await finder.find()).base, 'addon-secret');
    assert.equal(finder.current()?.base, 'addon-secret');
    assert.deepEqual(asked, [
      '/api/v1/namespaces/kube-system',
      '/api/v1/namespaces/kube-system/secrets/alibaba-addon-secret',
      '/api/v1/namespaces/kube-system/secrets/alibaba-addon-secret',
    ]);
  });

  it('takes a missing right for a missing Secret and says so once', async () => {
    const { finder, said } = setUp(() => status(403));
    assert.equal((await finder.find()).base, 'worker-role');
    await finder.find();
    assert.deepEqual(said, ['no right to read the add-on Secret, so it counts as not there', 'base identity decided']);
  });

  it('decides nothing while the API server gives no answer', async () => {
    let answer = status(503);
    const { finder } = setUp(() => answer);
    await assert.rejects(finder.find(), { code: 'Kube.Test' });
    assert.equal(finder.current(), undefined);
    answer = status(404);
    assert.equal((await finder.find()).base, 'worker-role');
  });

  it('sees every few minutes whether the Secret has come or gone, and tells only of changes', async () => {
    let answer: unknown = status(404);
    const { finder } = setUp(() => answer);
    const clock = new FakeClock();
    const told: (string | undefined)[] = [];
    finder.onChange(() => told.push(finder.current()?.base));
    const stop = new AbortController();
    await finder.find();
    const running = watchBaseIdentity(finder, { clock, random: () => 0, logger: noLog }, stop.signal);
    const minutes = async (count: number): Promise<void> => await clock.advance(count * 60_000);
    await minutes(15);
    assert.deepEqual(told, []);
    answer = { data: {} };
    await minutes(5);
    answer = status(503);
    await minutes(15);
    assert.deepEqual(told, ['addon-secret'], 'no answer is no change');
    answer = status(404);
    await minutes(5);
    assert.deepEqual(told, ['addon-secret', 'worker-role']);
    stop.abort();
    await running;
    assert.equal(clock.sleeping(), 0);
  });

  it('takes a cluster without a date for a new one', async () => {
    assert.equal((await setUp(() => status(404), '').finder.find()).base, 'managed-role');
  });
});
