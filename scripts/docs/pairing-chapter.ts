import { pairAcrAnnotations } from '../../src/annotations/pair-acr-annotations.ts';
import { acrKeys } from '../../src/annotations/sections/acr.ts';
import type { AcrEntry } from '../../src/credentials/types.ts';
import { code, table } from './markdown.ts';

/** The letters that examples use for role ARNs. */
const arns: Readonly<Record<string, string>> = {
  S: 'acs:ram::1111111111111111:role/s',
  S1: 'acs:ram::1111111111111111:role/s1',
  S2: 'acs:ram::1111111111111111:role/s2',
  U: 'acs:ram::2222222222222222:role/u',
  U1: 'acs:ram::2222222222222222:role/u1',
  U2: 'acs:ram::2222222222222222:role/u2',
};

/** Ids, service roles and user roles as they stand in the annotations, with letters for ARNs. */
const examples: readonly (readonly [ids: string, service: string, user: string])[] = [
  ['cri-a', '', ''],
  ['cn-beijing:cri-a', '', ''],
  ['', 'S', ''],
  ['', 'S', 'U'],
  ['cri-a', 'S', 'U'],
  ['cri-a, cn-beijing:cri-b', 'S', 'U'],
  ['cri-a,cri-b', 'S1,S2', 'U1,U2'],
  ['', 'S', 'U1,U2'],
  ['cri-a,cri-b,cri-c', 'S1,S2', ''],
  ['cri-a', 'S1,S2', ''],
  ['', '', 'U'],
];

const spellOut = (letters: string): string => letters.replaceAll(/[SU]\d?/g, (letter) => arns[letter] ?? letter);

const abbreviate = (arn: string): string => Object.entries(arns).find(([, value]) => value === arn)?.[0] ?? arn;

function entryText({ regionId, instanceId, serviceRoleArn, userRoleArn }: AcrEntry): string {
  const roles = [serviceRoleArn, userRoleArn].flatMap((arn) => (arn === undefined ? [] : [abbreviate(arn)]));
  const instance =
    instanceId === undefined ? [] : [regionId === undefined ? instanceId : `${instanceId} in ${regionId}`];
  return `(${[...instance, ...roles].join(', ')})`;
}

function outcome(ids: string, service: string, user: string): string {
  const { entries, problems } = pairAcrAnnotations({
    [acrKeys.instanceIds]: ids,
    [acrKeys.serviceArns]: spellOut(service),
    [acrKeys.userArns]: spellOut(user),
  });
  return problems.length > 0
    ? `Refused: ${problems.map(({ message }) => message).join(' ')}`
    : entries.map(entryText).join(', ');
}

/** Renders the chapter on pairing. Its outcomes are computed by the rule itself, so they are always true. */
export function pairingChapter(): string {
  return `### What each case needs

${table(
  ['Registry', code('acr-instance-ids'), code('acr-service-arns'), code('acr-user-arns')],
  [
    ['same account, Personal or Enterprise Edition, default domain', '', 'optional, narrows what may be pulled', ''],
    ['same account, Enterprise Edition, custom domain', '**yes**', 'optional (inferred)', ''],
    ['other account, Personal or Enterprise Edition, default domain', '', '**yes**', '**yes**'],
    ['other account, Enterprise Edition, custom domain', '**yes**', '**yes**', '**yes**'],
    ['not ACR', 'use `imagePullSecrets`', '', ''],
  ],
)}

Annotations and \`imagePullSecrets\` can stand side by side. For a host that both cover, the Secret is used.

### Several values, and how they pair

The vendor documents one value in each annotation. Several are accepted here, separated by commas as in every other list:

1. With instance ids there is one entry for each id. Without ids there is one for each user role, without those one for each service role.
2. Items at the same position belong together. A list with a single role serves every entry.
3. A list of any other length is refused: guessing would pull with the role of a wrong account.
4. A user role needs a service role, because it is assumed through it.
5. Equal entries count once, and the order is kept. More than 20 entries are refused.

${table(
  ['Instance ids', 'Service roles', 'User roles', 'Entries'],
  examples.map(([ids, service, user]) => [
    ids === '' ? '' : code(ids),
    service === '' ? '' : code(service),
    user === '' ? '' : code(user),
    outcome(ids, service, user),
  ]),
)}

In the examples \`S\` and \`U\` stand for role ARNs. An entry with a user role next to one without cannot be expressed: put images
of the own account and images of another account's custom domain into different Pods.
`.trimEnd();
}
