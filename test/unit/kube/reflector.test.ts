import assert from 'node:assert/strict';
import { createKubeClient } from '../../../src/kube/client.ts';
import type { ClosableKubeClient } from '../../../src/kube/client.ts';
import { createReflector } from '../../../src/kube/reflector.ts';
import type { Reflector, ReflectorEvent } from '../../../src/kube/reflector.ts';
import type { KubeObject } from '../../../src/kube/types.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { end, json, kubeConfigFor, reset, startScriptedServer, status, stream } from '../../support/scripted-server.ts';
import type { Answer, ScriptedServer } from '../../support/scripted-server.ts';

/** `name/uid/version` */
function object(text: string): KubeObject {
  const [name = '', uid = '', resourceVersion = ''] = text.split('/');
  return { metadata: { namespace: 'web', name, uid, resourceVersion } };
}

function list(resourceVersion: string, ...texts: string[]): Answer {
  return json(200, { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion }, items: texts.map(object) });
}

function change(type: string, text: string): object {
  return { type, object: object(text) };
}

const bookmark = (version: string): object => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: version } },
});
const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };

describe('createReflector', () => {
  let server: ScriptedServer;
  let client: ClosableKubeClient;
  let clock: FakeClock;
  let reflector: Reflector<KubeObject>;
  let stop: AbortController;
  let done: Promise<void>;
  let seen: string[];

  const start = async (
    answers: Answer[],
    onEvent: (event: ReflectorEvent<KubeObject>) => void = () => {},
    tokens: string[] = [],
  ): Promise<void> => {
    server = await startScriptedServer(...answers);
    clock = new FakeClock();
    client = createKubeClient({ kubeConfig: await kubeConfigFor(server.url, ...tokens), clock, random: () => 0 });
    stop = new AbortController();
    seen = [];
    reflector = createReflector<KubeObject>({
      client,
      path: '/api/v1/pods',
      fieldSelector: 'spec.nodeName=n',
      clock,
      random: () => 0.5,
      onEvent: (event) => {
        const { name, uid, resourceVersion } = event.object.metadata ?? {};
        seen.push(`${event.type} ${name}/${uid}/${resourceVersion}`);
        onEvent(event);
      },
    });
    done = reflector.run(stop.signal);
  };

  /** Waits for a state of the reflector, moving the clock over waits between attempts, but not over silence. */
  const until = async (what: string, check: () => boolean): Promise<void> => {
    await eventually(
      what,
      async () => {
        const waitMs = clock.nextWakeMs();
        if (!check() && waitMs !== undefined && waitMs <= 5000) await clock.advance(waitMs);
        return check();
      },
      { everyMs: 2, timeoutMs: 5000 },
    );
  };
  const watches = (): (string | null)[] =>
    server.requests.filter(({ query }) => query.has('watch')).map(({ query }) => query.get('resourceVersion'));
  const lists = (): number => server.requests.filter(({ query }) => !query.has('watch')).length;

  afterEach(async () => {
    stop.abort();
    await done;
    await client.close();
    await server.close();
  });

  it('lists, then watches from there with bookmarks, a limit and its selector', async () => {
    await start([list('10', 'a/1/5'), stream(change('ADDED', 'b/2/11'))]);
    await until('both are seen', () => seen.length === 2);
    assert.deepEqual(seen, ['added a/1/5', 'added b/2/11']);
    assert.deepEqual(Object.fromEntries(server.requests[1]?.query ?? []), {
      watch: 'true',
      allowWatchBookmarks: 'true',
      fieldSelector: 'spec.nodeName=n',
      resourceVersion: '10',
      timeoutSeconds: '360',
    });
    assert.equal(reflector.get('web/b'), reflector.getByUid('2'));
    assert.deepEqual([reflector.list().length, reflector.relistCount(), reflector.isCurrent()], [2, 1, true]);
  });

  it('is synced after the first complete list only', async () => {
    await start([status(503, 'ServiceUnavailable'), status(403, 'Forbidden'), list('10'), stream()]);
    assert.equal(reflector.hasSynced(), false);
    const synced = reflector.waitForSync(new AbortController().signal);
    await until('it is synced', () => reflector.hasSynced());
    await synced;
    assert.equal(reflector.lastError(), undefined);
  });

  it('tells why it is not synced', async () => {
    await start([status(403, 'Forbidden')]);
    await until('it failed', () => reflector.lastError() !== undefined);
    assert.match(reflector.lastError()?.message ?? '', /GET \/api\/v1\/pods: 403 Forbidden/);
    const impatient = AbortSignal.abort(new Error('too long'));
    await assert.rejects(reflector.waitForSync(impatient), /too long/);
  });

  it('resumes from the last bookmark after the server ended the watch', async () => {
    await start([list('10', 'a/1/5'), stream(bookmark('20'), end), stream(change('MODIFIED', 'a/1/21'))]);
    await until('the change is seen', () => seen.length === 2);
    assert.deepEqual([watches(), lists()], [['10', '20'], 1]);
  });

  it('resumes after a broken connection and after half an event', async () => {
    const half = '{"type":"ADDED","object":{"metad';
    await start([
      list('10'),
      stream(change('ADDED', 'a/1/11'), reset),
      stream(half, end),
      stream(change('ADDED', 'b/2/12')),
    ]);
    await until('both are seen', () => seen.length === 2);
    assert.deepEqual(seen, ['added a/1/11', 'added b/2/12']);
    assert.deepEqual([watches().at(-1), lists()], ['11', 1]);
  });

  for (const [title, broken] of Object.entries({
    'an ERROR event': stream(expired, end),
    'an answer 410': status(410, 'Gone'),
    'an ERROR event of another code': stream({ type: 'ERROR', object: { code: 500, message: 'etcd' } }, end),
  })) {
    it(`lists again after ${title}, and sees what happened in between`, async () => {
      await start([list('10', 'a/1/5', 'b/2/6', 'c/3/7'), broken, list('30', 'a/9/29', 'b/2/6'), stream()]);
      await until('it has listed twice', () => reflector.relistCount() === 2);
      assert.deepEqual(seen.slice(3), ['deleted a/1/5', 'deleted c/3/7', 'added a/9/29']);
      await until('it watches from there', () => watches().at(-1) === '30');
    });
  }

  it('keeps what it has while lists fail', async () => {
    const failing = [status(503, 'ServiceUnavailable'), status(503, 'ServiceUnavailable'), status(403, 'Forbidden')];
    await start([list('10', 'a/1/5'), stream(expired, end), ...failing, list('30', 'a/1/5'), stream()]);
    await until('a list failed', () => reflector.lastError()?.message.includes('403') ?? false);
    assert.deepEqual([reflector.list().length, reflector.isCurrent(), reflector.hasSynced()], [1, false, true]);
    await until('it recovered', () => reflector.relistCount() === 2);
    assert.deepEqual(seen, ['added a/1/5']);
  });

  it('fails a list whose second page fails, and changes nothing', async () => {
    const first = json(200, { kind: 'PodList', metadata: { resourceVersion: '30', continue: 'x' }, items: [] });
    await start([
      list('10', 'a/1/5'),
      stream(expired, end),
      first,
      status(403, 'Forbidden'),
      list('31', 'a/1/5'),
      stream(),
    ]);
    await until('it recovered', () => reflector.relistCount() === 2);
    assert.deepEqual(seen, ['added a/1/5']);
  });

  it('replaces a connection that went silent, and looks anew', async () => {
    await start([list('10', 'a/1/5'), stream(bookmark('11')), list('12'), stream()]);
    await until('the bookmark is read', () => reflector.lastEventAtMs() !== undefined && watches().length === 1);
    await clock.advance(89_000);
    assert.equal(lists(), 1);
    await clock.advance(1_000);
    await until('it has listed again', () => reflector.relistCount() === 2);
    assert.deepEqual(seen, ['added a/1/5', 'deleted a/1/5']);
  });

  it('reads the credentials again when a watch is refused', async () => {
    await start([list('10'), status(401, 'Unauthorized'), stream(change('ADDED', 'a/1/11'))], undefined, [
      'old',
      'new',
    ]);
    await until('the event is seen', () => seen.length === 1);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      ['Bearer old', 'Bearer old', 'Bearer new'],
    );
  });

  it('waits as long as the server asks', async () => {
    await start([list('10'), status(429, 'TooManyRequests', { 'retry-after': '4' }), stream()]);
    await until('it waits', () => reflector.lastError() !== undefined);
    const waitedFromMs = clock.nowMs();
    await until('it watches again', () => watches().length === 2);
    assert.ok(clock.nowMs() - waitedFromMs >= 4000);
  });

  it('waits longer from failure to failure', async () => {
    await start([status(403, 'Forbidden')]);
    const gaps: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await eventually('it waits', async () => (clock.nextWakeMs() ?? Infinity) < 10_000 && lists() === round + 1, {
        everyMs: 2,
      });
      const waitMs = clock.nextWakeMs() ?? 0;
      gaps.push(waitMs);
      await clock.advance(waitMs);
    }
    assert.deepEqual(gaps, [400, 700, 1150, 1825]);
  });

  it('survives a handler that throws', async () => {
    await start([list('10', 'a/1/5'), stream(change('ADDED', 'b/2/11'), change('ADDED', 'c/3/12'))], () => {
      throw new Error('bug in a handler');
    });
    await until('all are seen', () => seen.length === 3);
    assert.equal(reflector.list().length, 3);
  });

  it('reads events that are cut anywhere, with any character', async () => {
    const line = Buffer.from(
      `${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'a', uid: '镜\u2028像' } } })}\n`,
    );
    await start([list('10'), stream(line.subarray(0, 60), line.subarray(60))]);
    await until('it is seen', () => seen.length === 1);
    assert.equal(reflector.list()[0]?.metadata?.uid, '镜\u2028像');
  });

  it('refuses to run twice', async () => {
    await start([list('10'), stream()]);
    await assert.rejects(reflector.run(stop.signal), /runs already/);
  });

  it('ends at once when told to, whatever it is doing', async () => {
    await start([list('10'), stream()]);
    await until('it watches', () => watches().length === 1);
    stop.abort();
    await done;
    assert.equal(clock.sleeping(), 0);
  });
});
