import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { mergeReading, type Outcome } from '../../../../src/credential-helper/config/last-good.ts';
import type { HelperConfig } from '../../../../src/credential-helper/config/model.ts';
import { readManagedConfig } from '../../../../src/credential-helper/config/reading/read-config.ts';
import { Secret } from '../../../../src/secret.ts';
import { aHelperConfig, readCold, tellFindings } from '../../../support/helper-config.ts';

const expireDurationSeconds = 3600;
const allNamespaces = { kind: 'all' } as const;
const aboutAll =
  'ConfigWarning watch-namespace: all includes kube-system and other system namespaces; while a credential there has run out, pulls of system images from the same hosts may fail. Listing namespaces by name is safer';

/** Source: ACR documentation of aliyun-acr-credential-helper, its samples, current and older ones. */
const valid: Readonly<Record<string, { config: Partial<HelperConfig>; findings?: string[] }>> = {
  'e1-pe-one-region': {
    config: {
      namespaces: allNamespaces,
      notifyEmail: 'c*@example.com',
      entries: [{ position: 1, regionId: 'cn-hangzhou', expireDurationSeconds }],
    },
    findings: [aboutAll],
  },
  'e2-ee-explicit-names': {
    config: {
      entries: [
        {
          position: 1,
          instanceId: 'cri-abc',
          regionId: 'cn-hangzhou',
          domains: ['xxx.com', 'yyy.com'],
          expireDurationSeconds,
        },
      ],
    },
  },
  'e3-pe-and-ee': {
    config: {
      namespaces: allNamespaces,
      entries: [
        { position: 1, expireDurationSeconds },
        { position: 2, instanceId: 'cri-abc', expireDurationSeconds },
      ],
    },
    findings: [aboutAll],
  },
  'e4-cross-region': {
    config: {
      entries: [
        { position: 1, instanceId: 'cri-one', regionId: 'cn-beijing', expireDurationSeconds },
        { position: 2, instanceId: 'cri-two', regionId: 'cn-hangzhou', expireDurationSeconds },
      ],
    },
  },
  'e5-rrsa-across-accounts': {
    config: {
      namespaces: allNamespaces,
      notifyEmail: 'c*@example.com',
      rrsaEnabled: true,
      entries: [
        {
          position: 1,
          instanceId: 'cri-abc',
          regionId: 'cn-hangzhou',
          domains: ['instance.default.domain.com', 'instance.custom.domain.com'],
          rrsaRoleArn: 'acs:ram::111:role/a-role',
          rrsaProviderArn: 'acs:ram::111:oidc-provider/ack-rrsa-c1',
          assumeRoleArn: 'acs:ram::222:role/b-role',
          expireDurationSeconds,
        },
      ],
    },
    findings: [aboutAll],
  },
  'e6-worker-role-across-accounts': {
    config: {
      entries: [
        {
          position: 1,
          instanceId: 'cri-abc',
          regionId: 'cn-hangzhou',
          assumeRoleArn: 'acs:ram::222:role/b-role',
          expireDurationSeconds,
        },
      ],
    },
  },
  'e7-access-key': {
    config: {
      entries: [
        {
          position: 1,
          regionId: 'cn-hangzhou',
          accessKey: { id: 'xxxxx', secret: new Secret('xxxxxx') },
          expireDurationSeconds,
        },
      ],
    },
    findings: [
      'ConfigWarning acr-registry-info: the access key of entry 1 is plain text; whoever may read this configuration can read it',
    ],
  },
  'e8-webhook': { config: { webhook: { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10 } } },
  'e9-every-service-account': {
    config: {
      serviceAccounts: { kind: 'all' },
      namespaces: { kind: 'named', names: ['team-a', 'team-b'] },
      entries: [{ position: 1, instanceId: 'cri-abc', regionId: 'cn-hangzhou', expireDurationSeconds }],
    },
  },
};

const broken: Readonly<Record<string, string>> = {
  'broken-two-scalars':
    'line 3, column 21: two quoted values stand on one line; put all names in one quoted string: "a.example.com,b.example.com"',
  'broken-indentation':
    'line 2, column 1: the indentation is wrong; line up the fields of one entry: every name under the name before it',
  'broken-comment': 'line 3, column 28: // does not start a comment in YAML; use #',
};

function readDocument(file: string): string {
  return readFileSync(join(import.meta.dirname, 'documents', file), 'utf8');
}

function readCopied(name: string): Outcome {
  return readCold(parse(readDocument(`${name}.yaml`)) as Record<string, string>);
}

describe('documents out of the vendor’s pages', () => {
  for (const [name, { config, findings = [] }] of Object.entries(valid)) {
    it(`${name} is read as it was meant`, () => {
      const read = readCopied(name);
      assert.deepEqual(read.state, { kind: 'complete', config: aHelperConfig(config) });
      assert.deepEqual(tellFindings(read), findings);
    });
  }

  it('e7-access-key keeps the secret for the wire alone', () => {
    const { state } = readCopied('e7-access-key');
    assert.ok(state.kind === 'complete');
    assert.equal(state.config.entries[0]?.accessKey?.secret.reveal(), 'xxxxxx');
    assert.ok(!JSON.stringify(state).includes('xxxxxx'));
  });

  for (const [name, problem] of Object.entries(broken)) {
    it(`${name} is refused with place and advice`, () => {
      const message = `acr-registry-info: ${problem}; nothing is written until it is corrected`;
      const read = readCopied(name);
      assert.deepEqual(read.state, { kind: 'incomplete', why: message });
      assert.deepEqual(tellFindings(read), [`ConfigInvalid ${message}`]);
    });
  }

  it('a real configuration of the managed add-on is read into the same model', () => {
    const reading = readManagedConfig(readDocument('managed.json'));
    assert.ok(!('problem' in reading));
    const { state, findings } = mergeReading({}, reading);
    assert.deepEqual(findings, []);
    assert.deepEqual(state, {
      kind: 'complete',
      config: aHelperConfig({
        serviceAccounts: { kind: 'named', names: ['app'] },
        namespaces: { kind: 'named', names: ['team-a'] },
        entries: [{ position: 1, instanceId: 'cri-abc', regionId: 'ap-southeast-6', expireDurationSeconds }],
      }),
    });
  });
});
