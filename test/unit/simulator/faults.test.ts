import assert from 'node:assert/strict';
import { createFaultTable } from '../../../simulator/faults.ts';
import { callRpc, keys, stsClient } from './sdk-clients.ts';
import { startSimulator, type RunningSimulator } from './start-simulator.ts';

describe('injected faults', () => {
  let running: RunningSimulator;
  let executed: number;
  const whoAmI = (): Promise<unknown> => stsClient(running.addresses.url, keys.component).getCallerIdentity();
  const inject = (fault: Record<string, unknown>): Promise<unknown> =>
    running.control('POST', '/_sim/faults', { action: 'GetCallerIdentity', count: 1, ...fault });
  const lastEntry = (): unknown => {
    const entry = running.simulator.journal.entries({ product: 'sts' }).at(-1);
    return entry === undefined ? undefined : [entry.result, entry.fault];
  };

  before(async () => {
    running = await startSimulator({
      register: (simulator) => {
        simulator.register({
          product: 'eci',
          version: '2018-08-08',
          action: 'Count',
          parameters: ['RegionId', 'Item.N.Name'],
          handler: ({ params, regionId }) => {
            executed += 1;
            return { Executed: executed, RegionId: regionId, Names: [...params.values()] };
          },
        });
      },
    });
  });
  beforeEach(async () => {
    executed = 0;
    await running.control('DELETE', '/_sim/faults');
  });
  after(() => running.simulator.stop());

  const count = async (): Promise<Record<string, unknown>> => {
    const query = { RegionId: 'cn-shanghai', Item: [{ Name: 'a' }] };
    return (await callRpc(running.addresses.url, keys.component, { action: 'Count', version: '2018-08-08', query }))
      .body;
  };

  it('refuse with the wanted code, as often as wanted', async () => {
    await inject({ kind: 'error', status: 503, code: 'ServiceUnavailable' });
    await assert.rejects(whoAmI, { code: 'ServiceUnavailable', statusCode: 503 });
    assert.deepEqual(lastEntry(), ['ServiceUnavailable', 'error']);
    await whoAmI();
    assert.deepEqual(lastEntry(), ['OK', undefined]);
  });

  it('throttle with the hint to the client when to come back', async () => {
    await inject({ kind: 'throttle', retryAfterMs: 1500 });
    await assert.rejects(whoAmI, { name: 'ThrottlingError', code: 'Throttling.User', retryAfter: 1500 });
  });

  it('cut the connection before or after the call is executed', async () => {
    await inject({ kind: 'reset', action: 'Count' });
    await assert.rejects(count, { code: 'ECONNRESET' });
    assert.equal(executed, 0);
    await inject({ kind: 'lost', action: 'Count' });
    await assert.rejects(count, { code: 'ECONNRESET' });
    assert.equal(executed, 1);
  });

  it('execute a call twice and give the first answer', async () => {
    await inject({ kind: 'duplicate', action: 'Count' });
    assert.equal((await count())['Executed'], 1);
    assert.equal(executed, 2);
  });

  it('answer with what is no JSON', async () => {
    for (const kind of ['html', 'garbage']) {
      await inject({ kind });
      await assert.rejects(whoAmI, { name: 'SyntaxError' });
    }
  });

  it('hit only calls whose parameters match', async () => {
    await inject({ kind: 'error', action: 'Count', match: { 'Item.1.Name': 'b' } });
    assert.deepEqual((await count())['Names'], ['cn-shanghai', 'a']);
    await inject({ kind: 'error', action: 'Count', match: { 'Item.1.Name': 'a' } });
    await assert.rejects(count, { code: 'InternalError', statusCode: 500 });
  });

  it('delay an answer', async () => {
    await inject({ kind: 'delay', delayMs: 30 });
    await whoAmI();
    assert.ok((running.simulator.journal.entries().at(-1)?.ms ?? 0) >= 29);
  });

  it('are refused when they make no sense, with every problem', async () => {
    assert.deepEqual(await running.control('POST', '/_sim/faults', { kind: 'explode', status: 200, acton: 'x' }), {
      error:
        'not a usable fault: kind must be one of error, throttle, delay, reset, duplicate, lost, html, garbage; ' +
        'status must be a number from 400 to 599; acton is not a member of a fault; action is missing',
    });
  });

  it('fire with their probability', () => {
    const rolls = [0.1, 0.9];
    const table = createFaultTable(() => rolls.shift() ?? 0);
    table.add([{ action: '*', kind: 'error', probability: 0.5 }]);
    assert.equal(table.take('Any', new Map())?.kind, 'error');
    assert.equal(table.take('Any', new Map()), undefined);
  });
});
