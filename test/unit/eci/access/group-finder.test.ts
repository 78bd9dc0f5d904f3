import assert from 'node:assert/strict';
import type { ContainerGroup } from '../../../../src/alibaba/eci-answers.ts';
import { createGroupFinder } from '../../../../src/eci/access/group-finder.ts';
import { tagKeys } from '../../../../src/eci/identity/ownership-tags.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function setUp(options: {
  known?: Record<string, string>;
  claimed?: Record<string, string>;
  owners?: Record<string, string>;
}) {
  const { known = {}, claimed = {}, owners = {} } = options;
  const clock = new FakeClock();
  const asked: string[][] = [];
  const finder = createGroupFinder({
    clock,
    clusterId: 'cluster-1',
    known: (uid) => known[uid],
    claimed: (uid) => claimed[uid],
    eci: {
      describeContainerGroups: async ({ containerGroupIds = [] }) => {
        asked.push(containerGroupIds);
        const items = containerGroupIds
          .filter((id) => id in owners)
          .map((containerGroupId): ContainerGroup => {
            const [cluster = '', uid = ''] = (owners[containerGroupId] ?? '').split('/');
            return {
              containerGroupId,
              tags: [
                { key: tagKeys.cluster, value: cluster },
                { key: tagKeys.uid, value: uid },
              ],
              containers: [],
              initContainers: [],
              events: [],
            };
          });
        return { items };
      },
    },
  });
  return { clock, asked, find: async (...uids: string[]) => Object.fromEntries(await finder.find(uids)), owners };
}

describe('the container groups of Pods', () => {
  it('are those that the feed knows, whatever the Pods say', async () => {
    const { find, asked } = setUp({ known: { a: 'eci-1' }, claimed: { a: 'eci-2' } });
    assert.deepEqual(await find('a', 'b'), { a: 'eci-1' });
    assert.deepEqual(asked, []);
  });

  it('are those that Pods name, where the tags say so too', async () => {
    const { find, asked, clock } = setUp({ claimed: { a: 'eci-1' }, owners: { 'eci-1': 'cluster-1/a' } });
    assert.deepEqual(await find('a'), { a: 'eci-1' });
    assert.deepEqual(await find('a'), { a: 'eci-1' });
    assert.equal(asked.length, 1);
    await clock.advance(11 * 60_000);
    await find('a');
    assert.equal(asked.length, 2);
  });

  it('are not those of another Pod or another cluster, whatever a Pod says', async () => {
    const { find } = setUp({
      claimed: { thief: 'eci-1', stranger: 'eci-2', a: 'eci-1' },
      owners: { 'eci-1': 'cluster-1/a', 'eci-2': 'cluster-2/stranger' },
    });
    assert.deepEqual(await find('thief', 'stranger', 'a'), { a: 'eci-1' });
  });

  it('are looked for again soon when they were not there', async () => {
    const { find, clock, owners } = setUp({ claimed: { a: 'eci-1' } });
    assert.deepEqual(await find('a'), {});
    owners['eci-1'] = 'cluster-1/a';
    assert.deepEqual(await find('a'), {});
    await clock.advance(10_001);
    assert.deepEqual(await find('a'), { a: 'eci-1' });
  });

  it('are asked for 20 at a time', async () => {
    const uids = Array.from({ length: 45 }, (_, index) => `uid-${index}`);
    const { find, asked } = setUp({ claimed: Object.fromEntries(uids.map((uid) => [uid, `eci-${uid}`])) });
    await find(...uids);
    assert.deepEqual(
      asked.map(({ length }) => length),
      [20, 20, 5],
    );
  });
});
