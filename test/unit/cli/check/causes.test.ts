import assert from 'node:assert/strict';
import { causes } from '../../../../src/cli/check/causes.ts';
import { diagnoseImage } from '../../../../src/cli/check/diagnose.ts';
import { SECRET_NAME } from '../../../../src/credential-helper/names.ts';
import { absent, entryFacts, hidden, now, publicHost, pullFacts, secretFacts, seen, vpcHost } from './pull-facts.ts';
import type { Change } from './pull-facts.ts';

const selection = { namespaces: ['default'], serviceAccounts: ['default'] } as const;
const lastError = {
  reason: 'CredentialFetchFailed',
  message: 'AssumeRole: NoPermission.',
  since: '2026-11-25T08:00:00Z',
};
const backOff = (message: string) => [{ container: 'web', reason: 'ImagePullBackOff', message }];

/** Each row: what is wrong, the ids in order, and what the first message or remedy has to say. */
const rows: Record<string, [change: Change, ids: string[], says: RegExp]> = {
  'an image that is no reference': [{ image: 'Web Server' }, ['image-invalid'], /white space/],
  'a Personal instance of the new kind': [
    { image: 'crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com/a/b' },
    ['personal-new'],
    /kubectl -n team-a create secret docker-registry/,
  ],
  'an image of Docker Hub': [{ image: 'nginx' }, ['not-acr'], /docker\.io is no host of Container Registry/],
  'a private registry elsewhere, with everything else wrong as well': [
    { image: 'images.corp.example/a/b', secret: absent, serviceAccount: absent },
    ['not-acr'],
    /Add images\.corp\.example to domains/i,
  ],
  'a host that may be a custom domain of an entry that nobody could ask': [
    { image: 'images.corp.example/a/b', helper: { entries: [{ position: 3, instanceId: 'cri-x' }] } },
    ['not-acr'],
    /custom domain of entry 3 \(cri-x in the region of the cluster\) is not known/,
  ],
  'no ConfigMap': [
    { secret: absent, helper: { entries: [], configuration: { kind: 'incomplete', why: 'there is no ConfigMap.' } } },
    ['config-incomplete'],
    /there is no ConfigMap/,
  ],
  'the host of an instance without an entry': [
    { image: 'other-registry.cn-beijing.cr.aliyuncs.com/a/b' },
    ['host-not-covered'],
    /instanceId \(cri-…\) of the instance other and regionId cn-beijing/,
  ],
  'a Personal host without an entry': [
    { image: 'registry.cn-beijing.aliyuncs.com/a/b' },
    ['host-not-covered'],
    /instanceId "" and regionId cn-beijing/,
  ],
  'the other name of a covered instance': [
    {
      image: `${vpcHost}/a/b`,
      helper: { entries: [entryFacts({ hosts: [publicHost] })] },
      secret: secretWith([publicHost]),
    },
    ['host-not-covered'],
    /Write demo-registry\.cn-hangzhou\.cr\.aliyuncs\.com in the image, or add demo-registry-vpc/,
  ],
  'a typing error in a custom domain': [
    {
      image: 'image.example.com/a/b',
      helper: { entries: [entryFacts({ hosts: ['images.example.com'] })] },
      secret: secretWith(['images.example.com']),
    },
    ['host-not-covered'],
    /covers images\.example\.com; was that meant/,
  ],
  'a port that is written out': [
    { image: `${publicHost}:443/a/b` },
    ['host-not-covered'],
    /covers demo-registry\.cn-hangzhou\.cr\.aliyuncs\.com, which is another name of the same registry/,
  ],
  'an entry that is refused': [
    { secret: secretWith([]), helper: { entries: [entryFacts({ state: 'refused', lastError })] } },
    ['entry-refused'],
    /entry 1 \(cri-demo in cn-hangzhou\) is for this host and is refused as configured\. .*NoPermission/i,
  ],
  'an entry that never got a password': [
    { secret: secretWith([]), helper: { entries: [withoutExpiry({ state: 'failing', lastError })] } },
    ['entry-failing'],
    /has no password\. Since 2026-11-25T08:00:00Z: CredentialFetchFailed: AssumeRole: NoPermission\./,
  ],
  'an entry whose password has run out': [
    {
      secret: secretWith(['registry.cn-hangzhou.aliyuncs.com']),
      helper: { entries: [entryFacts({ state: 'expired', lastError })] },
    },
    ['entry-failing'],
    /has no password/,
  ],
  'no helper, and an event about the entry of the host': [
    {
      secret: secretWith([]),
      helper: {
        source: 'api-server',
        entries: [{ position: 1, instanceId: 'cri-demo' }],
        entryEvents: [
          'Entry 2 (Personal Edition in cn-beijing): nothing',
          'Entry 1 (instance cri-demo in cn-x): NoPermission',
        ],
      },
    },
    ['entry-failing'],
    /The last event about the entry says: Entry 1 \(instance cri-demo in cn-x\): NoPermission/,
  ],
  'no helper, and an event about another entry': [
    {
      secret: secretWith([]),
      helper: {
        source: 'api-server',
        entries: [{ position: 1, instanceId: 'cri-demo' }],
        entryEvents: ['Entry 2 (Personal Edition in cn-beijing): nothing'],
      },
    },
    ['secret-empty'],
    /is empty/,
  ],
  'an entry that was not tried yet, so that no Secret is there': [
    {
      secret: absent,
      serviceAccount: seen({ pullSecrets: [] }),
      helper: { entries: [entryFacts({ state: 'waiting' })] },
    },
    ['entry-waiting'],
    /has not been tried yet/,
  ],
  'a namespace that does not exist': [
    { namespaceState: absent, secret: absent, serviceAccount: absent },
    ['namespace-missing'],
    /The namespace team-a does not exist/,
  ],
  'a namespace that is being deleted': [
    { namespaceState: seen({ terminating: true }), secret: absent, serviceAccount: seen({ pullSecrets: [] }) },
    ['namespace-terminating'],
    /being deleted/,
  ],
  'a namespace that is not watched': [
    {
      secret: absent,
      serviceAccount: seen({ pullSecrets: [] }),
      helper: { configuration: { kind: 'complete', namespaces: ['default'], serviceAccounts: 'all' } },
    },
    ['namespace-not-watched'],
    /watch-namespace is default\..*Add team-a to watch-namespace/s,
  ],
  'neither namespace nor ServiceAccount selected, and a host without an entry': [
    {
      image: 'other-registry.cn-beijing.cr.aliyuncs.com/a/b',
      secret: absent,
      serviceAccount: seen({ pullSecrets: [] }),
      helper: { configuration: { kind: 'complete', ...selection } },
    },
    ['host-not-covered', 'namespace-not-watched', 'service-account-not-selected'],
    /No entry/,
  ],
  'a Secret of somebody else': [
    { secret: seen(secretFacts({ ours: false, servers: [] })), serviceAccount: seen({ pullSecrets: [] }) },
    ['secret-foreign'],
    /--adopt-existing/,
  ],
  'no Secret yet': [
    { secret: absent, serviceAccount: seen({ pullSecrets: [] }) },
    ['secret-missing'],
    /There is no Secret team-a\/acr-credential-secret-aggregation/,
  ],
  'a Secret that somebody broke': [
    { secret: seen(secretFacts({ servers: [], unusable: 'has a key .dockerconfigjson that is not a JSON object' })) },
    ['secret-unusable'],
    /not a JSON object\..*Delete it/s,
  ],
  'an empty Secret although the entry serves': [{ secret: secretWith([]) }, ['secret-empty'], /is empty/],
  'a Secret without the host although the entry serves': [
    { secret: secretWith(['registry.cn-hangzhou.aliyuncs.com']) },
    ['secret-lacks-host'],
    /has credentials for registry\.cn-hangzhou\.aliyuncs\.com, and none for demo-registry/,
  ],
  'a password that has run out': [
    { secret: seen(secretFacts({ marks: [{ hosts: [publicHost], expiresAtMs: now - 1000 }] })) },
    ['secret-expired'],
    /ran out at 2026-11-25T08:59:59Z/,
  ],
  'no such ServiceAccount': [{ serviceAccount: absent }, ['service-account-missing'], /team-a\/app does not exist/],
  'a ServiceAccount that is not selected': [
    {
      serviceAccount: seen({ pullSecrets: [] }),
      helper: { configuration: { kind: 'complete', namespaces: 'all', serviceAccounts: ['default', 'ci'] } },
    },
    ['service-account-not-selected'],
    /service-account is default, ci\..*Add app/s,
  ],
  'a ServiceAccount that is not attached yet': [
    { serviceAccount: seen({ pullSecrets: ['other'] }), otherSecrets: { other: absent } },
    ['service-account-not-attached'],
    /does not have acr-credential-secret-aggregation in its imagePullSecrets/,
  ],
  'a ServiceAccount from which somebody keeps removing the Secret': [
    { serviceAccount: seen({ pullSecrets: [] }), attachFailures: ['argocd removed it 5 times.', 'before'] },
    ['service-account-not-attached'],
    /AttachFailed: argocd removed it 5 times\./,
  ],
  'a Pod with imagePullSecrets of its own': [
    { pod: { pullSecrets: ['mine'] }, otherSecrets: { mine: absent } },
    ['own-pull-secrets'],
    /of its own \(mine\)/,
  ],
  'a Pod from before the patch': [
    { pod: { pullSecrets: [] } },
    ['pod-before-patch'],
    /Delete the Pod .* delete pod web-1/,
  ],
  'a Pod from before the patch, with the list that the ServiceAccount had': [
    {
      pod: { pullSecrets: ['old'] },
      serviceAccount: seen({ pullSecrets: ['old', SECRET_NAME] }),
      otherSecrets: { old: absent },
    },
    ['pod-before-patch'],
    /created before/,
  ],
  'a Pod whose ServiceAccount is not attached yet': [
    { pod: { pullSecrets: [] }, serviceAccount: seen({ pullSecrets: [] }) },
    ['service-account-not-attached', 'pod-before-patch'],
    /does not have/,
  ],
  'a VPC host without a link': [
    { image: `${vpcHost}/a/b`, pod: { waiting: backOff('dial tcp: lookup demo-registry-vpc: no such host') } },
    ['host-not-resolved'],
    /Link the VPC of the node/,
  ],
  'a public host that the node cannot resolve': [
    { pod: { waiting: backOff('lookup demo-registry: no such host') } },
    ['host-not-resolved'],
    /Correct the host, or the DNS/,
  ],
  'a registry that denies the pull': [
    { pod: { waiting: backOff('insufficient_scope: authorization failed') } },
    ['pull-failed'],
    /ImagePullBackOff: insufficient_scope/,
  ],
};

