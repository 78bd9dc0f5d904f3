import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { planCredentials, type HostPlan } from '../../../src/credentials/plan.ts';
import type { AcrEntry, PullSecretCredential } from '../../../src/credentials/types.ts';
import { Secret } from '../../../src/secret.ts';

const EE = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';
const PERSONAL = 'registry.cn-hangzhou.aliyuncs.com';
const DEDICATED = 'crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com';
const CUSTOM = 'images.example.com';

const A: AcrEntry = { instanceId: 'cri-a' };
const B_BEIJING: AcrEntry = { instanceId: 'cri-b', regionId: 'cn-beijing' };
const ARNS: AcrEntry = { serviceRoleArn: 'acs:ram::1:role/s', userRoleArn: 'acs:ram::2:role/u' };

function secretFor(server: string, source = 'ns/s'): PullSecretCredential {
  return { server, userName: 'u', password: new Secret('hidden'), source };
}

/** A decision in one word or two, for tables. */
function outline({ decision }: HostPlan): string {
  switch (decision.kind) {
    case 'entries':
      return decision.candidates.map(({ entry, regionId }) => `${entry.instanceId ?? 'arns'}@${regionId}`).join(' ');
    case 'pull-secret':
      return `pull-secret ${decision.credential.source}`;
    case 'not-owned':
      return `not-owned ${decision.instanceIds.join(' ')}`;
    case 'anonymous':
    case 'same-account-default':
    default:
      return decision.kind;
  }
}

interface Case {
  image: string;
  entries?: AcrEntry[];
  pullSecrets?: PullSecretCredential[];
  decision: string;
  notes?: string[];
}

const cases: Record<string, Case> = {
  'a default domain without entries is left to the service-linked role': {
    image: `${EE}/a`,
    decision: 'same-account-default',
  },
  'so is a Personal domain': { image: `${PERSONAL}/a/b`, decision: 'same-account-default' },
  'so is a dedicated Personal domain': { image: `${DEDICATED}/a/b`, decision: 'same-account-default' },
  'a stranger without entries gets nothing': { image: `${CUSTOM}/a`, decision: 'anonymous' },
  'a custom domain is tried with every named instance': {
    image: `${CUSTOM}/a`,
    entries: [A, B_BEIJING],
    decision: 'cri-a@cn-hangzhou cri-b@cn-beijing',
  },
  'a custom domain is nothing for roles without an id': {
    image: `${CUSTOM}/a`,
    entries: [ARNS],
    decision: 'anonymous',
  },
  'a default domain is tried with named instances of its region, and the others are remarked on': {
    image: `${EE}/a`,
    entries: [A, B_BEIJING],
    decision: 'cri-a@cn-hangzhou',
    notes: ['RegistryHostNotOwned'],
  },
  'a default domain is tried with roles alone': { image: `${EE}/a`, entries: [ARNS], decision: 'arns@cn-hangzhou' },
  'a default domain belongs to none of the instances elsewhere': {
    image: `${EE}/a`,
    entries: [B_BEIJING],
    decision: 'not-owned cri-b',
    notes: ['RegistryHostNotOwned'],
  },
  'a Personal domain is tried with roles, in its own region': {
    image: 'registry-vpc.cn-beijing.aliyuncs.com/a/b',
    entries: [ARNS],
    decision: 'arns@cn-beijing',
  },
  'a Personal domain belongs to no named instance': {
    image: `${PERSONAL}/a/b`,
    entries: [A],
    decision: 'not-owned cri-a',
    notes: ['RegistryHostNotOwned'],
  },
  'Docker Hub is never asked about': {
    image: 'nginx',
    entries: [A],
    decision: 'anonymous',
    notes: ['RegistryHostNotOwned'],
  },
  'a pull secret wins over entries, with a note': {
    image: `${CUSTOM}/a`,
    entries: [A],
    pullSecrets: [secretFor(CUSTOM)],
    decision: 'pull-secret ns/s',
    notes: ['PullSecretPreferred'],
  },
  'a pull secret where no entry fits needs no note': {
    image: 'nginx',
    pullSecrets: [secretFor('docker.io')],
    decision: 'pull-secret ns/s',
  },
  'a pull secret of another host changes nothing': {
    image: `${EE}/a`,
    pullSecrets: [secretFor('example.com')],
    decision: 'same-account-default',
  },
  'the pull secret with the longer path wins': {
    image: `${CUSTOM}/team/app`,
    pullSecrets: [secretFor(CUSTOM, 'ns/host'), secretFor(`${CUSTOM}/team`, 'ns/team')],
    decision: 'pull-secret ns/team',
  },
  'a path ends at a slash': {
    image: `${CUSTOM}/teams/app`,
    pullSecrets: [secretFor(`${CUSTOM}/team`)],
    decision: 'anonymous',
  },
  'a star stands for one label of the host': {
    image: 'a.example.com/x',
    pullSecrets: [secretFor('*.example.com')],
    decision: 'pull-secret ns/s',
  },
  'a star does not stand for two labels': {
    image: 'a.b.example.com/x',
    pullSecrets: [secretFor('*.example.com')],
    decision: 'anonymous',
  },
  'a dot in a pattern is a dot': {
    image: 'aXexample.com/x',
    pullSecrets: [secretFor('a*.example.com')],
    decision: 'anonymous',
  },
};

