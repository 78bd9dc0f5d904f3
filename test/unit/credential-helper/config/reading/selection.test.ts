import assert from 'node:assert/strict';

import { readCold, tellFindings } from '../../../../support/helper-config.ts';

type Expected = { names?: string[] | 'all'; findings?: string[] };

const besideAll = 'all selects all, so the other elements of the list have no effect';
const system =
  'all includes kube-system and other system namespaces; while a credential there has run out, pulls of system images from the same hosts may fail. Listing namespaces by name is safer';

const cases: Readonly<Record<string, [key: string, text: string, expected: Expected]>> = {
  'the empty text is the default': ['watch-namespace', '', { names: ['default'] }],
  'only commas and blanks are the default': ['service-account', ' , ,\n', { names: ['default'] }],
  'white space, empty elements and repetitions go': ['watch-namespace', ' b ,,a,b ', { names: ['b', 'a'] }],
  'default is taken in any case': ['service-account', 'Default,app', { names: ['default', 'app'] }],
  'all namespaces in any case': ['watch-namespace', 'ALL', { names: 'all', findings: [system] }],
  'all beside names wins': ['watch-namespace', 'team-a,All', { names: 'all', findings: [besideAll, system] }],
  'the star alone': ['service-account', '*', { names: 'all' }],
  'the star beside names wins': [
    'service-account',
    'default,*',
    { names: 'all', findings: ['* selects all, so the other elements of the list have no effect'] },
  ],
  'the star is no namespace': [
    'watch-namespace',
    '*,team-a',
    {
      names: ['team-a'],
      findings: ['left out, being no name of a namespace: "*". The word for all namespaces is all'],
    },
  ],
  'all is an ordinary ServiceAccount': ['service-account', 'all', { names: ['all'] }],
  'ALL is no ServiceAccount': [
    'service-account',
    'ALL,app',
    { names: ['app'], findings: ['left out, being no name of a ServiceAccount: "ALL"'] },
  ],
  'dots are for ServiceAccounts': ['service-account', 'app.v1', { names: ['app.v1'] }],
  'names joined by a full-width comma are left out': [
    'watch-namespace',
    'team-a，team-b,team-c',
    {
      names: ['team-c'],
      findings: [
        'left out, being no name of a namespace: "team-a，team-b". It contains a full-width comma; separate names with an ordinary one',
      ],
    },
  ],
  'a list without one name cannot be used': [
    'watch-namespace',
    'Team_A,*',
    {
      findings: [
        'holds no name of a namespace: "Team_A" and "*". The word for all namespaces is all; nothing is written until it is corrected',
      ],
    },
  ],
  'a key in the wrong place is not repeated': [
    'watch-namespace',
    'Ab3dE6gH9jKlMn0pQrSt2vWxYz4567,a',
    { names: ['a'], findings: ['left out, being no name of a namespace: (a text of 30 characters)'] },
  ],
};

describe('lists of names', () => {
  for (const [name, [key, text, { names, findings = [] }]] of Object.entries(cases)) {
    it(name, () => {
      const read = readCold({ [key]: text });
      const member = key === 'watch-namespace' ? 'namespaces' : 'serviceAccounts';
      const selection = read.state.kind === 'complete' ? read.state.config[member] : undefined;
      const wanted = names === 'all' ? { kind: 'all' } : { kind: 'named', names };
      assert.deepEqual(selection, names === undefined ? undefined : wanted);
      const reason = names === undefined ? 'ConfigInvalid' : 'ConfigWarning';
      assert.deepEqual(
        tellFindings(read),
        findings.map((text) => `${reason} ${key}: ${text}`),
      );
    });
  }
});
