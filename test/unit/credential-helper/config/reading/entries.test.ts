import assert from 'node:assert/strict';

import type { RegistryEntry } from '../../../../../src/credential-helper/config/model.ts';
import { readCold, tellFindings } from '../../../../support/helper-config.ts';

type Entry = Partial<RegistryEntry>;
type Cases = Readonly<Record<string, [text: string, entries: Entry[], findings?: string[]]>>;

const odd: Cases = {
  'nothing means Personal Edition': ['', [{}]],
  'null means Personal Edition': ['null', [{}]],
  '[] means Personal Edition': ['[]', [{}]],
  'comments alone mean Personal Edition': ['# - instanceId: cri-abc\n', [{}]],
  'an id of null or blanks is blank': [
    '[{instanceId: null}, {instanceId: "  "}, {}]',
    [{}, { position: 2 }, { position: 3 }],
  ],
  'a single mapping is a list of one': [
    'instanceId: cri-abc',
    [{ instanceId: 'cri-abc' }],
    ['ConfigWarning acr-registry-info: is a single mapping, and is taken as a list with this one entry'],
  ],
  'several ids are several entries': [
    '- instanceId: "cri-a, cri-b,cri-a"\n  regionId: cn-beijing',
    [
      { instanceId: 'cri-a', regionId: 'cn-beijing' },
      { instanceId: 'cri-b', regionId: 'cn-beijing' },
    ],
  ],
  'one id in two regions is two entries': [
    '- {instanceId: cri-a, regionId: cn-beijing}\n- {instanceId: cri-a, regionId: cn-hangzhou}',
    [
      { instanceId: 'cri-a', regionId: 'cn-beijing' },
      { position: 2, instanceId: 'cri-a', regionId: 'cn-hangzhou' },
    ],
  ],
  'several ids with domains are ambiguous': [
    '- instanceId: cri-a,cri-b\n  domains: a.example.com\n- instanceId: cri-c',
    [{ position: 2, instanceId: 'cri-c' }],
    [
      'EntryInvalid acr-registry-info, entry 1: several ids in instanceId and domains exclude each other; write one entry per id. The entry is not served, others are',
    ],
  ],
  'InstanceId is taken': [
    '- InstanceId: cri-abc',
    [{ instanceId: 'cri-abc' }],
    ['ConfigWarning acr-registry-info, entry 1: InstanceId is taken as instanceId'],
  ],
  'InstanceId beside instanceId is left out': [
    '- InstanceId: cri-x\n  instanceId: cri-abc',
    [{ instanceId: 'cri-abc' }],
    ['ConfigWarning acr-registry-info, entry 1: InstanceId is left out, because instanceId is there as well'],
  ],
  'unknown fields are told by place': [
    '- instanceId: cri-abc\n  regionID: cn-beijing',
    [{ instanceId: 'cri-abc' }],
    [
      'ConfigWarning acr-registry-info, entry 1: not known and without effect: the field at line 2, column 3 (did you mean regionId?); known are instanceId, regionId, domains, assumeRoleARN, expireDuration, rrsaRoleARN, rrsaOIDCProviderRoleARN, customAccessKey, customAccessKeySecret',
    ],
  ],
  'an id of another shape is used': [
    '- instanceId: my-instance',
    [{ instanceId: 'my-instance' }],
    [
      'ConfigWarning acr-registry-info, entry 1: instanceId does not look like the id of an Enterprise Edition instance, cri-…; it is used as it is',
    ],
  ],
  'a region that could be no part of a host name is refused': [
    '- instanceId: cri-abc\n  regionId: cn-hangzhou // note\n- instanceId: cri-b',
    [{ position: 2, instanceId: 'cri-b' }],
    [
      'EntryInvalid acr-registry-info, entry 1: regionId is no region id such as cn-hangzhou. The entry is not served, others are',
    ],
  ],
  'a list where a text belongs is refused': [
    '- instanceId: [cri-abc]\n- {}',
    [{ position: 2 }],
    ['EntryInvalid acr-registry-info, entry 1: instanceId is not a text. The entry is not served, others are'],
  ],
  'an id of commas alone is not taken for Personal Edition': [
    '- instanceId: ","\n- {}',
    [{ position: 2 }],
    ['EntryInvalid acr-registry-info, entry 1: instanceId holds no id. The entry is not served, others are'],
  ],
  'half an access key is refused': [
    '- customAccessKey: some\n- customAccessKeySecret: other\n- regionId: cn-beijing',
    [{ position: 3, regionId: 'cn-beijing' }],
    [
      'EntryInvalid acr-registry-info, entry 1: customAccessKey is set and customAccessKeySecret is not; both are needed. The entry is not served, others are',
      'EntryInvalid acr-registry-info, entry 2: customAccessKeySecret is set and customAccessKey is not; both are needed. The entry is not served, others are',
    ],
  ],
  'fields of an anchor are shared': [
    '- &shared {regionId: cn-beijing, instanceId: cri-a}\n- <<: *shared\n  instanceId: cri-b',
    [
      { regionId: 'cn-beijing', instanceId: 'cri-a' },
      { position: 2, regionId: 'cn-beijing', instanceId: 'cri-b' },
    ],
  ],
  'RRSA fields without RRSA are told once': [
    '[{instanceId: cri-a, rrsaRoleARN: "acs:ram::1:role/a"}, {instanceId: cri-b, rrsaRoleARN: "acs:ram::1:role/a"}]',
    [
      { instanceId: 'cri-a', rrsaRoleArn: 'acs:ram::1:role/a' },
      { position: 2, instanceId: 'cri-b', rrsaRoleArn: 'acs:ram::1:role/a' },
    ],
    ['ConfigWarning rrsa: is off, so the RRSA fields of entry 1 and 2 have no effect'],
  ],
};

