import assert from 'node:assert/strict';
import { LeaderElector } from '../../../src/kube/leader-election.ts';
import type { Lease } from '../../../src/kube/types.ts';
import { noLog, noMetrics } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryApi } from '../../support/memory-api.ts';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/eci-kubelet';

interface Candidate {
  elector: LeaderElector;
  /** Cuts it off from the API server. */
  cutOff: boolean;
  /** Stops it where it stands, as SIGKILL does: nothing it waits for ever comes. */
  working: boolean;
  signal: AbortSignal | undefined;
  /** Lets the work end once its signal has fired; absent: it ends at once. */
  workEnds: Promise<void>;
  outcome: Promise<unknown>;
  stop: () => void;
}

function world(): { api: MemoryApi; clock: FakeClock; lease: () => Lease; start: (identity: string) => Candidate } {
  const api = new MemoryApi();
  const clock = new FakeClock();
  // Time that nobody sets: it goes on with the sleepers of the clock, not with its jumps.
  let jumped = 0;
  const jump = clock.jump.bind(clock);
  clock.jump = (ms) => {
    jumped += ms;
    jump(ms);
  };
  const monotonicMs = (): number => clock.nowMs() - jumped;
  return {
    api,
    clock,
    lease: () => api.objects.get(PATH) as Lease,
    start: (identity) => {
      const never = new Promise<never>(() => {});
      const guard = <T>(call: () => Promise<T>): Promise<T> => (candidate.cutOff ? never : call());
      const stopping = new AbortController();
      const candidate: Candidate = {
        elector: new LeaderElector({
          client: {
            get: (path) => guard(() => api.get(path)),
            create: (path, body) => guard(() => api.create(path, body)),
            replace: (path, body) => guard(() => api.replace(path, body)),
          },
          clock,
          monotonicMs,
          random: () => 0.5,
          logger: noLog,
          metrics: noMetrics,
          namespace: 'kube-system',
          name: 'eci-kubelet',
          identity,
        }),
        cutOff: false,
        working: false,
        signal: undefined,
        workEnds: Promise.resolve(),
        outcome: Promise.resolve(),
        stop: () => stopping.abort(),
      };
      candidate.outcome = candidate.elector
        .run({
          signal: stopping.signal,
          lead: async (signal) => {
            candidate.working = true;
            candidate.signal = signal;
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
            await candidate.workEnds;
            candidate.working = false;
          },
        })
        .catch((error: unknown) => error);
      return candidate;
    },
  };
}

