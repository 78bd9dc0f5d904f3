import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane-launcher.ts';

const root = join(import.meta.dirname, '..', '..');

const manifests = [
  'crds/imagecache.yaml',
  'deploy/service-account.yaml',
  'deploy/rbac.yaml',
  'deploy/components/placement/rbac.yaml',
  'deploy/components/placement/secret.yaml',
];

/** Installs what the project ships, as far as it concerns the API: the definition of ImageCaches, the ServiceAccount and its rights. */
export async function installManifests(plane: ControlPlane): Promise<void> {
  for (const file of manifests) {
    await plane.kubectl(['apply', '-f', '-'], await readFile(join(root, file), 'utf8'));
  }
  await plane.kubectl(['wait', '--for=condition=Established', 'crd/imagecaches.eci.alibabacloud.com', '--timeout=20s']);
}
