import assert from 'node:assert/strict';
import {
  HELD_CREDENTIALS_ANNOTATION,
  heldCredentials,
  readHeldCredentials,
  writeHeldCredentials,
} from '../../../../src/eci/renewal/held-credentials.ts';
import { Secret } from '../../../../src/secret.ts';
import { aPod } from '../../../support/pod-builder.ts';

const NOW = Date.UTC(2026, 0, 1);
const END = NOW + 3_600_000;
const entry = { instanceId: 'cri-a1b2c3d4e5f6g7h8', regionId: 'cn-beijing', serviceRoleArn: 'acs:ram::1:role/a' };
const held = heldCredentials('eci-1', {
  credentials: [
    { server: 'a.example.com', userName: 'cr_temp_user', password: new Secret('CANARY-1') },
    { server: 'docker.io', userName: 'me', password: new Secret('CANARY-2') },
  ],
  hosts: [
    { host: 'a.example.com', kind: 'resolved', entry, chain: 'a chain', regionId: 'cn-beijing', expiresAtMs: END },
    { host: 'docker.io', kind: 'pull-secret', source: 'default/hub' },
    { host: 'quay.io', kind: 'anonymous' },
  ],
  entries: [entry],
  nowMs: NOW,
});
const written = writeHeldCredentials(held);
const podWith = (text: string) => aPod({ annotations: { [HELD_CREDENTIALS_ANNOTATION]: text } });

describe('heldCredentials', () => {
  it('notes every credential that is sent, with the end of those that end', () => {
    assert.deepEqual(
      [...held.expiriesMs],
      [
        ['a.example.com', END],
        ['docker.io', undefined],
      ],
    );
  });

  it('is written without user names and passwords, and read as it was', () => {
    assert.doesNotMatch(written, /CANARY|cr_temp_user/);
    assert.deepEqual(readHeldCredentials(podWith(written), 'eci-1'), held);
  });

  const unreadable: Readonly<Record<string, string>> = {
    'of another group, as in a copied manifest': written.replace('eci-1', 'eci-2'),
    'that is no JSON': 'yes',
    'that is no object': '[]',
    'without a time': JSON.stringify({ group: 'eci-1', until: {}, entries: [] }),
    'with an end that is no time': written.replace(/"a.example.com":"[^"]*"/, '"a.example.com":"soon"'),
    'with an entry that is no object': written.replace(/"entries":.*/, '"entries":["x"]}'),
    'with an entry whose members are no texts': written.replace(/"entries":.*/, '"entries":[{"instanceId":7}]}'),
  };
  for (const [name, text] of Object.entries(unreadable)) {
    it(`reads nothing from an annotation ${name}`, () => {
      assert.notEqual(text, written);
      assert.equal(readHeldCredentials(podWith(text), 'eci-1'), undefined);
    });
  }
});