describe('leader election', () => {
  it('lets one of two candidates work, who renews every two seconds', async () => {
    const { clock, lease, start } = world();
    const a = start('a');
    await clock.advance(0);
    const b = start('b');
    await clock.advance(60_000);
    assert.deepEqual([a.working, b.working], [true, false]);
    assert.deepEqual([a.elector.isLeader(), b.elector.isLeader()], [true, false]);
    assert.equal(b.elector.leader(), 'a');
    assert.equal(lease().spec?.holderIdentity, 'a');
    assert.equal(lease().spec?.leaseTransitions, 0);
    assert.equal(lease().spec?.acquireTime, '2026-01-01T00:00:00.000000Z');
    assert.equal(lease().spec?.renewTime, '2026-01-01T00:01:00.000000Z');
  });

  it('lets another one take over within the lease duration and one retry when the leader dies', async () => {
    const { clock, lease, start } = world();
    const a = start('a');
    await clock.advance(0);
    const b = start('b');
    await clock.advance(20_000);
    a.cutOff = true;
    await clock.advance(14_000);
    assert.equal(b.working, false, 'not before the lease has run out');
    await clock.advance(6_000);
    assert.equal(b.working, true);
    assert.equal(lease().spec?.leaseTransitions, 1);
  });

  it('stops the work of a leader that is cut off before anybody else can start', async () => {
    const { clock, start } = world();
    const a = start('a');
    await clock.advance(0);
    const b = start('b');
    await clock.advance(20_000);
    a.cutOff = true;
    for (let second = 0; second < 30; second += 1) {
      await clock.advance(1000);
      assert.ok(!(a.working && b.working), `both work after ${second + 1} s`);
    }
    assert.equal(b.working, true);
    assert.equal(((await a.outcome) as { code?: string }).code, 'LeadershipLost');
    assert.equal(a.elector.isLeader(), false);
  });

  it('ends a leader in time although its work does not', async () => {
    const { clock, start } = world();
    const a = start('a');
    a.workEnds = new Promise(() => {});
    await clock.advance(10_000);
    a.cutOff = true;
    await clock.advance(15_000);
    assert.equal(a.signal?.aborted, true);
    assert.equal(((await a.outcome) as { code?: string }).code, 'LeadershipLost');
  });

  it('goes on through an outage of the API server that is shorter than the deadline', async () => {
    const { api, clock, start } = world();
    const a = start('a');
    await clock.advance(10_000);
    api.refuse(/./, 'InternalError', 500, 3);
    await clock.advance(9_000);
    api.refusals.length = 0;
    await clock.advance(30_000);
    assert.equal(a.working, true);
    assert.equal(a.signal?.aborted, false);
  });

  it('stops when somebody else has written over its lease', async () => {
    const { api, clock, start } = world();
    const a = start('a');
    await clock.advance(10_000);
    api.edit(PATH, (object) => {
      object['spec'] = { ...(object['spec'] as object), holderIdentity: 'b' };
    });
    await clock.advance(2_000);
    assert.equal(((await a.outcome) as { code?: string }).code, 'LeadershipLost');
  });

  it('does not write over a successor when it was stopped and continued', async () => {
    const { clock, lease, start } = world();
    const a = start('a');
    await clock.advance(0);
    const b = start('b');
    await clock.advance(10_000);
    a.cutOff = true;
    await clock.advance(60_000);
    a.cutOff = false;
    await clock.advance(60_000);
    assert.equal(b.working, true);
    assert.equal(lease().spec?.holderIdentity, 'b');
    assert.equal(a.working, false);
  });

  it('releases the lease when it is asked to stop, but not before its work has ended', async () => {
    const { clock, lease, start } = world();
    const a = start('a');
    const ends = Promise.withResolvers<void>();
    a.workEnds = ends.promise;
    await clock.advance(0);
    const b = start('b');
    await clock.advance(10_000);
    a.stop();
    await clock.advance(18_000);
    assert.equal(a.signal?.aborted, true);
    assert.equal(b.working, false, 'the lease is renewed until the work has ended');
    ends.resolve();
    await clock.advance(0);
    assert.equal(lease().spec?.holderIdentity, '');
    assert.equal(await a.outcome, undefined);
    await clock.advance(5_000);
    assert.equal(b.working, true);
  });

  it('leaves without a trace when it is asked to stop while it waits', async () => {
    const { api, clock, start } = world();
    start('a');
    await clock.advance(0);
    const b = start('b');
    await clock.advance(3_000);
    b.stop();
    api.writes.length = 0;
    assert.equal(await b.outcome, undefined);
    assert.deepEqual(api.writes, []);
  });

  it('releases the lease when the work breaks, and passes on what broke it', async () => {
    const { api, clock, lease } = world();
    const elector = new LeaderElector({
      client: api,
      clock,
      monotonicMs: () => clock.nowMs(),
      random: () => 0,
      logger: noLog,
      metrics: noMetrics,
      namespace: 'kube-system',
      name: 'eci-kubelet',
      identity: 'a',
    });
    const work = (): Promise<void> => Promise.reject(new Error('broken'));
    await assert.rejects(elector.run({ signal: new AbortController().signal, lead: work }), /broken/);
    assert.equal(lease().spec?.holderIdentity, '');
  });

  it('is not misled by somebody who sets the clock of the machine', async () => {
    const { clock, start } = world();
    const a = start('a');
    await clock.advance(0);
    const b = start('b');
    await clock.advance(10_000);
    clock.jump(3_600_000);
    await clock.advance(10_000);
    clock.jump(-7_200_000);
    await clock.advance(60_000);
    assert.deepEqual([a.working, b.working], [true, false]);
  });

  it('takes over at once from a holder that released', async () => {
    const { api, clock, lease, start } = world();
    await api.create(PATH.slice(0, PATH.lastIndexOf('/')), {
      metadata: { name: 'eci-kubelet' },
      spec: { holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 7 },
    });
    const a = start('a');
    await clock.advance(0);
    assert.equal(a.working, true);
    assert.equal(lease().spec?.leaseTransitions, 8);
  });

  it('waits while it may not read the lease, and says so once', async () => {
    const { api, clock, start } = world();
    api.refuse(/^get/, 'Forbidden', 403);
    const a = start('a');
    await clock.advance(60_000);
    assert.equal(a.working, false);
    assert.deepEqual(api.writes, []);
    api.refusals.length = 0;
    await clock.advance(5_000);
    assert.equal(a.working, true);
  });
});
