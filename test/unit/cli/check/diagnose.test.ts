import assert from 'node:assert/strict';
import { diagnoseImage } from '../../../../src/cli/check/diagnose.ts';
import { SECRET_NAME } from '../../../../src/credential-helper/names.ts';
import { absent, entryFacts, hidden, publicHost, pullFacts, secretFacts, seen, vpcHost } from './pull-facts.ts';
import type { Change } from './pull-facts.ts';

const personalHost = 'registry.cn-hangzhou.aliyuncs.com';

describe('whether an image can be pulled', () => {
  it('says by which entry, and until when', () => {
    assert.deepEqual(diagnoseImage(pullFacts()), {
      image: `${publicHost}/team/web:1`,
      host: publicHost,
      verdict: 'yes',
      by: {
        secret: SECRET_NAME,
        server: publicHost,
        entry: {
          position: 1,
          instanceId: 'cri-demo',
          regionId: 'cn-hangzhou',
          chain: 'worker role → instance cri-demo in cn-hangzhou',
        },
        until: '2026-11-25T09:41:00Z',
      },
      causes: [],
      remarks: [],
      notSeen: [],
    });
  });

  it('takes the list of the Pod, not that of the ServiceAccount, once there is a Pod', () => {
    const other = seen(secretFacts({ ours: false, marks: [] }));
    const facts = pullFacts({ pod: { pullSecrets: ['mine'] }, otherSecrets: { mine: other }, secret: absent });
    const { verdict, by } = diagnoseImage(facts);
    assert.equal(verdict, 'yes');
    assert.deepEqual(by, { secret: 'mine', server: publicHost });
  });

  it('is a yes with the Secret of the vendor’s add-on, of which nobody knows how long it serves', () => {
    const { verdict, by, remarks } = diagnoseImage(
      pullFacts({ secret: seen(secretFacts({ ours: false, marks: [] })) }),
    );
    assert.equal(verdict, 'yes');
    assert.equal(by?.until, undefined);
    assert.match(remarks.join(), /not made by this helper/);
  });

  it('is a yes while an earlier password lives, and tells that renewal fails', () => {
    const lastError = { reason: 'CredentialFetchFailed', message: 'NoPermission.', since: '2026-11-25T08:00:00Z' };
    const { verdict, remarks } = diagnoseImage(
      pullFacts({ helper: { entries: [entryFacts({ state: 'failing', lastError })] } }),
    );
    assert.equal(verdict, 'yes');
    assert.match(remarks.join(), /Renewal of entry 1 .* fails\. Since 2026-11-25T08:00:00Z: .*NoPermission/);
  });

  it('is a yes on the word of the Secret alone when nothing else can be seen', () => {
    const helper = { source: 'api-server', entries: [], configuration: { kind: 'hidden', why: 'forbidden' } } as const;
    const { verdict, by, notSeen } = diagnoseImage(pullFacts({ helper }));
    assert.equal(verdict, 'yes');
    assert.equal(by?.until, '2026-11-25T09:41:00Z');
    assert.match(notSeen.join(), /configuration of the helper: forbidden/);
  });

  it('takes the word of the leader for a Secret that may not be seen', () => {
    const { verdict, by, remarks } = diagnoseImage(pullFacts({ secret: hidden, helper: { conflicts: ['team-b'] } }));
    assert.deepEqual([verdict, by?.entry?.position, by?.until], ['yes', 1, '2026-11-25T09:41:00Z']);
    assert.match(remarks.join(), /what the leader of the helper says/);
  });

  for (const [name, change] of Object.entries<Change>({
    'of a namespace in conflict': { helper: { conflicts: ['team-a'] } },
    'of an entry that has run out': { helper: { conflicts: [], entries: [entryFacts({ state: 'expired' })] } },
    'of a host of no entry': { helper: { conflicts: [] }, image: `${personalHost}/a/b` },
    'for a Pod that does not carry the Secret': { helper: { conflicts: [] }, pod: { pullSecrets: [] } },
  })) {
    it(`does not take it ${name}`, () => {
      assert.notEqual(diagnoseImage(pullFacts({ secret: hidden, ...change })).verdict, 'yes');
    });
  }

  it('remarks on a VPC host before there is a Pod', () => {
    const { verdict, remarks } = diagnoseImage(pullFacts({ image: `${vpcHost}/a/b` }));
    assert.equal(verdict, 'yes');
    assert.match(remarks.join(), /only from VPCs that are linked/);
  });

  it('does not know when the Secret is hidden and everything else is in order', () => {
    const { verdict, causes, notSeen } = diagnoseImage(pullFacts({ secret: hidden }));
    assert.deepEqual([verdict, causes], ['unknown', []]);
    assert.deepEqual(notSeen, [`The Secret team-a/${SECRET_NAME}: forbidden`]);
  });

  it('passes on what the kubelet says beside the causes that were found', () => {
    const waiting = [{ container: 'web', reason: 'ErrImagePull', message: 'pull access denied' }];
    const { causes, remarks } = diagnoseImage(pullFacts({ secret: absent, pod: { waiting } }));
    assert.deepEqual(
      causes.map(({ id }) => id),
      ['secret-missing'],
    );
    assert.match(remarks.join(), /ErrImagePull: pull access denied/);
  });

  it('does not call an image public that the kubelet cannot pull', () => {
    const waiting = [{ container: 'web', reason: 'ErrImagePull', message: 'pull access denied' }];
    assert.equal(diagnoseImage(pullFacts({ image: 'corp.example/a', pod: { waiting } })).verdict, 'no');
    assert.equal(diagnoseImage(pullFacts({ image: 'corp.example/a', pod: {} })).verdict, 'anonymous');
  });

  it('tells that a started container had its image pulled', () => {
    assert.match(diagnoseImage(pullFacts({ pod: { pulled: true } })).remarks.join(), /was pulled/);
  });
});
