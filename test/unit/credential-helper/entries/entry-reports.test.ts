import assert from 'node:assert/strict';
import {
  credentialExpired,
  credentialsRefreshed,
  listHosts,
  nameEntries,
} from '../../../../src/credential-helper/entries/entry-reports.ts';
import { SharedCredential } from '../../../../src/credential-helper/entries/shared-credential.ts';
import { Secret } from '../../../../src/secret.ts';
import { entryPlan } from './entry-plans.ts';

const T0 = Date.UTC(2026, 0, 1);
const longHost = (n: number): string => `${`${n}`.repeat(60)}.${'label.'.repeat(30)}example.com`;

describe('names of entries', () => {
  const at = (position: number) => entryPlan({ instanceId: 'cri-a', entry: { position } });
  const cases: Readonly<Record<string, [ReturnType<typeof at>[], string]>> = {
    'of one': [[at(2)], 'Entry 2 (instance cri-a in cn-hangzhou)'],
    'of two that share a password': [[at(1), at(4)], 'Entries 1 and 4 (instance cri-a in cn-hangzhou)'],
    'of more': [[at(1), at(3), at(4)], 'Entries 1, 3 and 4 (instance cri-a in cn-hangzhou)'],
    'of one that stands there twice': [[at(1), at(1)], 'Entry 1 (instance cri-a in cn-hangzhou)'],
  };
  for (const [name, [plans, expected]] of Object.entries(cases)) {
    it(name, () => assert.equal(nameEntries(plans), expected));
  }
});

describe('listHosts', () => {
  it('names five and counts the rest', () => {
    assert.equal(listHosts(['a', 'b']), 'a, b');
    assert.equal(listHosts(['a', 'b', 'c', 'd', 'e', 'f', 'g']), 'a, b, c, d, e and 2 more');
    assert.equal(listHosts([]), 'no host');
  });
});

describe('reports', () => {
  it('say when and since when before the hosts, which may be cut off', () => {
    const domains = Array.from({ length: 40 }, (_, n) => longHost(n));
    const credential = new SharedCredential([entryPlan({ entry: { domains } })]);
    credential.held = { userName: 'u', password: new Secret('p'), obtainedAtMs: T0, expiresAtMs: T0 + 3_600_000 };
    const failure = { code: 'X', class: 'permanent', what: 'AssumeRole was answered X', advice: 'Do.' } as const;
    credential.fail(failure, { nowMs: T0, jitter: 0, hostsOnly: false, told: true });
    const { message } = credentialExpired(credential, credential.held.expiresAtMs);
    assert.match(
      message.slice(0, 300),
      /2026-01-01T01:00:00Z.*failing since 2026-01-01T00:00:00Z: AssumeRole was answered X/,
    );
    assert.ok(!message.includes(longHost(5)));
  });

  it('tell nothing of a password that is not there', () => {
    assert.equal(
      credentialsRefreshed(new SharedCredential([entryPlan()]), { configuredMs: 900_000, jitter: 0 }),
      undefined,
    );
  });
});
