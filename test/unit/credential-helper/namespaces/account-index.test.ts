import assert from 'node:assert/strict';
import { AccountIndex } from '../../../../src/credential-helper/namespaces/account-index.ts';
import type { ServiceAccount } from '../../../../src/kube/types.ts';

const account = (resourceVersion: string): ServiceAccount => ({
  metadata: { namespace: 'shop', name: 'default', resourceVersion },
});

describe('the index of ServiceAccounts', () => {
  let nowMs: number;
  let index: AccountIndex;
  const show = (version: string, type: 'updated' | 'deleted' = 'updated'): void =>
    void index.take({ type, object: account(version), previous: undefined });
  const versions = (): (string | undefined)[] => index.of('shop').map(({ metadata }) => metadata?.resourceVersion);

  beforeEach(() => {
    nowMs = 0;
    index = new AccountIndex(() => nowMs);
    show('5');
  });

  it('shows what we wrote before the watch does', () => {
    index.wrote(account('7'));
    assert.deepEqual(versions(), ['7']);
    show('6');
    assert.deepEqual(versions(), ['7']);
    show('7');
    show('8');
    assert.deepEqual(versions(), ['8']);
  });

  it('shows what the watch shows where that is newer than the answer to our write', () => {
    show('7');
    show('8');
    index.wrote(account('7'));
    assert.deepEqual(versions(), ['8']);
  });

  it('does not bring back one that was deleted before the answer came', () => {
    show('5', 'deleted');
    index.wrote(account('7'));
    assert.deepEqual(versions(), []);
    show('9');
    assert.deepEqual(versions(), ['9']);
  });

  it('trusts what we wrote for a moment only, in case versions do not grow', () => {
    index.wrote(account('7'));
    nowMs = 10_000;
    assert.deepEqual(versions(), ['5']);
  });

  it('compares versions as numbers, of any length', () => {
    show('99999999999999999999');
    index.wrote(account('100000000000000000000'));
    show('99999999999999999999');
    assert.deepEqual(versions(), ['100000000000000000000']);
  });
});
