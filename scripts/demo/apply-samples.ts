import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Pod } from '../../src/kube/types.ts';
import { eventually } from '../../test/support/eventually.ts';
import type { ControlPlane } from '../../test/support/control-plane-launcher.ts';

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec?: { template?: Pod };
}

/**
 * Applies the samples and waits until their Pods run and their image caches are ready. Where there is nobody to make Pods of Deployments
 * and to schedule them, one Pod of each is made and bound here.
 */
export async function applySamples(plane: ControlPlane, folder: string, nodeName: string): Promise<void> {
  if (plane.hasControllers) {
    await plane.kubectl(['apply', '-f', folder]);
    await plane.kubectl(['wait', '--for=condition=Available', 'deployments', '--all', '--timeout=60s']);
  } else {
    const manifests = (await readManifests(folder)).map((manifest) => withoutControllers(manifest, nodeName));
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
    await plane.kubectl(['wait', '--for=condition=Ready', 'pods', '--all', '--timeout=60s']);
  }
  await eventually('the image caches are ready', async () => {
    const phases = await plane.kubectl(['get', 'imagecaches', '-o', 'jsonpath={.items[*].status.phase}']);
    return phases.split(' ').every((phase) => phase === 'Ready');
  });
}

async function readManifests(folder: string): Promise<Manifest[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest));
}

function withoutControllers(manifest: Manifest, nodeName: string): object {
  const template = manifest.spec?.template;
  if (manifest.kind !== 'Deployment' || template === undefined) return manifest;
  return {
    ...template,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: manifest.metadata.name },
    spec: { ...template.spec, nodeName },
  };
}
