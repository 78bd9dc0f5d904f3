import assert from 'node:assert/strict';
import type { SecretFacts } from '../../../../src/cli/helper/secret-facts.ts';
import { viewCluster } from '../../../../src/cli/status/cluster-view.ts';
import type { ClusterFacts } from '../../../../src/cli/status/cluster-view.ts';
import { renderClusterView } from '../../../../src/cli/status/render-cluster-view.ts';
import { SECRET_NAME } from '../../../../src/credential-helper/names.ts';
import { now } from './helper-status.ts';

const hosts = ['demo-registry.cn-hangzhou.cr.aliyuncs.com', 'images.example.com'];
const ours: SecretFacts = { ours: true, servers: hosts, marks: [], expiresAtMs: now + 41 * 60_000 };

function clusterFacts(change: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    configMap: 'kube-system/acr-configuration',
    configuration: {
      kind: 'complete',
      config: {
        serviceAccounts: { kind: 'named', names: ['default'] },
        namespaces: { kind: 'named', names: ['team-a', 'team-b', 'team-c', 'later'] },
        expiringThresholdMs: 900_000,
        notifyEmail: 'cs@aliyuncs.com',
        entries: [],
        rrsaEnabled: false,
      },
      findings: [{ reason: 'ConfigWarning', key: 'acr-api-version', message: 'acr-api-version is odd' }],
    },
    entries: [
      { position: 1, instanceId: 'cri-demo', regionId: 'cn-hangzhou' },
      { position: 2, hosts: ['registry.cn-hangzhou.aliyuncs.com'], chain: 'base identity → Personal Edition' },
    ],
    namespaces: { kind: 'seen', value: ['default', 'team-a', 'team-b', 'team-c', 'old'] },
    secrets: {
      kind: 'seen',
      value: new Map<string, SecretFacts>([
        ['team-a', ours],
        ['team-b', { ours: false, servers: [], marks: [] }],
        ['old', ours],
      ]),
    },
    accounts: {
      kind: 'seen',
      value: [
        { namespace: 'team-a', name: 'default', attached: true },
        { namespace: 'team-a', name: 'ci', attached: false },
        { namespace: 'team-b', name: 'default', attached: false },
        { namespace: 'default', name: 'default', attached: true },
      ],
    },
    events: {
      kind: 'seen',
      value: [
        {
          reason: 'CredentialFetchFailed',
          message: 'entry 1: NoPermission.',
          count: 3,
          lastSeen: '2026-11-25T08:59:00Z',
        },
      ],
    },
    ...change,
  };
}

const golden = `No credential helper answered: there is no Lease kube-system/aliyun-acr-credential-helper

What follows is what the API server holds.

Configuration: ConfigMap kube-system/acr-configuration, complete
  watch-namespace  team-a, team-b, team-c, later
  service-account  default
  - ConfigWarning: acr-api-version is odd

ENTRY  REGISTRY          REGION
1      cri-demo          cn-hangzhou
       hosts  as the cloud names them, which only the helper asks
2      Personal Edition  the cluster's
       hosts  registry.cn-hangzhou.aliyuncs.com
       chain  base identity → Personal Edition

NAMESPACE  SECRET     EARLIEST EXPIRY                HOSTS
old        left-over  2026-11-25T09:41:00Z (in 41m)  2
team-b     foreign    -                              0
team-c     missing    -                              0
team-a     serving    2026-11-25T09:41:00Z (in 41m)  2
Hosts: demo-registry.cn-hangzhou.cr.aliyuncs.com images.example.com
missing: The helper writes the Secret within seconds once it runs.
foreign: Somebody else made the Secret: rename or delete it, or start the helper with --adopt-existing.
left-over: The namespace is not watched any more: the helper takes the Secret away once it runs.

ServiceAccounts: 2 selected, 1 attached

Warning events about the configuration, latest first:
  2026-11-25T08:59:00Z  CredentialFetchFailed (3 times): entry 1: NoPermission.
`;

const why = 'there is no Lease kube-system/aliyun-acr-credential-helper';

