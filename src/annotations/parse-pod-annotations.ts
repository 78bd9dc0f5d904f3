import type { CreateContainerGroupRequest } from '../alibaba/eci-requests.ts';
import type { Annotation } from './annotation.ts';
import { pairAcrAnnotations } from './pair-acr-annotations.ts';
import { readAnnotations } from './read-annotations.ts';
import { podRules, type PodContext } from './rules/pod-rules.ts';
import { imageAnnotations } from './sections/images.ts';
import { networkAnnotations } from './sections/network.ts';
import { operationAnnotations } from './sections/operations.ts';
import { placementAnnotations } from './sections/placement.ts';
import type { Parsed, PodIntent, Problem } from './types.ts';
import { misplacedAnnotations } from './unknown-annotations.ts';

const table: readonly Annotation<CreateContainerGroupRequest>[] = [
  ...placementAnnotations,
  ...imageAnnotations,
  ...networkAnnotations,
  ...operationAnnotations,
];

/**
 * Reads what the annotations of a Pod ask for. Pure; never throws; unknown keys and keys that were written back are ignored.
 * @param context facts about the Pod that some values are checked against; checks without their fact are left to the service.
 * @returns the intent, or every problem at once. Problems carry the key as the author wrote it.
 */
export function parsePodAnnotations(
  annotations: Readonly<Record<string, string>>,
  context: PodContext = {},
): Parsed<PodIntent> {
  const acr = pairAcrAnnotations(annotations);
  const read = readAnnotations({ annotations, table, rules: podRules, context });
  const problems = [...acr.problems, ...read.problems];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    intent: {
      acrEntries: acr.entries,
      // Sent always: documentation for Kubernetes promises true, the API's own default is false.
      request: { autoMatchImageCache: true, ...read.request },
      local: {
        failStrategy: 'fail-back',
        spotFallback: false,
        evictionEnable: false,
        waitClusterIpReady: false,
        imageCachePerfectMatch: false,
        ...read.local,
      },
      warnings: [...acr.warnings, ...read.warnings, ...misplacedAnnotations('Pod', annotations)],
    },
  };
}

/**
 * Checks values by themselves, for annotations that will stand beside others that are not known yet: no rule about several of them
 * applies. The ACR annotations, which only mean something together, are left out. Pure.
 */
export function checkPodAnnotationValues(annotations: Readonly<Record<string, string>>): Problem[] {
  return readAnnotations({ annotations, table, rules: [], context: {} }).problems;
}
