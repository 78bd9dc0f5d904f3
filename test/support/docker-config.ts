import assert from 'node:assert/strict';
import { EXPIRES_AT_ANNOTATION, SECRET_KEY, SECRET_NAME, SECRET_TYPE } from '../../src/credential-helper/names.ts';
import type { ControlPlane } from './control-plane.ts';

/** The pull Secret of a namespace as kubelet and container tools read it. */
export interface DockerConfig {
  /** The text of `.dockerconfigjson`. */
  text: string;
  auths: Readonly<Record<string, { username: string; password: string; email: string; auth: string }>>;
  expiresAt?: string;
  uid: string;
}

/** Reads the Secret of a namespace. @throws when it is not there, or not of the form that kubelet takes. */
export async function readDockerConfig(plane: ControlPlane, namespace: string): Promise<DockerConfig> {
  const answer = await plane.kubectl(['get', 'secret', SECRET_NAME, '--namespace', namespace, '-o', 'json']);
  const secret = JSON.parse(answer) as {
    type: string;
    data: Record<string, string>;
    metadata: { uid: string; annotations?: Record<string, string> };
  };
  assert.equal(secret.type, SECRET_TYPE);
  assert.deepEqual(Object.keys(secret.data), [SECRET_KEY]);
  const text = Buffer.from(secret.data[SECRET_KEY] ?? '', 'base64').toString('utf8');
  const { auths } = JSON.parse(text) as Pick<DockerConfig, 'auths'>;
  for (const [host, login] of Object.entries(auths)) {
    const expected = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    assert.equal(login.auth, expected, host);
  }
  const expiresAt = secret.metadata.annotations?.[EXPIRES_AT_ANNOTATION];
  return { text, auths, uid: secret.metadata.uid, ...(expiresAt === undefined ? {} : { expiresAt }) };
}
