import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { createKubeClient } from '../../../src/kube/client.ts';
import type { ClosableKubeClient } from '../../../src/kube/client.ts';
import { KubeApiError, isConflict, isNotFound, isUnauthorized, isUnreachable } from '../../../src/kube/errors.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import type { KubeObject } from '../../../src/kube/types.ts';
import { json, kubeConfigFor, startScriptedServer, status, stream } from '../../support/scripted-server.ts';
import type { Answer, ScriptedServer } from '../../support/scripted-server.ts';

const pods = '/api/v1/namespaces/web/pods';

function page(names: string[], more?: string): Answer {
  const items = names.map((name) => ({ metadata: { name, namespace: 'web', uid: name, managedFields: [{}] } }));
  const metadata = { resourceVersion: '10', ...(more === undefined ? {} : { continue: more }) };
  return json(200, { apiVersion: 'v1', kind: 'PodList', metadata, items });
}

describe('createKubeClient', () => {
  let server: ScriptedServer;
  let client: ClosableKubeClient;
  let clock: FakeClock;

  const connect = async (answers: Answer[], tokens: string[] = ['token-1']): Promise<void> => {
    server = await startScriptedServer(...answers);
    clock = new FakeClock();
    const kubeConfig = await kubeConfigFor(server.url, ...tokens);
    client = createKubeClient({ kubeConfig, clock, random: () => 0, userAgent: 'eci-kubelet/1.2.3' });
  };
  /** Moves the clock whenever the client waits before a retry, but never as far as a deadline. */
  const throughRetries = async <T>(call: Promise<T>): Promise<T> => {
    let settled = false;
    const ended = call.then(
      () => (settled = true),
      () => (settled = true),
    );
    await eventually(
      'the call ends',
      async () => {
        const waitMs = clock.nextWakeMs();
        if (waitMs !== undefined && waitMs < 10_000) await clock.advance(waitMs);
        return settled;
      },
      { everyMs: 2, timeoutMs: 5000 },
    );
    await ended;
    return call;
  };

  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('sends who it is and what it accepts', async () => {
    await connect([json(200, { kind: 'Pod' })]);
    assert.deepEqual(await client.get(`${pods}/a`), { kind: 'Pod' });
    const [seen] = server.requests;
    assert.equal(seen?.path, `${pods}/a`);
    assert.deepEqual(
      [seen?.headers.authorization, seen?.headers['user-agent'], seen?.headers.accept],
      ['Bearer token-1', 'eci-kubelet/1.2.3', 'application/json'],
    );
  });

  const bodies: Record<string, { call: () => Promise<unknown>; method: string; type: string }> = {
    create: { call: () => client.create(pods, {}), method: 'POST', type: 'application/json' },
    replace: { call: () => client.replace(`${pods}/a`, {}), method: 'PUT', type: 'application/json' },
    'merge patch': {
      call: () => client.patch(`${pods}/a`, {}, 'merge'),
      method: 'PATCH',
      type: 'application/merge-patch+json',
    },
    'strategic patch': {
      call: () => client.patch(`${pods}/a`, {}, 'strategic'),
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
    },
    'JSON patch': {
      call: () => client.patch(`${pods}/a`, [], 'json'),
      method: 'PATCH',
      type: 'application/json-patch+json',
    },
    delete: { call: () => client.delete(`${pods}/a`), method: 'DELETE', type: 'application/json' },
  };
  for (const [title, { call, method, type }] of Object.entries(bodies)) {
    it(`sends a ${title} with its type and length`, async () => {
      await connect([json(200, {})]);
      await call();
      const [seen] = server.requests;
      assert.deepEqual([seen?.method, seen?.headers['content-type']], [method, type]);
      assert.equal(seen?.headers['content-length'], String(seen?.body.length));
    });
  }

  it('deletes only the object with the given UID', async () => {
    await connect([json(200, {})]);
    await client.delete(`${pods}/a`, { uid: 'u1', gracePeriodSeconds: 0 });
    const body: unknown = JSON.parse(server.requests[0]?.body ?? '');
    const preconditions = { uid: 'u1' };
    assert.deepEqual(body, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, gracePeriodSeconds: 0 });
  });

  it('takes an absent object for deleted, but not one that belongs to somebody else', async () => {
    await connect([status(404, 'NotFound'), status(409, 'Conflict')]);
    await client.delete(`${pods}/a`);
    await assert.rejects(client.delete(`${pods}/a`, { uid: 'u1' }), isConflict);
  });

  it('does not send a path that leads elsewhere', async () => {
    await connect([json(200, {})]);
    await assert.rejects(client.get(`${pods}/../../../namespaces/kube-system/secrets/x`), isNotFound);
    assert.equal(server.requests.length, 0);
  });

  it('reads the credentials again after a 401, once, also for a create', async () => {
    await connect([status(401, 'Unauthorized'), json(201, { created: true })], ['old', 'new']);
    assert.deepEqual(await client.create(pods, {}), { created: true });
    assert.deepEqual(
      server.requests.map((request) => request.headers.authorization),
      ['Bearer old', 'Bearer new'],
    );
  });

  it('does not hammer the server with credentials that stay refused', async () => {
    await connect([status(401, 'Unauthorized')], ['old', 'new', 'newer']);
    await assert.rejects(client.get(`${pods}/a`), isUnauthorized);
    await assert.rejects(client.get(`${pods}/a`), isUnauthorized);
    assert.equal(server.requests.length, 3);
  });

  it('repeats a read while the server is overloaded', async () => {
    await connect([status(503, 'ServiceUnavailable'), status(429, 'TooManyRequests'), json(200, { ok: true })]);
    assert.deepEqual(await throughRetries(client.get(`${pods}/a`)), { ok: true });
  });

  it('waits as long as the server asks', async () => {
    await connect([status(429, 'TooManyRequests', { 'retry-after': '3' }), json(200, {})]);
    const startMs = clock.nowMs();
    await throughRetries(client.create(pods, {}));
    assert.equal(clock.nowMs() - startMs, 3000);
  });

  it('does not repeat a mutation that may have been carried out', async () => {
    await connect([status(500, 'InternalError')]);
    await assert.rejects(client.create(pods, {}), KubeApiError);
    server.script((response) => response.destroy());
    await assert.rejects(client.create(pods, {}), isUnreachable);
    assert.equal(server.requests.length, 2);
  });

  it('repeats a mutation that cannot have been sent', async () => {
    await connect([json(201, {})]);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise<void>((resolve) => closed.close(() => resolve()));
    await client.close();
    const kubeConfig = await kubeConfigFor(`http://127.0.0.1:${port}`);
    client = createKubeClient({ kubeConfig, clock, random: () => 0 });
    const startMs = clock.nowMs();
    await assert.rejects(throughRetries(client.create(pods, {})), isUnreachable);
    assert.ok(clock.nowMs() > startMs);
  });

  it('ends a call that is never answered', async () => {
    await connect([() => {}]);
    const call = client.create(pods, {});
    const rejected = assert.rejects(
      call,
      (error) => isUnreachable(error) && /no answer within 15 s/.test(String(error)),
    );
    await eventually('the request arrives', async () => server.requests.length === 1, { everyMs: 2 });
    await clock.advance(15_000);
    await rejected;
    assert.equal(clock.sleeping(), 0);
  });

  it('says that an answer is not from the Kubernetes API', async () => {
    await connect([(response) => response.writeHead(200).end('<html>')]);
    await assert.rejects(client.get(`${pods}/a`), { code: 'Kube.BadAnswer' });
    await assert.rejects(client.list(pods), { code: 'Kube.BadAnswer' });
  });

  it('keeps to its own rate', async () => {
    await connect([json(200, {})]);
    await client.close();
    const kubeConfig = await kubeConfigFor(server.url);
    client = createKubeClient({ kubeConfig, clock, queriesPerSecond: 1, burst: 1 });
    await client.get(`${pods}/a`);
    const second = client.get(`${pods}/a`);
    await eventually('the second call waits', async () => clock.nextWakeMs() === 1000, { everyMs: 2 });
    assert.equal(server.requests.length, 1);
    await clock.advance(1000);
    await second;
  });

  describe('list', () => {
    it('reads all pages with one set of selectors', async () => {
      await connect([page(['a', 'b'], 'next'), page(['c'])]);
      const { items, resourceVersion } = await client.list(pods, { fieldSelector: 'spec.nodeName=n', limit: 2 });
      assert.deepEqual([items.map((item) => item.metadata?.name), resourceVersion], [['a', 'b', 'c'], '10']);
      assert.deepEqual(
        server.requests.map((request) => Object.fromEntries(request.query)),
        [
          { limit: '2', fieldSelector: 'spec.nodeName=n' },
          { limit: '2', fieldSelector: 'spec.nodeName=n', continue: 'next' },
        ],
      );
    });

    it('gives items the type that the list names, without managed fields', async () => {
      await connect([page(['a'])]);
      const { items } = await client.list(pods);
      assert.deepEqual(items, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'web', uid: 'a' } }]);
    });

    it('makes what is listed or watched smaller as its owner says, but not what is read', async () => {
      const object = { metadata: { name: 'a', uid: 'a', labels: { team: 'a' }, annotations: { note: 'long' } } };
      await connect([
        json(200, { kind: 'PodList', metadata: { resourceVersion: '1' }, items: [object] }),
        stream({ type: 'ADDED', object }),
        json(200, object),
      ]);
      const trim = ({ metadata }: KubeObject): void => void delete metadata?.annotations;
      await client.close();
      client = createKubeClient({ kubeConfig: await kubeConfigFor(server.url, 'token-1'), clock, trim });
      const kept = { name: 'a', uid: 'a', labels: { team: 'a' } };
      assert.deepEqual((await client.list(pods)).items[0]?.metadata, kept);
      for await (const { object: watched } of client.watch(pods, {}, new AbortController().signal)) {
        assert.deepEqual(watched.metadata, kept);
        break;
      }
      assert.deepEqual(await client.get(`${pods}/a`), object);
    });

    it('starts over when the list expires in the middle', async () => {
      await connect([page(['a'], 'next'), status(410, 'Expired'), page(['b'], 'next'), page(['c'])]);
      const { items } = await client.list(pods);
      assert.deepEqual(
        items.map((item) => item.metadata?.name),
        ['b', 'c'],
      );
    });

    it('gives up on a list that expires again and again', async () => {
      await connect([status(410, 'Expired')]);
      await assert.rejects(client.list(pods), { httpStatus: 410 });
      assert.equal(server.requests.length, 4);
    });

    it('fails as a whole when a page fails', async () => {
      await connect([page(['a'], 'next'), status(403, 'Forbidden')]);
      await assert.rejects(client.list(pods), { httpStatus: 403 });
    });

    it('repeats a page that the server could not give', async () => {
      await connect([page(['a'], 'next'), status(503, 'ServiceUnavailable'), page(['b'])]);
      const { items } = await throughRetries(client.list(pods));
      assert.equal(items.length, 2);
      assert.equal(server.requests[2]?.query.get('continue'), 'next');
    });

    it('stops when told to', async () => {
      await connect([() => {}]);
      const stop = new AbortController();
      const rejected = assert.rejects(client.list(pods, { signal: stop.signal }), { name: 'AbortError' });
      await eventually('the request arrives', async () => server.requests.length === 1, { everyMs: 2 });
      stop.abort();
      await rejected;
    });
  });
});
