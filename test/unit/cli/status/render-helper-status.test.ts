import assert from 'node:assert/strict';
import { renderHelperStatus } from '../../../../src/cli/status/render-helper-status.ts';
import type { HelperStatus } from '../../../../src/credential-helper/status/model.ts';
import { leaderStatus, now } from './helper-status.ts';

const options = { from: 'Pod kube-system/helper-1', nowMs: now };

const golden = `Credential helper 0.1.0, leader, told by Pod kube-system/helper-1, base identity: worker role

ENTRY  REGISTRY              REGION          STATE    EXPIRES                           NEXT RENEWAL
1      cri-j36zhodptmyq1234  cn-hangzhou     serving  2026-11-25T09:41:00Z (in 41m)     2026-11-25T09:26:00Z (in 26m)
       hosts  demo-registry.cn-hangzhou.cr.aliyuncs.com demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com
              images.example.com
       chain  worker role → role b-role of 2222222222222222 → instance cri-j36zhodptmyq1234 in cn-hangzhou
2      Personal Edition      ap-southeast-1  failing  2026-11-25T20:45:00Z (in 11h45m)  2026-11-25T09:00:05Z (in <1m)
       hosts  registry.ap-southeast-1.aliyuncs.com
       chain  worker role → Personal Edition in ap-southeast-1
       error  CredentialFetchFailed since 2026-11-25T08:55:00Z: GetAuthorizationToken was answered 403
              Forbidden.RAM (request id 35177927-6DB9-46A2-AB04-5E9D24CBABDE). Allow cr:GetAuthorizationToken
              to the worker role.
3      cri-new               cn-beijing      waiting  -                                 -
       hosts  not known yet
       chain  worker role

Namespaces:      3 watched, 2 with their Secret as it should be
ServiceAccounts: 5 selected, 4 attached
Conflicts:       team-b
                 These have a Secret acr-credential-secret-aggregation of somebody else. Rename or delete it,
                 or start the helper with --adopt-existing.

Configuration: complete
  watch-namespace  default, team-a, team-b
  service-account  *
  - ConfigWarning: acr-api-version: "v1" is not 2018-12-01; it changes nothing
`;

function render(change: Partial<HelperStatus>): string {
  return renderHelperStatus({ ...leaderStatus, ...change }, options);
}

describe('the table of a helper’s status', () => {
  it('shows entries, namespaces, conflicts and findings', () => {
    assert.equal(renderHelperStatus(leaderStatus, options), golden);
  });

  it('fits into 120 columns', () => {
    const widest = Math.max(...golden.split('\n').map((line) => line.length));
    assert.ok(widest <= 120, `${widest} columns`);
  });

  it('shows the answer of a follower as one', () => {
    const { namespaces: _, leader: _leader, ...rest } = leaderStatus;
    const text = renderHelperStatus({ ...rest, role: 'follower', entries: [] }, options);
    assert.match(text, /0\.1\.0, follower,/);
    assert.match(text, /A follower fetches and writes nothing; nobody leads at the moment\./);
    assert.doesNotMatch(text, /Namespaces:/);
    assert.match(render({ role: 'follower', leader: 'helper-2_1' }), /helper-2_1 leads\./);
  });

  it('says what to do where there is nothing', () => {
    assert.match(render({ entries: [] }), /No entries: add one to acr-registry-info\./);
    const incomplete = {
      state: 'incomplete',
      why: 'waiting for ConfigMap kube-system/acr-configuration',
      findings: [],
    } as const;
    const text = render({ entries: [], configuration: incomplete });
    assert.match(text, /No entries, because the configuration is incomplete: see below\./);
    assert.match(text, /Configuration: incomplete\n {2}waiting for ConfigMap kube-system\/acr-configuration\n/);
    const none = { watched: 0, served: 0, conflicts: [], serviceAccounts: { selected: 0, attached: 0 } };
    assert.match(render({ namespaces: none }), /None of the namespaces in watch-namespace exists/);
  });
});