function secretWith(servers: string[]): Change['secret'] & object {
  const marks = [{ hosts: servers, expiresAtMs: now + 60_000 }];
  return seen(secretFacts({ servers, marks }));
}

function withoutExpiry(change: Parameters<typeof entryFacts>[0]) {
  const { expiresAtMs: _, ...entry } = entryFacts(change);
  return entry;
}

describe('causes of pulls that fail', () => {
  for (const [name, [change, ids, says]] of Object.entries(rows)) {
    it(`finds ${name}`, () => {
      const diagnosis = diagnoseImage(pullFacts(change));
      assert.deepEqual(
        diagnosis.causes.map(({ id }) => id),
        ids,
      );
      const [first] = diagnosis.causes;
      assert.match(`${first?.message} ${first?.remedy}`, says);
      assert.equal(diagnosis.verdict, ids[0] === 'not-acr' ? 'anonymous' : 'no');
    });
  }

  it('has a case for every cause', () => {
    const tried = new Set(Object.values(rows).flatMap(([, ids]) => ids));
    assert.deepEqual(
      causes.map(({ id }) => id).filter((id) => !tried.has(id)),
      [],
    );
  });

  it('explains causes only by causes that exist', () => {
    const ids = causes.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { explainedBy = [] } of causes)
      assert.deepEqual(
        explainedBy.filter((id) => !ids.includes(id)),
        [],
      );
  });

  it('finds nothing, and claims nothing, where nothing can be seen', () => {
    const diagnosis = diagnoseImage(
      pullFacts({
        secret: hidden,
        serviceAccount: hidden,
        namespaceState: hidden,
        helper: { source: 'api-server', entries: [], configuration: { kind: 'hidden', why: 'forbidden' } },
      }),
    );
    assert.deepEqual(diagnosis.causes, []);
    assert.equal(diagnosis.verdict, 'unknown');
    assert.equal(diagnosis.notSeen.length, 4);
  });
});
