import assert from 'node:assert/strict';
import { factsFromConfiguration, factsFromStatus } from '../../../../src/cli/check/helper-facts.ts';
import type { HelperConfig } from '../../../../src/credential-helper/config/model.ts';
import { leaderStatus } from '../status/helper-status.ts';

const config: HelperConfig = {
  serviceAccounts: { kind: 'named', names: ['app'] },
  namespaces: { kind: 'all' },
  expiringThresholdMs: 900_000,
  notifyEmail: 'cs@aliyuncs.com',
  entries: [{ position: 1, expireDurationSeconds: 3600 }],
  rrsaEnabled: false,
};

describe('what a check knows of the helper', () => {
  it('comes from the leader, with hosts unknown where it does not have them yet', () => {
    const facts = factsFromStatus(leaderStatus);
    assert.deepEqual(facts.configuration, {
      kind: 'complete',
      namespaces: ['default', 'team-a', 'team-b'],
      serviceAccounts: 'all',
    });
    assert.deepEqual(
      facts.entries.map(({ position, state, hosts }) => [position, state, hosts?.length]),
      [
        [1, 'serving', 3],
        [2, 'failing', 1],
        [3, 'waiting', undefined],
      ],
    );
    assert.deepEqual(facts.conflicts, ['team-b']);
    assert.equal(facts.entries[0]?.expiresAtMs, Date.UTC(2026, 10, 25, 9, 41));
  });

  it('does not take the ignorance of a follower for entries that were not tried', () => {
    const [first, ...others] = leaderStatus.entries;
    assert.ok(first !== undefined);
    const entries = [{ ...first, state: 'refused' as const }, ...others];
    const facts = factsFromStatus({ ...leaderStatus, role: 'follower', entries });
    assert.deepEqual(
      facts.entries.map(({ state }) => state),
      ['refused', undefined, undefined],
    );
  });

  it('does not know the selection of a helper that does not tell it', () => {
    const { namespaces: _, ...configuration } = leaderStatus.configuration;
    assert.equal(factsFromStatus({ ...leaderStatus, configuration }).configuration.kind, 'hidden');
    const incomplete = { state: 'incomplete', why: 'waiting', findings: [] } as const;
    assert.deepEqual(factsFromStatus({ ...leaderStatus, configuration: incomplete }).configuration, {
      kind: 'incomplete',
      why: 'waiting',
    });
  });

  it('comes from the ConfigMap where none answers, refusals included', () => {
    const known = { regionId: 'cn-hangzhou', entryEvents: ['entry 1: NoPermission'] };
    const facts = factsFromConfiguration({ kind: 'complete', config, findings: [] }, known);
    assert.deepEqual(facts.configuration, { kind: 'complete', namespaces: 'all', serviceAccounts: ['app'] });
    assert.deepEqual(facts.entryEvents, known.entryEvents);
    assert.equal(facts.entries[0]?.state, undefined);
    const refused = factsFromConfiguration(
      { kind: 'complete', config: { ...config, rrsaEnabled: true }, findings: [] },
      known,
    );
    assert.equal(refused.entries[0]?.state, 'refused');
    assert.equal(refused.entries[0]?.lastError?.reason, 'EntryUnsupported');
  });

  it('is only the reason where the ConfigMap is missing or hidden', () => {
    const known = { regionId: undefined, entryEvents: [] };
    const hidden = factsFromConfiguration({ kind: 'hidden', why: '403' }, known);
    assert.deepEqual([hidden.configuration, hidden.entries], [{ kind: 'hidden', why: '403' }, []]);
  });
});
