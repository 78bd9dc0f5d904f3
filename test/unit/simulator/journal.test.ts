import assert from 'node:assert/strict';
import { createJournal } from '../../../simulator/journal.ts';
import { redactParameters } from '../../../simulator/redaction.ts';
import type { JournalEntry } from '../../../simulator/types.ts';

const entry = (change: Partial<JournalEntry> = {}): JournalEntry => ({
  sequence: 0,
  time: '2026-01-01T00:00:00.000Z',
  product: 'sts',
  version: '2015-04-01',
  action: 'AssumeRole',
  regionId: 'cn-hangzhou',
  principalArn: '',
  chainDepth: 0,
  parameters: {},
  result: 'OK',
  httpStatus: 200,
  requestId: '',
  ms: 0,
  ...change,
});

describe('request journal', () => {
  it('numbers entries without repeating, also after it was cleared', () => {
    const journal = createJournal();
    journal.record(entry());
    journal.clear();
    journal.record(entry());
    assert.deepEqual(
      journal.entries().map(({ sequence }) => sequence),
      [2],
    );
  });

  it('answers what matches every filter', () => {
    const journal = createJournal();
    for (const action of ['AssumeRole', 'GetCallerIdentity', 'AssumeRole']) journal.record(entry({ action }));
    journal.record(entry({ result: 'NoPermission' }));
    assert.equal(journal.entries({ action: 'AssumeRole', after: 1 }).length, 2);
    assert.equal(journal.entries({ action: 'AssumeRole', result: 'NoPermission' }).length, 1);
    assert.equal(journal.entries({ product: 'eci' }).length, 0);
  });

  it('forgets the oldest entries when it is full', () => {
    const journal = createJournal(2);
    for (let index = 0; index < 5; index += 1) journal.record(entry());
    assert.deepEqual(
      journal.entries().map(({ sequence }) => sequence),
      [4, 5],
    );
  });
});

describe('redaction of parameters', () => {
  const secrets = [
    'ImageRegistryCredential.1.Password',
    'OIDCToken',
    'SecurityToken',
    'Container.1.EnvironmentVar.2.Value',
    'Volume.1.ConfigFileVolume.ConfigFileToPath.1.Content',
    'Volume.1.FlexVolume.Options',
  ];
  const open = ['ClientToken', 'NextToken', 'RoleArn', 'Tag.1.Value', 'ImageRegistryCredential.1.Server', 'RegionId'];

  it('hides secrets and leaves alone what tests look for', () => {
    const redacted = redactParameters(new Map([...secrets, ...open].map((name) => [name, 'value'])));
    for (const name of secrets) assert.equal(redacted[name], '[redacted]', name);
    for (const name of open) assert.equal(redacted[name], 'value', name);
  });
});
