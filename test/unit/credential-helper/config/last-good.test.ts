import assert from 'node:assert/strict';

import { mergeReading, type Outcome } from '../../../../src/credential-helper/config/last-good.ts';
import { readConfigMapData } from '../../../../src/credential-helper/config/reading/read-config.ts';
import { aHelperConfig, readCold, tellFindings } from '../../../support/helper-config.ts';

type Data = Record<string, string>;

const good: Data = {
  'service-account': 'app',
  'watch-namespace': 'team-a',
  'acr-registry-info': '- instanceId: cri-abc',
  rrsa: 'enable: false',
  'webhook-configuration': 'enable: true',
};

function after(first: Data, then: Data): Outcome {
  return mergeReading(readCold(first).lastGood, readConfigMapData(then));
}

describe('a key that cannot be used', () => {
  const bad: Data = {
    'service-account': 'A_B',
    'watch-namespace': '*',
    'acr-registry-info': '- instanceId: "',
    rrsa: 'enable: perhaps',
    'webhook-configuration': '[',
  };
  for (const [key, text] of Object.entries(bad)) {
    it(`${key} keeps what was read before`, () => {
      const outcome = after(good, { ...good, [key]: text });
      assert.deepEqual(outcome.state, readCold(good).state);
      assert.equal(outcome.findings.length, 1);
      assert.match(tellFindings(outcome)[0] ?? '', new RegExp(`^ConfigInvalid ${key}: .*; .* in force`));
    });

    it(`${key} is never replaced by a default on a cold start`, () => {
      const { state } = readCold({ ...good, [key]: text });
      if (key === 'webhook-configuration')
        assert.ok(state.kind === 'complete' && state.config.webhook === undefined, 'leaves the webhook alone');
      else assert.equal(state.kind, 'incomplete');
    });
  }

  it('does not hold back changes of other keys', () => {
    const { state } = after(good, { ...good, 'watch-namespace': '*', 'service-account': 'other' });
    assert.ok(state.kind === 'complete');
    assert.deepEqual(state.config.serviceAccounts, { kind: 'named', names: ['other'] });
    assert.deepEqual(state.config.namespaces, { kind: 'named', names: ['team-a'] });
  });

  it('is used as soon as it is corrected, also after a cold start', () => {
    const broken = readCold({ ...good, 'acr-registry-info': '- instanceId: "' });
    assert.deepEqual(mergeReading(broken.lastGood, readConfigMapData(good)).state, readCold(good).state);
  });

  it('holds entries and RRSA together, because the one decides as whom the other is served', () => {
    const data = { ...good, 'acr-registry-info': '- instanceId: "', rrsa: 'enable: true' };
    assert.deepEqual(after(good, data).state, readCold(good).state);
    const other = { ...good, 'acr-registry-info': '- instanceId: cri-new', rrsa: 'enable: perhaps' };
    assert.deepEqual(after(good, other).state, readCold(good).state);
  });

  it('never serves entries that were only seen beside a broken rrsa', () => {
    const cold = readCold({ 'acr-registry-info': '- instanceId: cri-old', rrsa: 'enable: perhaps' });
    const { state } = mergeReading(
      cold.lastGood,
      readConfigMapData({ 'acr-registry-info': '[', rrsa: 'enable: true' }),
    );
    assert.equal(state.kind, 'incomplete');
  });

  it('names every key that is missing for a start', () => {
    const { state } = readCold({ rrsa: '[', 'watch-namespace': '*' });
    assert.ok(state.kind === 'incomplete');
    assert.match(state.why, /watch-namespace: .*rrsa: /);
  });
});

describe('an empty ConfigMap', () => {
  it('means the defaults of every key', () => {
    assert.deepEqual(readCold({}), {
      ...readCold({}),
      state: { kind: 'complete', config: aHelperConfig() },
      findings: [],
    });
  });

  it('takes back what was configured before', () => {
    assert.deepEqual(after(good, {}).state, { kind: 'complete', config: aHelperConfig() });
  });
});