describe('what the API server tells of the helper', () => {
  it('is shown with what is wrong first', () => {
    assert.equal(renderClusterView(viewCluster(clusterFacts(), now), { why, nowMs: now }), golden);
  });

  it('is the same as JSON, by namespace', () => {
    const view = viewCluster(clusterFacts(), now);
    assert.deepEqual(view.secrets, [
      { namespace: 'old', state: 'left-over', hosts, expiresAt: '2026-11-25T09:41:00Z' },
      { namespace: 'team-a', state: 'serving', hosts, expiresAt: '2026-11-25T09:41:00Z' },
      { namespace: 'team-b', state: 'foreign', hosts: [] },
      { namespace: 'team-c', state: 'missing', hosts: [] },
    ]);
    assert.deepEqual(view.serviceAccounts, { selected: 2, attached: 1 });
    assert.equal(view.configuration.state, 'complete');
    assert.deepEqual(view.notSeen, []);
  });

  const states: Record<string, [secret: object, state: string]> = {
    'an empty Secret': [{ servers: [], marks: [] }, 'empty'],
    'a Secret of which one entry has run out': [{ marks: [{ hosts, expiresAtMs: now }] }, 'expired'],
    'a Secret that cannot be read': [{ servers: [], unusable: 'is broken' }, 'unusable'],
  };
  for (const [name, [change, state]] of Object.entries(states)) {
    it(`tells ${name}`, () => {
      const secrets = { kind: 'seen', value: new Map([['team-a', { ...ours, ...change }]]) } as const;
      const view = viewCluster(clusterFacts({ secrets }), now);
      assert.equal(view.secrets.find(({ namespace }) => namespace === 'team-a')?.state, state);
    });
  }

  it('tells an incomplete configuration with its findings, and no Secret as left over', () => {
    const configuration = { kind: 'incomplete', why: 'there is no ConfigMap.', findings: [] } as const;
    const view = viewCluster(clusterFacts({ configuration, entries: [] }), now);
    const text = renderClusterView(view, { why, nowMs: now });
    assert.match(text, /acr-configuration, incomplete\n {2}there is no ConfigMap\./);
    assert.equal(
      view.secrets.some(({ state }) => state === 'left-over' || state === 'missing'),
      false,
    );
    assert.equal(view.serviceAccounts, undefined);
  });

  it('says what may not be seen', () => {
    const hidden = { kind: 'hidden', why: '403 Forbidden' } as const;
    const facts = { configuration: hidden, namespaces: hidden, secrets: hidden, accounts: hidden, events: hidden };
    const text = renderClusterView(viewCluster(clusterFacts({ ...facts, entries: [] }), now), { why, nowMs: now });
    assert.match(text, /acr-configuration, which may not be seen/);
    for (const what of ['namespaces', 'Secrets', 'ServiceAccounts', 'events']) {
      assert.match(text, new RegExp(`Not seen: ${what}: 403 Forbidden`));
    }
    assert.doesNotMatch(text, /No Warning events/);
  });

  it('cuts a long table off, and says so', () => {
    const secrets = {
      kind: 'seen',
      value: new Map(Array.from({ length: 30 }, (_, index) => [`ns-${index}`, ours])),
    } as const;
    const facts = clusterFacts({ secrets });
    if (facts.configuration.kind === 'complete') facts.configuration.config.namespaces = { kind: 'all' };
    const namespaces = { kind: 'seen', value: [...secrets.value.keys()] } as const;
    const text = renderClusterView(viewCluster({ ...facts, namespaces }, now), { why, nowMs: now });
    assert.match(text, /… and 10 more; -o json has them all/);
  });

  it('names the Secret when there is none', () => {
    const nothing = { kind: 'seen', value: [] } as const;
    const facts = clusterFacts({ namespaces: nothing, secrets: { kind: 'seen', value: new Map() } });
    assert.match(
      renderClusterView(viewCluster(facts, now), { why, nowMs: now }),
      new RegExp(`none has a Secret ${SECRET_NAME}`),
    );
  });
});
