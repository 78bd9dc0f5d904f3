import assert from 'node:assert/strict';
import type { ConfigState, Finding, HelperConfig } from '../../../../src/credential-helper/config/model.ts';
import { collectStatus, statusPage } from '../../../../src/credential-helper/status/collect.ts';
import type { StatusSources } from '../../../../src/credential-helper/status/collect.ts';
import type { EntryStatus } from '../../../../src/credential-helper/status/model.ts';
import { Secret } from '../../../../src/secret.ts';

const config: HelperConfig = {
  serviceAccounts: { kind: 'named', names: ['default', 'app'] },
  namespaces: { kind: 'all' },
  expiringThresholdMs: 900_000,
  notifyEmail: 'cs@aliyuncs.com',
  entries: [
    {
      position: 1,
      expireDurationSeconds: 3600,
      accessKey: { id: 'LTAI5tCanary', secret: new Secret('canary-secret') },
    },
  ],
  rrsaEnabled: false,
};

function sources(change: Partial<StatusSources> & { state?: ConfigState; findings?: Finding[] } = {}): StatusSources {
  const { state = { kind: 'complete', config }, findings = [], ...rest } = change;
  return {
    version: '1.2.3',
    identity: () => 'worker role',
    config: { current: () => state, findings: () => findings },
    entries: () => [],
    namespaces: () => undefined,
    leadership: () => ({ leading: true, leader: 'helper-1_uid' }),
    ...rest,
  };
}

function entry(position: number, change: Partial<EntryStatus> = {}): EntryStatus {
  return { position, regionId: 'cn-hangzhou', chain: 'worker role', hosts: [], state: 'waiting', ...change };
}

describe('the status of a replica', () => {
  it('says who leads, what is selected and how the namespaces are', () => {
    const status = collectStatus(
      sources({
        namespaces: () => ({
          watched: 3,
          served: 2,
          conflicts: ['team-b', 'team-a'],
          serviceAccounts: { selected: 6, attached: 4 },
        }),
      }),
    );
    assert.deepEqual(status, {
      version: '1.2.3',
      role: 'leader',
      leader: 'helper-1_uid',
      identity: 'worker role',
      configuration: { state: 'complete', namespaces: 'all', serviceAccounts: ['default', 'app'], findings: [] },
      entries: [],
      namespaces: {
        watched: 3,
        served: 2,
        conflicts: ['team-a', 'team-b'],
        serviceAccounts: { selected: 6, attached: 4 },
      },
    });
  });

  it('leaves out what a follower does not know', () => {
    const status = collectStatus(sources({ identity: () => undefined, leadership: () => ({ leading: false }) }));
    assert.deepEqual(Object.keys(status), ['version', 'role', 'configuration', 'entries']);
    assert.equal(status.role, 'follower');
  });

  it('says why the configuration is incomplete, with its findings', () => {
    const finding: Finding = { reason: 'ConfigInvalid', key: 'rrsa', message: 'no boolean', position: 2 };
    const { configuration } = collectStatus(
      sources({ state: { kind: 'incomplete', why: 'rrsa cannot be read' }, findings: [finding] }),
    );
    assert.deepEqual(configuration, { state: 'incomplete', why: 'rrsa cannot be read', findings: [finding] });
  });

  it('lists entries by position, whatever order they come in', () => {
    const entries = [entry(2), entry(1, { instanceId: 'cri-b' }), entry(1, { instanceId: 'cri-a' })];
    const shown = collectStatus(sources({ entries: () => entries })).entries;
    assert.deepEqual(
      shown.map(({ position, instanceId }) => [position, instanceId]),
      [
        [1, 'cri-a'],
        [1, 'cri-b'],
        [2, undefined],
      ],
    );
  });

  it('is served as one line of JSON without any key', () => {
    const { contentType, body } = statusPage(sources());
    assert.equal(contentType, 'application/json');
    assert.equal(JSON.parse(body).version, '1.2.3');
    assert.doesNotMatch(body, /canary/i);
  });
});
