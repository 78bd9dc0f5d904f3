import { pairAcrAnnotations } from './pair-acr-annotations.ts';
import { readAnnotations } from './read-annotations.ts';
import { imageCacheAnnotations } from './sections/image-cache.ts';
import type { ImageCacheIntent, Parsed } from './types.ts';
import { misplacedAnnotations } from './unknown-annotations.ts';

/**
 * Reads what the annotations of an ImageCache ask for. Pure; never throws; unknown keys are ignored. Size and retention can
 * also stand in the spec: which of the two wins is for whoever builds the request to say.
 * @returns the intent, or every problem at once.
 */
export function parseImageCacheAnnotations(annotations: Readonly<Record<string, string>>): Parsed<ImageCacheIntent> {
  const acr = pairAcrAnnotations(annotations);
  const read = readAnnotations({ annotations, table: imageCacheAnnotations, rules: [], context: undefined });
  const problems = [...acr.problems, ...read.problems];
  if (problems.length > 0) return { ok: false, problems };
  const warnings = [...acr.warnings, ...read.warnings, ...misplacedAnnotations('ImageCache', annotations)];
  return { ok: true, intent: { acrEntries: acr.entries, request: read.request, warnings } };
}
