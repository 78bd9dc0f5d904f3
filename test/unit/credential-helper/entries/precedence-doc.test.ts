import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { RegistryEntry } from '../../../../src/credential-helper/config/model.ts';
import type { BaseIdentity, PlannedEntry } from '../../../../src/credential-helper/entries/model.ts';
import { ACCESS_KEY, planOne, ROLE_A, ROLE_B, RRSA } from '../../../support/entry-plans.ts';

const EE = { instanceId: 'cri-abc' } as const;
const BASES: readonly BaseIdentity[] = ['worker-role', 'managed-role', 'addon-secret'];
const BASE_WORDS = {
  'worker-role': 'worker role',
  'managed-role': 'managed role',
  'addon-secret': 'add-on key',
} as const;

/** Entries that each row is about, the one before it aside. Every one is planned under every base identity. */
const examples: Record<string, { rrsa: boolean; entries: Partial<RegistryEntry>[] }> = {
  0: {
    rrsa: false,
    entries: [{ instanceId: 'crpi-0a1b2c' }, { domains: ['crpi-0a1b2c.cn-hangzhou.personal.cr.aliyuncs.com'] }],
  },
  1: { rrsa: true, entries: [{}, RRSA, { accessKey: ACCESS_KEY }, { assumeRoleArn: ROLE_B }] },
  2: {
    rrsa: true,
    entries: [
      { ...EE, accessKey: ACCESS_KEY },
      { ...EE, ...RRSA, accessKey: ACCESS_KEY },
    ],
  },
  3: { rrsa: true, entries: [EE, { ...EE, rrsaRoleArn: ROLE_A }, { ...EE, assumeRoleArn: ROLE_B }] },
  4: {
    rrsa: true,
    entries: [
      { ...EE, ...RRSA },
      { ...EE, ...RRSA, assumeRoleArn: ROLE_B },
    ],
  },
  5: { rrsa: false, entries: [{ accessKey: ACCESS_KEY }, { ...EE, accessKey: ACCESS_KEY, assumeRoleArn: ROLE_B }] },
  6: {
    rrsa: false,
    entries: [
      { ...EE, assumeRoleArn: ROLE_B },
      { assumeRoleArn: ROLE_B, ...RRSA },
    ],
  },
  7: { rrsa: false, entries: [EE, {}, RRSA] },
};

function wordsOf(planned: PlannedEntry): string {
  if (planned.kind === 'refused') return planned.finding.reason;
  const { identity, chain } = planned.plan;
  const start =
    identity.kind === 'base' ? BASE_WORDS[identity.base] : identity.kind === 'rrsa' ? 'role A' : 'access key';
  return [start, ...chain.map(() => 'role B')].join(' → ');
}

describe('the table of precedence in the documentation', () => {
  it('says what the program does, row by row', async () => {
    const page = await readFile(new URL('../../../../docs/credential-helper-identities.md', import.meta.url), 'utf8');
    const documented = Object.fromEntries(
      [...page.matchAll(/^\| (\d) \|[^|]*\|([^|]*)\|$/gm)].map(([, row = '', cell = '']) => [
        row,
        [...cell.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words).toSorted(),
      ]),
    );
    const done = Object.fromEntries(
      Object.entries(examples).map(([row, { rrsa, entries }]) => {
        const outcomes = entries.flatMap((entry) => BASES.map((base) => wordsOf(planOne(entry, { rrsa, base }))));
        return [row, [...new Set(outcomes)].toSorted()];
      }),
    );
    assert.deepEqual(documented, done);
  });
});
