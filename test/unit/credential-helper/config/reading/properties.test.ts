import assert from 'node:assert/strict';

import * as fc from 'fast-check';
import { stringify } from 'yaml';

import { mergeReading } from '../../../../../src/credential-helper/config/last-good.ts';
import { configKeys } from '../../../../../src/credential-helper/config/reading/config-keys.ts';
import { entryFieldNames } from '../../../../../src/credential-helper/config/reading/entry-fields.ts';
import { readManagedConfig } from '../../../../../src/credential-helper/config/reading/read-config.ts';
import { readCold } from '../../../../support/helper-config.ts';

const keyNames = Object.values(configKeys).map(({ name }) => name);
const names = fc.constantFrom(
  'a',
  'team-b',
  'Default',
  'default',
  'ALL',
  'all',
  '*',
  'Bad_Name',
  'x，y',
  '',
  ' ',
  'app.v1',
);
const lists = fc.array(names, { maxLength: 6 }).map((elements) => elements.join(','));

const scalars = fc.oneof(
  fc.constantFrom(
    '',
    'null',
    'cri-abc',
    'cri-a,cri-b',
    'cn-beijing',
    'a.example.com',
    '*',
    'acs:ram::1:role/a',
    '3600',
    '1',
  ),
  fc.string(),
);
const entries = fc.array(
  fc.dictionary(
    fc.constantFrom(...entryFieldNames, 'InstanceId', 'other'),
    fc.oneof(scalars, fc.integer(), fc.boolean()),
  ),
  { maxLength: 4 },
);
const fragments = fc.constantFrom(
  ...keyNames,
  ...entryFieldNames,
  '- ',
  ': ',
  '\n',
  '  ',
  '[',
  '{',
  '"',
  '&a ',
  '*a',
  '<<: ',
  '? ',
  '!x ',
  '|\n',
  'true',
);
const texts = fc.oneof(
  fc.string(),
  lists,
  entries.map((value) => stringify(value)),
  fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join('')),
);

describe('reading the configuration', () => {
  it('never throws, and always gives a whole state', () => {
    const data = fc.dictionary(fc.oneof(fc.constantFrom(...keyNames, '__proto__', 'constructor'), fc.string()), texts);
    fc.assert(
      fc.property(data, (values) => {
        const { state, findings } = readCold(values);
        if (state.kind === 'incomplete') assert.ok(findings.some(({ reason }) => reason === 'ConfigInvalid'));
        for (const { key, message } of findings) assert.ok(key !== '' && message.startsWith(key));
      }),
      { numRuns: 500 },
    );
  });

  it('never throws for a file of the managed form', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.json()), (text) => {
        const reading = readManagedConfig(text);
        if (!('problem' in reading)) mergeReading({}, reading);
      }),
      { numRuns: 500 },
    );
  });

  for (const [key, member, wildcard] of [
    ['service-account', 'serviceAccounts', '*'],
    ['watch-namespace', 'namespaces', 'all'],
  ] as const) {
    it(`never selects more than ${key} says`, () => {
      fc.assert(
        fc.property(fc.oneof(lists, fc.string()), (text) => {
          const { state } = readCold({ [key]: text });
          const written = text
            .split(',')
            .map((element) => element.trim())
            .filter((element) => element !== '');
          if (state.kind === 'incomplete') {
            assert.ok(written.length > 0);
            return;
          }
          const selection = state.config[member];
          if (selection.kind === 'all') assert.ok(written.some((element) => element.toLowerCase() === wildcard));
          else if (written.length === 0) assert.deepEqual(selection.names, ['default']);
          else {
            assert.ok(selection.names.length > 0);
            for (const name of selection.names)
              assert.ok(written.some((element) => element === name || element.toLowerCase() === name));
          }
        }),
        { numRuns: 500 },
      );
    });
  }

  it('never serves all hosts of an instance where some were named', () => {
    fc.assert(
      fc.property(fc.array(scalars, { minLength: 1 }), (domains) => {
        const { state } = readCold({ 'acr-registry-info': JSON.stringify([{ instanceId: 'cri-a', domains }]) });
        assert.ok(state.kind === 'complete');
        const named = domains.some((text) => text.split(',').some((element) => element.trim() !== ''));
        for (const entry of state.config.entries) assert.equal(entry.domains !== undefined, named);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same model for a ConfigMap and for the managed form', () => {
    const content = fc.record({
      account: lists,
      namespace: lists,
      threshold: scalars,
      email: scalars,
      rrsa: fc.boolean(),
      entries,
    });
    fc.assert(
      fc.property(content, fc.boolean(), ({ account, namespace, threshold, email, rrsa, entries: list }, asJson) => {
        const configMap = readCold({
          'service-account': account,
          'watch-namespace': namespace,
          'expiring-threshold': threshold,
          'notify-email': email,
          rrsa: `enable: ${rrsa}`,
          'acr-registry-info': asJson ? JSON.stringify(list) : stringify(list),
        });
        const managed = readManagedConfig(
          JSON.stringify({
            serviceAccount: account,
            watchNamespace: namespace,
            expiringThreshold: threshold,
            notifyEmail: email,
            enableRRSA: rrsa,
            AcrInstanceInfo: list,
          }),
        );
        assert.ok(!('problem' in managed));
        const { state } = mergeReading({}, managed);
        assert.equal(state.kind, configMap.state.kind);
        if (state.kind === 'complete') assert.deepEqual(state, configMap.state);
      }),
      { numRuns: 300 },
    );
  });
});