describe('planCredentials', () => {
  for (const [sentence, { image, entries = [], pullSecrets = [], decision, notes = [] }] of Object.entries(cases)) {
    it(sentence, () => {
      const plan = planCredentials(
        { images: [image], entries, pullSecrets },
        { delivery: 'auto', ownRegion: 'cn-hangzhou' },
      );
      assert.deepEqual(plan.hosts.map(outline), [decision]);
      assert.deepEqual(
        plan.notes.map(({ reason }) => reason),
        notes,
      );
    });
  }

  it('joins images of one host and keeps the order of hosts', () => {
    const images = [`${EE}/a`, 'nginx', `${EE}/b:1`, `${EE}/a`];
    const plan = planCredentials(
      { images, entries: [], pullSecrets: [] },
      { delivery: 'auto', ownRegion: 'cn-hangzhou' },
    );
    assert.deepEqual(
      plan.hosts.map(({ host, images: of }) => [host, of]),
      [
        [EE, [`${EE}/a`, `${EE}/b:1`]],
        ['docker.io', ['nginx']],
      ],
    );
  });

  it('tells the chain in words', () => {
    const entry = { ...ARNS, instanceId: 'cri-a', regionId: 'cn-beijing' };
    const options = { delivery: 'resolve', ownRegion: 'cn-hangzhou', identity: 'ECS role web' } as const;
    const [host] = planCredentials({ images: [`${CUSTOM}/a`], entries: [entry], pullSecrets: [] }, options).hosts;
    assert.equal(
      host?.decision.kind === 'entries' ? host.decision.candidates[0]?.chain : undefined,
      'ECS role web → role s of 1 → role u of 2 → instance cri-a in cn-beijing',
    );
  });

  it('hints at the region prefix when it may have been forgotten', () => {
    const request = { images: ['demo-registry.cn-beijing.cr.aliyuncs.com/a'], entries: [A], pullSecrets: [] };
    const [note] = planCredentials(request, { delivery: 'auto', ownRegion: 'cn-hangzhou' }).notes;
    assert.match(
      note?.message ?? '',
      /not served by instance cri-a in cn-hangzhou; .* write the id as cn-beijing:cri-…/,
    );
  });

  it('remarks on dedicated Personal domains that have an entry', () => {
    const request = { images: [`${DEDICATED}/a/b`], entries: [ARNS], pullSecrets: [] };
    const [host] = planCredentials(request, { delivery: 'auto', ownRegion: 'cn-hangzhou' }).hosts;
    assert.match(host?.remark ?? '', /no password can be obtained/);
  });

  it('can be printed with its pull secrets', () => {
    const request = { images: [`${CUSTOM}/a`], entries: [], pullSecrets: [secretFor(CUSTOM)] };
    const plan = planCredentials(request, { delivery: 'auto', ownRegion: 'cn-hangzhou' });
    assert.ok(!`${JSON.stringify(plan)}${inspect(plan, { depth: 10 })}`.includes('hidden'));
  });
});