const domains: Cases = {
  'scheme and path go, case too, a port stays': [
    '- domains: "https://Registry.Example.com:5000/team/app, http://b.example.com"',
    [{ domains: ['registry.example.com:5000', 'b.example.com'] }],
  ],
  'a list of names is taken': [
    '- domains: [a.example.com, "b.example.com, c.example.com"]',
    [{ domains: ['a.example.com', 'b.example.com', 'c.example.com'] }],
  ],
  'blank domains are all names of the instance': ['- instanceId: cri-a\n  domains: " , "', [{ instanceId: 'cri-a' }]],
  'a secret in the wrong place is not taken for a short host name, which would be shown': [
    '- domains: "a.example.com,aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1"',
    [{ domains: ['a.example.com'] }],
    ['ConfigWarning acr-registry-info, entry 1: domains: left out, being no host name: element 2'],
  ],
  'what is no host name is left out': [
    '- domains: "a.example.com,*.example.com,b.example.com，c.example.com,x:99999"',
    [{ domains: ['a.example.com'] }],
    ['ConfigWarning acr-registry-info, entry 1: domains: left out, being no host name: element 2, 3 and 4'],
  ],
  'without one host name it is refused, rather than mean all': [
    '- domains: "*.example.com"\n- instanceId: cri-a',
    [{ position: 2, instanceId: 'cri-a' }],
    ['EntryInvalid acr-registry-info, entry 1: domains holds no host name. The entry is not served, others are'],
  ],
  'a mapping is refused': [
    '- domains: {a: b}',
    [],
    [
      'EntryInvalid acr-registry-info, entry 1: domains is neither a text with commas between the names nor a list of names. The entry is not served, others are',
    ],
  ],
  'the first entry keeps a host': [
    '- instanceId: cri-a\n  domains: a.example.com\n- instanceId: cri-b\n  domains: A.example.com,b.example.com\n- instanceId: cri-c\n  domains: b.example.com',
    [
      { instanceId: 'cri-a', domains: ['a.example.com'] },
      { position: 2, instanceId: 'cri-b', domains: ['b.example.com'] },
    ],
    [
      'ConfigWarning acr-registry-info: entries 1 and 2 both name a.example.com; entry 1 keeps what both name',
      'ConfigWarning acr-registry-info: entries 2 and 3 both name b.example.com; entry 2 keeps what both name; nothing is left of entry 3, which is not served',
    ],
  ],
  'a name of Enterprise shape without an id is told': [
    '- domains: shop-registry-vpc.cn-hangzhou.cr.aliyuncs.com',
    [{ domains: ['shop-registry-vpc.cn-hangzhou.cr.aliyuncs.com'] }],
    [
      'ConfigWarning acr-registry-info, entry 1: instanceId is blank, but these are hosts of Enterprise Edition: shop-registry-vpc.cn-hangzhou.cr.aliyuncs.com; name the instance',
    ],
  ],
};

