import assert from 'node:assert/strict';
import { groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld, Row } from './eci-world.ts';

interface EventRow {
  ContainerGroupId: string;
  Events: Row[];
}

describe('events of container groups', () => {
  let world: EciWorld;

  beforeEach(async () => {
    world = await startEciWorld();
  });

  afterEach(() => world.stop());

  const create = async (image = 'nginx:v1'): Promise<string> =>
    String((await world.call('CreateContainerGroup', groupParams(image)))['ContainerGroupId']);

  const read = async (params: Record<string, string> = {}): Promise<{ rows: EventRow[]; answer: Row }> => {
    const answer = await world.call('DescribeContainerGroupEvents', params);
    return { rows: answer['Data'] as EventRow[], answer };
  };

  it('spell their members in lower camel case, as real answers do', async () => {
    await create();
    const { rows } = await read();
    const [event] = rows[0]?.Events ?? [];
    assert.deepEqual(Object.keys(event ?? {}).sort(), [
      ...['count', 'firstTimestamp', 'involvedObject', 'lastTimestamp', 'message', 'metadata', 'reason'],
      ...['reportingComponent', 'reportingInstance', 'source', 'type'],
    ]);
    assert.equal(event?.['reason'], 'Creating');
  });

  it('come without a page token, with the number of events shown', async () => {
    await create();
    await world.pass(600, 2);
    const { rows, answer } = await read({ EventSource: 'K8sAgent' });
    assert.equal(answer['NextToken'], undefined);
    assert.equal(answer['TotalCount'], rows[0]?.Events.length);
    assert.ok(rows[0]?.Events.every((event) => (event['source'] as Row)['component'] === 'kubelet'));
    const all = await read();
    assert.ok(Number(all.answer['TotalCount']) > (rows[0]?.Events.length ?? Infinity));
  });

  it('are limited to groups in which something happened in the window', async () => {
    await create();
    await world.pass(600, 2);
    await world.pass(120_000);
    const young = await create();
    const { rows } = await read({ SinceSecond: '60' });
    assert.deepEqual(
      rows.map(({ ContainerGroupId }) => ContainerGroupId),
      [young],
    );
  });

  it('are the latest fifty of a group', async () => {
    await create('job:v1');
    const [group] = world.service.groups.all();
    assert.ok(group);
    const { recordEvent } = await import('../../../../simulator/eci/service-event.ts');
    for (let index = 0; index < 60; index += 1) {
      recordEvent(group, { type: 'Normal', reason: 'Test', message: `event ${index}` }, index);
    }
    const { rows } = await read();
    assert.equal(rows[0]?.Events.length, 50);
    assert.equal(rows[0]?.Events.at(-1)?.['message'], 'event 59');
  });
});
