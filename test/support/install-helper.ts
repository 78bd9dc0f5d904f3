import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';

const root = join(import.meta.dirname, '..', '..', 'deploy', 'credential-helper');

/** What is there for the API server; the Deployment is the process that a test starts. */
const manifests = ['service-account.yaml', 'rbac.yaml', 'components/webhook/rbac.yaml'];

/**
 * Installs the ServiceAccount of the credential helper and its rights, as shipped.
 * @returns a function that takes everything away again.
 */
export async function installHelper(plane: ControlPlane): Promise<() => Promise<void>> {
  const texts = await Promise.all(manifests.map((file) => readFile(join(root, file), 'utf8')));
  const all = texts.join('\n---\n');
  await plane.kubectl(['apply', '-f', '-'], all);
  return async () => {
    await plane.kubectl(['delete', '--ignore-not-found', '-f', '-'], all);
  };
}
