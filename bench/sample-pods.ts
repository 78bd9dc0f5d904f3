import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Pod } from '../src/kube/types.ts';
import { nodeName } from './workbench.ts';

const samples = join(import.meta.dirname, '..', 'samples');

/** Samples with one chain each, all of them different. */
export const chainSamples = [
  '04-cross-account-custom-domain.yaml',
  '01-default-domain.yaml',
  '02-custom-domain.yaml',
  '03-custom-domain-other-region.yaml',
] as const;

/** Reads the Pod template of a sample as a Pod that is bound to the virtual node already, so that no scheduler is measured. */
export async function samplePod(file: string): Promise<(name: string) => Pod> {
  const { spec } = parse(await readFile(join(samples, file), 'utf8')) as { spec: { template: Pod } };
  const { metadata, spec: podSpec } = spec.template;
  return (name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }) },
    spec: { containers: [], ...podSpec, nodeName },
  });
}
