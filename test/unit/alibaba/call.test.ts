import assert from 'node:assert/strict';
import { createCloudCaller, type CallAttempt, type CloudCall } from '../../../src/alibaba/call.ts';
import { createRateBudget } from '../../../src/alibaba/rate-budget.ts';
import type { AccessKey, Identity } from '../../../src/credentials/types.ts';
import { EciKubeletError } from '../../../src/errors.ts';
import { Secret } from '../../../src/secret.ts';
import { noLog, type Metrics } from '../../../src/telemetry/types.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

function refusal(code: string, others: object = {}): Error {
  return Object.assign(new Error(code), { code, statusCode: 400, data: { Code: code, Message: 'no' }, ...others });
}

function setUp(options: { maxInFlight?: number } = {}) {
  const clock = new FakeClock();
  const counted: string[] = [];
  const metrics: Metrics = {
    count: (name, labels) => {
      if (name === 'eci_kubelet_cloud_calls_total') counted.push(`${labels?.['action']} ${labels?.['code']}`);
    },
    gauge: () => {},
    observe: () => {},
  };
  const budget = createRateBudget({ clock, metrics });
  const caller = createCloudCaller({ clock, budget, metrics, log: noLog, random: () => 1, ...options });
  return { clock, budget, caller, counted };
}

/** A service that fails as scripted, then answers. */
function service(...failures: unknown[]) {
  const state = { attempts: 0, keys: [] as (string | undefined)[] };
  const send = (attempt: CallAttempt): Promise<string> => {
    state.attempts += 1;
    state.keys.push(attempt.caller?.accessKeyId);
    const failure = failures.shift();
    return failure === undefined ? Promise.resolve('answer') : Promise.reject(failure);
  };
  return { state, send };
}

function read(send: CloudCall<string>['send']): CloudCall<string> {
  return { service: 'eci', action: 'DescribeContainerGroups', send };
}

function write(send: CloudCall<string>['send']): CloudCall<string> {
  return { service: 'eci', action: 'CreateContainerGroup', send };
}

function never(): Promise<string> {
  return new Promise(() => {});
}

