import assert from 'node:assert/strict';
import type { EciService } from '../../../../simulator/eci/eci-service.ts';
import { registerEci } from '../../../../simulator/eci/register.ts';
import { startSimulator } from '../start-simulator.ts';
import type { RunningSimulator } from '../start-simulator.ts';

describe('the control paths of ECI', () => {
  let running: RunningSimulator;
  let service: EciService;

  before(async () => {
    running = await startSimulator({
      register: (simulator) => {
        service = registerEci(simulator);
      },
    });
  });

  after(async () => {
    service.puller.close();
    await running.simulator.stop();
  });

  it('add rules of what is out of stock, show them and clear them', async () => {
    const rules = [
      { zoneId: 'cn-hangzhou-k', shows: 'late' },
      { market: 'spot', shows: 'at-once' },
    ];
    assert.deepEqual(await running.control('POST', '/_sim/stock', rules), { soldOut: rules });
    assert.deepEqual(await running.control('GET', '/_sim/stock'), { soldOut: rules });
    await running.control('DELETE', '/_sim/stock');
    assert.deepEqual(service.soldOut.list(), []);
  });

  it('change quotas one at a time', async () => {
    const before = service.quotas.maxImageCacheCount;
    assert.deepEqual(await running.control('POST', '/_sim/quotas', { maxCpu: 8 }), {
      maxCpu: 8,
      maxImageCacheCount: before,
    });
    assert.equal(service.quotas.maxCpu, 8);
  });

  const refused: Record<string, [path: string, body: unknown, message: RegExp]> = {
    'a rule that does not say how it shows': ['/_sim/stock', { zoneId: 'cn-hangzhou-k' }, /shows/],
    'a rule about something unknown': ['/_sim/stock', { shows: 'late', colour: 'red' }, /additional properties/],
    'an unknown quota': ['/_sim/quotas', { maxMemory: 1 }, /unknown member maxMemory/],
    'a quota that is no number': ['/_sim/quotas', { maxCpu: 'many' }, /maxCpu must be a number/],
    'a reclaim of nothing': ['/_sim/spot-reclaim', { containerGroupId: 'eci-unknown' }, /must name a container group/],
    'a removal of nothing': ['/_sim/remove-group', {}, /must name a container group/],
  };
  for (const [title, [path, body, message]] of Object.entries(refused)) {
    it(`refuse ${title}, and change nothing`, async () => {
      const answer = (await running.control('POST', path, body)) as { error: string };
      assert.match(answer.error, message);
      assert.deepEqual(service.soldOut.list(), []);
    });
  }
});
