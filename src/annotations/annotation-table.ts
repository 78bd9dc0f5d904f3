import type { AnnotatedKind, AnnotationEntry } from './annotation.ts';
import { acrAnnotations } from './sections/acr.ts';
import { imageCacheAnnotations } from './sections/image-cache.ts';
import { imageAnnotations } from './sections/images.ts';
import { networkAnnotations } from './sections/network.ts';
import { operationAnnotations } from './sections/operations.ts';
import { placementAnnotations } from './sections/placement.ts';

/** Some annotations that belong together. */
export interface AnnotationSection {
  title: string;
  entries: readonly AnnotationEntry[];
}

/** Every annotation that is read, by section: the table that parser, validator and reference page share. */
export const annotationTable: readonly AnnotationSection[] = [
  { title: 'Registry credentials', entries: acrAnnotations },
  { title: 'Placement, size and price', entries: placementAnnotations },
  { title: 'Images', entries: imageAnnotations },
  { title: 'Network', entries: networkAnnotations },
  { title: 'Identity, storage and operations', entries: operationAnnotations },
  { title: 'Image caches', entries: imageCacheAnnotations },
];

/** Lists the rows that mean something on one kind of object. */
export function annotationsOf(kind: AnnotatedKind): AnnotationEntry[] {
  return annotationTable.flatMap(({ entries }) => entries.filter(({ objects }) => objects.includes(kind)));
}