describe('cloud caller', () => {
  it('repeats a read that failed in passing, with growing pauses', async () => {
    const { clock, caller, counted } = setUp();
    const { state, send } = service(refusal('InternalError', { statusCode: 500 }), new SyntaxError('<html>'));
    const answer = caller.call(read(send));
    await settle();
    assert.equal(state.attempts, 1);
    await clock.advance(250);
    assert.equal(state.attempts, 2);
    await clock.advance(500);
    assert.equal(await answer, 'answer');
    assert.deepEqual(counted, [
      'DescribeContainerGroups InternalError',
      'DescribeContainerGroups Local.BadAnswer',
      'DescribeContainerGroups OK',
    ]);
  });

  it('gives a read up after four attempts', async () => {
    const { clock, caller } = setUp();
    const { state, send } = service(
      ...Array.from({ length: 9 }, () => refusal('ServiceUnavailable', { statusCode: 503 })),
    );
    const outcome = assert.rejects(caller.call(read(send)), { code: 'ServiceUnavailable' });
    await clock.advance(60_000);
    await outcome;
    assert.equal(state.attempts, 4);
  });

  it('never repeats a mutation, whose client token only the controller knows', async () => {
    for (const failure of [
      refusal('InternalError', { statusCode: 500 }),
      Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    ]) {
      const { caller } = setUp();
      const { state, send } = service(failure);
      await assert.rejects(caller.call(write(send)));
      assert.equal(state.attempts, 1);
    }
  });

  it('repeats a read at once, and once, when the kept-alive connection was closed', async () => {
    const { caller } = setUp();
    const { state, send } = service(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    assert.equal(await caller.call(read(send)), 'answer');
    assert.equal(state.attempts, 2);
  });

  it('does not repeat what will fail again', async () => {
    const { caller } = setUp();
    const { state, send } = service(refusal('NoPermission', { statusCode: 403 }));
    await assert.rejects(caller.call(read(send)), { code: 'NoPermission', httpStatus: 403 });
    assert.equal(state.attempts, 1);
  });

  it('waits as long as a throttling answer asks, and slows the action down', async () => {
    const { clock, budget, caller } = setUp();
    const { state, send } = service(refusal('Throttling.User', { retryAfter: 7_000 }));
    const answer = caller.call(read(send));
    await clock.advance(7_000);
    assert.equal(state.attempts, 1);
    await clock.advance(250);
    assert.equal(await answer, 'answer');
    assert.ok(budget.left('DescribeContainerGroups') <= 200);
  });

  it('fails after ten seconds without an answer, thirty for creations, whatever the SDK does', async () => {
    for (const [call, seconds] of [
      [write(never), 30],
      [{ ...read(never), maxAttempts: 1 }, 10],
    ] as const) {
      const { clock, caller } = setUp();
      const outcomes: unknown[] = [];
      void caller.call(call).catch((error: unknown) => outcomes.push(error));
      await clock.advance(seconds * 1000 - 1);
      assert.equal(outcomes.length, 0);
      await clock.advance(1);
      assert.deepEqual(
        outcomes.map((error) => (error as EciKubeletError).code),
        ['Local.Timeout'],
      );
      assert.equal(clock.sleeping(), 0);
    }
  });

  it('tells the attempt through its signal that the deadline has passed', async () => {
    const { clock, caller } = setUp();
    let signal: AbortSignal | undefined;
    const send = (attempt: CallAttempt): Promise<string> => {
      signal = attempt.signal;
      return never();
    };
    const outcome = assert.rejects(caller.call(write(send)));
    await clock.advance(30_000);
    await outcome;
    assert.equal(signal?.aborted, true);
  });

  it('stops at once when the caller gives up', async () => {
    const { caller, clock } = setUp();
    const cancel = new AbortController();
    const call = caller.call({ ...read(never), signal: cancel.signal });
    await settle();
    cancel.abort(new Error('shutting down'));
    await assert.rejects(call, /shutting down/);
    assert.equal(clock.sleeping(), 0);
  });

  it('keeps no more than the cap under way and serves deletions first', async () => {
    const { caller } = setUp({ maxInFlight: 1 });
    const order: string[] = [];
    const gate = Promise.withResolvers<string>();
    const first = caller.call(read(() => gate.promise));
    await settle();
    const note = (name: string) => () => {
      order.push(name);
      return Promise.resolve(name);
    };
    const sweep = caller.call({ ...read(note('sweep')), priority: 'sweep' });
    const removal = caller.call({ ...read(note('delete')), action: 'DeleteContainerGroup', priority: 'delete' });
    await settle();
    assert.deepEqual(order, []);
    gate.resolve('done');
    await Promise.all([first, sweep, removal]);
    assert.deepEqual(order, ['delete', 'sweep']);
  });

  it('sends nothing that still waits when the program ends, and lets finish what was sent', async () => {
    const { caller } = setUp({ maxInFlight: 1 });
    const ending = new AbortController();
    const gate = Promise.withResolvers<string>();
    const sent = caller.call({ ...write(() => gate.promise), waitSignal: ending.signal });
    const { state, send } = service();
    const waits = caller.call({ ...write(send), waitSignal: ending.signal });
    await settle();
    ending.abort();
    await assert.rejects(waits, { code: 'Cloud.NotSent' });
    await assert.rejects(caller.call({ ...write(send), waitSignal: ending.signal }), { code: 'Cloud.NotSent' });
    gate.resolve('done');
    assert.equal(await sent, 'done');
    assert.equal(state.attempts, 0);
  });

  it('gives up waiting for the budget when the program ends', async () => {
    const { budget, caller } = setUp();
    const ending = new AbortController();
    while (budget.left('CreateContainerGroup') > 0) await budget.take('CreateContainerGroup', { priority: 'create' });
    const { state, send } = service();
    const waits = caller.call({ ...write(send), waitSignal: ending.signal });
    await settle();
    ending.abort();
    await assert.rejects(waits, { code: 'Cloud.NotSent' });
    assert.equal(state.attempts, 0);
  });

  it('does not try again when the program ends, and tells why the last try failed', async () => {
    const { caller } = setUp();
    const ending = new AbortController();
    const { state, send } = service(refusal('InternalError', { statusCode: 500 }));
    const answer = caller.call({ ...read(send), waitSignal: ending.signal });
    await settle();
    ending.abort();
    await assert.rejects(answer, { code: 'InternalError' });
    assert.equal(state.attempts, 1);
  });

  it('fetches another key and tries once more when the key was refused, also for a mutation', async () => {
    const { caller } = setUp();
    const identity = rotatingIdentity();
    const { state, send } = service(refusal('InvalidSecurityToken.Expired'));
    assert.equal(await caller.call({ ...write(send), identity }), 'answer');
    assert.deepEqual(state.keys, ['KEY-1', 'KEY-2']);
  });

  it('does not go on fetching keys when the second one is refused too', async () => {
    const { caller } = setUp();
    const { state, send } = service(refusal('InvalidAccessKeyId.NotFound'), refusal('InvalidAccessKeyId.NotFound'));
    await assert.rejects(caller.call({ ...write(send), identity: rotatingIdentity() }), {
      code: 'InvalidAccessKeyId.NotFound',
    });
    assert.equal(state.attempts, 2);
  });

  it('lets errors of the identity through as they are', async () => {
    const { caller } = setUp();
    const problem = new EciKubeletError('ExpiredCredentials', 'gone');
    const identity: Identity = { description: 'x', accessKey: () => Promise.reject(problem) };
    await assert.rejects(caller.call({ ...read(never), identity }), problem);
  });

  it('keeps the key and the secrets of the request out of messages', async () => {
    const { caller } = setUp();
    const secret = 'hunter2-hunter2';
    const { send } = service(
      refusal('InvalidParameter', { data: { Code: 'InvalidParameter', Message: `bad ${secret} and SECRET-OF-KEY` } }),
    );
    const key: AccessKey = { accessKeyId: 'id', accessKeySecret: new Secret('SECRET-OF-KEY') };
    await assert.rejects(caller.call({ ...write(send), caller: key, secrets: [new Secret(secret)] }), {
      message: 'CreateContainerGroup failed: InvalidParameter, bad [redacted] and [redacted]',
    });
  });
});

function rotatingIdentity(): Identity {
  let number = 1;
  return {
    description: 'rotating',
    accessKey: () => Promise.resolve({ accessKeyId: `KEY-${number}`, accessKeySecret: new Secret('secret') }),
    invalidate: (refused) => {
      assert.equal(refused.accessKeyId, `KEY-${number}`);
      number += 1;
    },
  };
}
