import type { Problem } from '../annotations/types.ts';
import type { ImageCacheSpec } from './types.ts';

/** Product limit. Source: ECI help centre, limits. */
const MAX_IMAGES = 20;
const SIZE_GIB = { min: 20, max: 32_768 };
const RETENTION_DAYS = { min: 1, max: 65_536 };

/** What is made of a valid spec. */
export interface ValidImageCacheSpec {
  /** Without duplicates, in order. */
  images: string[];
  /** Each `namespace:name`; checked where they are read. */
  imagePullSecrets: string[];
  imageCacheSize?: number;
  retentionDays?: number;
}

/** The schema catches wrong types; this catches what it cannot say, with every problem at once. */
export function validateSpec(
  spec: ImageCacheSpec | undefined,
): { ok: true; spec: ValidImageCacheSpec } | { ok: false; problems: Problem[] } {
  const problems: Problem[] = [];
  const images = [...new Set((spec?.images ?? []).map((image) => image.trim()))];
  if (images.length === 0) problems.push({ key: 'spec.images', value: '', message: 'list at least one image' });
  if (images.length > MAX_IMAGES) {
    problems.push({
      key: 'spec.images',
      value: String(images.length),
      message: `an image cache holds at most ${MAX_IMAGES} images; split the list over several ImageCaches`,
    });
  }
  images.forEach((image, index) => {
    if (image === '')
      problems.push({ key: `spec.images[${index}]`, value: '', message: 'an image reference is empty' });
  });
  checkRange(problems, { key: 'spec.imageCacheSize', value: spec?.imageCacheSize, unit: 'GiB', ...SIZE_GIB });
  checkRange(problems, { key: 'spec.retentionDays', value: spec?.retentionDays, unit: 'days', ...RETENTION_DAYS });
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    spec: {
      images,
      imagePullSecrets: spec?.imagePullSecrets ?? [],
      ...(spec?.imageCacheSize === undefined ? {} : { imageCacheSize: spec.imageCacheSize }),
      ...(spec?.retentionDays === undefined ? {} : { retentionDays: spec.retentionDays }),
    },
  };
}

function checkRange(
  problems: Problem[],
  field: { key: string; value: number | undefined; unit: string; min: number; max: number },
): void {
  if (field.value === undefined) return;
  if (Number.isInteger(field.value) && field.value >= field.min && field.value <= field.max) return;
  problems.push({
    key: field.key,
    value: String(field.value),
    message: `give a whole number from ${field.min} to ${field.max} ${field.unit}`,
  });
}
