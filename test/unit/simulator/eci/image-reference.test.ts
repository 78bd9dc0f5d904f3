import assert from 'node:assert/strict';
import { readImageReference } from '../../../../simulator/eci/pull/image-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('image references of the simulator', () => {
  const cases: Record<string, string | undefined> = {
    nginx: 'docker.io/library/nginx:latest',
    'nginx:1.25': 'docker.io/library/nginx:1.25',
    'bitnami/redis': 'docker.io/bitnami/redis:latest',
    'Registry.example.com:5000/a/b:v1': 'registry.example.com:5000/a/b:v1',
    'localhost/a': 'localhost/a:latest',
    [`quay.io/a/b@${DIGEST}`]: `quay.io/a/b@${DIGEST}`,
    [`quay.io/a/b:v1@${DIGEST}`]: `quay.io/a/b@${DIGEST}`,
    'UPPER/case': undefined,
    '': undefined,
  };
  for (const [given, normalised] of Object.entries(cases)) {
    it(`reads ${JSON.stringify(given)} as ${normalised ?? 'no reference'}`, () => {
      assert.equal(readImageReference(given)?.normalised, normalised);
    });
  }
});
