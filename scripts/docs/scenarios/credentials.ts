import type { Scenario } from './scenario.ts';

/** See the page. */
export const credentialScenarios: readonly Scenario[] = [
  {
    id: 'R1',
    claim: 'A dockercfg Secret is read; one that is malformed or empty is named.',
    tests: [
      'test/unit/credentials/pull-secrets.test.ts: reads the flat form of dockercfg',
      'test/unit/credentials/pull-secrets.test.ts: names ${what} as the problem',
    ],
  },
  {
    id: 'R2',
    claim: 'The same for dockerconfigjson.',
    tests: [
      'test/unit/credentials/pull-secrets.test.ts: takes ${what}',
      'test/unit/credentials/pull-secrets.test.ts: names ${what} as the problem',
    ],
  },
  {
    id: 'R3',
    claim: 'A Secret of another type, or a missing one, is a specific warning.',
    tests: [
      'test/unit/credentials/pull-secret-reader.test.ts: may be missing or malformed: the Pod goes on with a warning each',
    ],
  },
  {
    id: 'R4',
    claim: 'User and password are decoded as kubelet does, in every form.',
    tests: ['test/unit/credentials/pull-secrets.test.ts: takes ${what}'],
  },
  {
    id: 'R5',
    claim: 'Several Secrets give all entries, one for each server.',
    tests: ['test/unit/credentials/pull-secrets.test.ts: lets the first listed win for each server'],
  },
  {
    id: 'R6',
    claim: 'Fields that nobody knows are ignored.',
    tests: ['test/unit/credentials/pull-secrets.test.ts: takes ${what}'],
    beyond: 'And no Secret is needed at all: role chains give the passwords.',
  },
];
