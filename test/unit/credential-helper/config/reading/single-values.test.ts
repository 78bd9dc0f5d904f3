import assert from 'node:assert/strict';

import type { HelperConfig } from '../../../../../src/credential-helper/config/model.ts';
import { aHelperConfig, readCold, tellFindings } from '../../../../support/helper-config.ts';

const minutes = 60_000;
const durations: Readonly<Record<string, number | undefined>> = {
  '15m': 15 * minutes,
  '1h30m': 90 * minutes,
  '900s': 15 * minutes,
  '1.5h': 90 * minutes,
  '500ms': 500,
  '2000000us': 2000,
  '1ns': 1,
  ' 20m\n': 20 * minutes,
  '': 15 * minutes,
  '900': undefined,
  '15 m': undefined,
  '-15m': undefined,
  '0s': undefined,
  '15M': undefined,
  '1d': undefined,
  m: undefined,
  [`${'9'.repeat(400)}h`]: undefined,
};

describe('expiring-threshold', () => {
  for (const [text, ms] of Object.entries(durations)) {
    it(`${JSON.stringify(text.slice(0, 20))} is ${ms === undefined ? 'told, and the default is used' : `${ms} ms`}`, () => {
      const read = readCold({ 'expiring-threshold': text });
      assert.deepEqual(read.state, {
        kind: 'complete',
        config: aHelperConfig({ expiringThresholdMs: ms ?? 15 * minutes }),
      });
      assert.equal(read.findings.length, ms === undefined ? 1 : 0);
      if (ms === undefined)
        assert.match(tellFindings(read)[0] ?? '', /^ConfigWarning expiring-threshold: .*15m is used$/);
    });
  }
});

const failIsDangerous =
  'failure-policy Fail: while the credential helper is down, no ServiceAccount can be created in watched namespaces, not even the default one of a new namespace, and so no Pod; Ignore is the safe choice';

type Yaml = Readonly<Record<string, [text: string, config: Partial<HelperConfig>, findings?: string[]]>>;

const switches: Yaml = {
  'rrsa on': ['enable: true', { rrsaEnabled: true }],
  'rrsa in quotes': ['enable: "true"', { rrsaEnabled: true }],
  'rrsa off': ['enable: false', {}],
  'rrsa without the field': ['{}', {}],
  'rrsa with comments only': ['# enable: true', {}],
  'rrsa with a misspelt field': [
    'enabled: true',
    {},
    ['rrsa: not known and without effect: the field at line 1, column 1 (did you mean enable?); known are enable'],
  ],
};

const webhooks: Yaml = {
  'a policy in any case': [
    'enable: true\nfailure-policy: fail\ntimeout-seconds: 5',
    { webhook: { enabled: true, failurePolicy: 'Fail', timeoutSeconds: 5 } },
    [`webhook-configuration: ${failIsDangerous}`],
  ],
  'a policy of another name': [
    'enable: true\nfailure-policy: Refuse',
    { webhook: { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10 } },
    ['webhook-configuration: failure-policy "Refuse" is neither Ignore nor Fail; Ignore is used'],
  ],
  'a long timeout': [
    'enable: true\ntimeout-seconds: 45',
    { webhook: { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 30 } },
    ['webhook-configuration: timeout-seconds "45" is outside 1 to 30; 30 is used'],
  ],
  'a timeout of nought': [
    'enable: true\ntimeout-seconds: 0',
    { webhook: { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 1 } },
    ['webhook-configuration: timeout-seconds "0" is outside 1 to 30; 1 is used'],
  ],
  'a timeout with a unit': [
    'enable: true\ntimeout-seconds: 5s',
    { webhook: { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10 } },
    ['webhook-configuration: timeout-seconds "5s" is no whole number of seconds from 1 to 30; 10 is used'],
  ],
  'off, where Fail does no harm': [
    'enable: false\nfailure-policy: Fail',
    { webhook: { enabled: false, failurePolicy: 'Fail', timeoutSeconds: 10 } },
  ],
};