const role = 'assumeRoleARN: acs:ram::222:role/b-role';
const withRole = { assumeRoleArn: 'acs:ram::222:role/b-role' };
const range = (shown: string): string =>
  `EntryInvalid acr-registry-info, entry 1: expireDuration${shown} is no whole number of seconds from 3600 to 43200; 3600 is used`;
const durations: Cases = {
  'the longest': [`- {${role}, expireDuration: 43200}`, [{ ...withRole, expireDurationSeconds: 43_200 }]],
  'in quotes': [`- {${role}, expireDuration: "7200"}`, [{ ...withRole, expireDurationSeconds: 7200 }]],
  'too short': [`- {${role}, expireDuration: 900}`, [withRole], [range(' 900')]],
  'too long': [`- {${role}, expireDuration: 43201}`, [withRole], [range(' 43201')]],
  'no integer': [`- {${role}, expireDuration: 3600.5}`, [withRole], [range(' 3600.5')]],
  'with a unit': [`- {${role}, expireDuration: 2h}`, [withRole], [range(' 2h')]],
  'a text, which is not repeated': [`- {${role}, expireDuration: some secret}`, [withRole], [range('')]],
  'without a role': [
    '- expireDuration: 7200',
    [{}],
    ['ConfigWarning acr-registry-info, entry 1: expireDuration has no effect without assumeRoleARN'],
  ],
};

const arn = (field: string, end: string): string =>
  `ConfigWarning acr-registry-info, entry 1: ${field} does not look like acs:ram::<account id>:${end}; it is used as it is`;
const arns: Cases = Object.fromEntries(
  ['acs:ram::aaa', 'acs:ram::.*:role/x', 'acs:ram::222:b-role'].map((text) => [
    `${text} is told and used`,
    [`- assumeRoleARN: ${text}`, [{ assumeRoleArn: text }], [arn('assumeRoleARN', 'role/<name>')]],
  ]),
);

describe('acr-registry-info', () => {
  const tables: Record<string, Cases> = { odd, domains, durations, arns };
  for (const [subject, table] of Object.entries(tables)) {
    for (const [name, [text, entries, findings = []]] of Object.entries(table)) {
      it(`${subject}: ${name}`, () => {
        const read = readCold({ 'acr-registry-info': text });
        assert.ok(read.state.kind === 'complete', JSON.stringify(read));
        assert.deepEqual(
          read.state.config.entries,
          entries.map((entry) => ({ position: 1, expireDurationSeconds: 3600, ...entry })),
        );
        assert.deepEqual(tellFindings(read), findings);
      });
    }
  }

  const unusable: Readonly<Record<string, string>> = {
    'cri-abc': 'line 1, column 1: is not a list of mappings; start every entry with "- instanceId:"',
    '- cri-abc': 'line 1, column 3: is not a list of mappings; start every entry with "- instanceId:"',
    '- instanceId: *unknown': 'line 1, column 15: an alias names no anchor before it',
    '- &a [*a]': 'line 1, column 6: the text is too deep or too large',
    '\t- instanceId: a': 'line 1, column 1: a tab is used for indentation; use blanks',
  };
  for (const [text, problem] of Object.entries(unusable)) {
    it(`${JSON.stringify(text)} cannot be used as a whole`, () => {
      const why = `acr-registry-info: ${problem}; nothing is written until it is corrected`;
      assert.deepEqual(readCold({ 'acr-registry-info': text }).state, { kind: 'incomplete', why });
    });
  }

  it('keeps every digit of an access key that looks like a number', () => {
    const digits = '012345678901234567890123456789';
    const { state } = readCold({
      'acr-registry-info': `- customAccessKey: ${digits}\n  customAccessKeySecret: ${digits}`,
    });
    assert.ok(state.kind === 'complete');
    const [entry] = state.config.entries;
    assert.deepEqual([entry?.accessKey?.id, entry?.accessKey?.secret.reveal()], [digits, digits]);
  });
});
