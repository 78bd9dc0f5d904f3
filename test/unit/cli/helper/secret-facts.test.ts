import assert from 'node:assert/strict';
import { secretFacts } from '../../../../src/cli/helper/secret-facts.ts';
import { printable } from '../../../../src/cli/helper/printable.ts';
import { wrapText } from '../../../../src/cli/helper/wrap-text.ts';
import {
  ENTRIES_ANNOTATION,
  EXPIRES_AT_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SECRET_TYPE,
} from '../../../../src/credential-helper/names.ts';
import type { KubeSecret } from '../../../../src/kube/types.ts';

const expiresAt = '2026-11-25T09:41:00Z';
const mark = { fingerprint: 'f', hosts: ['b.example', 'a.example'], obtainedAt: expiresAt, expiresAt };

function pullSecret(text: string, annotations: Record<string, string> = {}): KubeSecret {
  return {
    metadata: { name: 's', namespace: 'team-a', labels: { [MANAGED_BY_LABEL]: MANAGED_BY }, annotations },
    type: SECRET_TYPE,
    data: { '.dockerconfigjson': Buffer.from(text).toString('base64') },
  };
}

const login = { username: 'cr_temp_user', password: 'CANARY:1' };
const twoHosts = JSON.stringify({ auths: { 'b.example': login, 'a.example': login } });

describe('what is kept of a pull Secret', () => {
  it('is hosts and expiries, and never a password', () => {
    const facts = secretFacts(
      pullSecret(twoHosts, { [EXPIRES_AT_ANNOTATION]: expiresAt, [ENTRIES_ANNOTATION]: JSON.stringify([mark]) }),
    );
    const expiresAtMs = Date.parse(expiresAt);
    assert.deepEqual(facts, {
      ours: true,
      servers: ['a.example', 'b.example'],
      expiresAtMs,
      marks: [{ hosts: mark.hosts, expiresAtMs }],
    });
    assert.doesNotMatch(JSON.stringify(facts), /CANARY/);
  });

  it('is nothing wrong for a Secret that holds nothing', () => {
    assert.deepEqual(secretFacts(pullSecret('{"auths":{}}')), { ours: true, servers: [], marks: [] });
  });

  it('says why a broken one is of no use, without a word of what it holds', () => {
    const facts = secretFacts(pullSecret('{"auths": CANARY'));
    assert.match(facts.unusable ?? '', /not a JSON object/);
    assert.doesNotMatch(JSON.stringify(facts), /CANARY/);
  });

  it('knows one of another type, or of somebody else', () => {
    const foreign = { ...pullSecret(twoHosts), metadata: { name: 's' } };
    assert.equal(secretFacts(foreign).ours, false);
    assert.match(secretFacts({ ...foreign, type: 'Opaque' }).unusable ?? '', /is of type Opaque/);
  });

  for (const text of ['{', '{}', 'null', '[1]', '[{"hosts":"x","expiresAt":"x"}]', '[{"hosts":[],"expiresAt":7}]']) {
    it(`makes nothing of the annotation ${text}`, () => {
      assert.deepEqual(secretFacts(pullSecret(twoHosts, { [ENTRIES_ANNOTATION]: text })).marks, []);
    });
  }
});

describe('text for a terminal', () => {
  it('shows escape sequences instead of obeying them', () => {
    assert.equal(printable('a\u001b[2Kb\r\u009bc\nd'), 'a\\x1b[2Kb\\x0d\\x9bc\nd');
  });

  it('is broken at spaces, and leaves long words whole', () => {
    assert.deepEqual(wrapText('aa bb  cccccccccc\nd', { first: '- ', width: 8 }), ['- aa bb', '  cccccccccc', '  d']);
    assert.deepEqual(wrapText('', { first: '- ' }), ['-']);
  });
});