describe('keys with a mapping', () => {
  const tables = { rrsa: switches, 'webhook-configuration': webhooks };
  for (const [key, table] of Object.entries(tables)) {
    for (const [name, [text, config, findings = []]] of Object.entries(table)) {
      it(`${name} (${key})`, () => {
        const read = readCold({ [key]: text });
        assert.deepEqual(read.state, { kind: 'complete', config: aHelperConfig(config) });
        assert.deepEqual(
          tellFindings(read),
          findings.map((text) => `ConfigWarning ${text}`),
        );
      });
    }
  }

  const unusable: Readonly<Record<string, string>> = {
    'enable: yes': 'line 1, column 9: enable is neither true nor false',
    'enable: 1': 'line 1, column 9: enable is neither true nor false',
    'enable: [true]': 'line 1, column 9: enable is neither true nor false',
    true: 'line 1, column 1: is not a mapping; write "enable: true" or "enable: false"',
    'enable: true\nenable: false': 'line 2, column 1: a name occurs twice in one mapping',
    'enable: true\n---\nenable: false': 'line 2, column 1: a second document starts (---); only one is allowed',
  };
  for (const [text, problem] of Object.entries(unusable)) {
    it(`rrsa ${JSON.stringify(text)} is never taken for off`, () => {
      const why = `rrsa: ${problem}; nothing is written until it is corrected`;
      assert.deepEqual(readCold({ rrsa: text }).state, { kind: 'incomplete', why });
    });
  }

  it('webhook-configuration that cannot be read leaves the webhook as it is', () => {
    const read = readCold({ 'webhook-configuration': 'enable: maybe' });
    const { webhook: _, ...config } = aHelperConfig();
    assert.deepEqual(read.state, { kind: 'complete', config });
    assert.deepEqual(tellFindings(read), [
      'ConfigInvalid webhook-configuration: line 1, column 9: enable is neither true nor false; the webhook is left as it is',
    ]);
  });
});

describe('other keys', () => {
  const cases: Readonly<
    Record<string, [data: Record<string, string>, config: Partial<HelperConfig>, findings: string[]]>
  > = {
    'an odd acr-api-version has no effect': [
      { 'acr-api-version': 'v1' },
      {},
      ['acr-api-version: "v1" is not 2018-12-01; the key has no effect'],
    ],
    'the usual acr-api-version is no news': [{ 'acr-api-version': '2018-12-01' }, {}, []],
    'notify-email is taken as it is': [{ 'notify-email': ' who ever ' }, { notifyEmail: 'who ever' }, []],
    'unknown keys give one warning': [
      { 'watch-namespaces': 'a', extra: 'b' },
      {},
      [
        'acr-configuration: not known and without effect: "watch-namespaces" (did you mean watch-namespace?) and "extra"',
      ],
    ],
    'acr-registry alone is one Personal Edition entry': [
      { 'acr-registry': 'https://Registry.cn-hangzhou.aliyuncs.com/ns,registry-vpc.cn-hangzhou.aliyuncs.com' },
      {
        entries: [
          {
            position: 1,
            domains: ['registry.cn-hangzhou.aliyuncs.com', 'registry-vpc.cn-hangzhou.aliyuncs.com'],
            expireDurationSeconds: 3600,
          },
        ],
      },
      ['acr-registry: is the old form; write the hosts as domains of an entry of acr-registry-info'],
    ],
    'acr-registry beside entries has no effect': [
      { 'acr-registry': 'registry.cn-hangzhou.aliyuncs.com', 'acr-registry-info': '- instanceId: cri-abc' },
      { entries: [{ position: 1, instanceId: 'cri-abc', expireDurationSeconds: 3600 }] },
      ['acr-registry: has no effect beside acr-registry-info; remove it'],
    ],
  };
  for (const [name, [data, config, findings]] of Object.entries(cases)) {
    it(name, () => {
      const read = readCold(data);
      assert.deepEqual(read.state, { kind: 'complete', config: aHelperConfig(config) });
      assert.deepEqual(
        tellFindings(read),
        findings.map((text) => `ConfigWarning ${text}`),
      );
    });
  }

  it('acr-registry without one host cannot be used, rather than mean all hosts', () => {
    assert.equal(readCold({ 'acr-registry': 'not a host' }).state.kind, 'incomplete');
  });
});
