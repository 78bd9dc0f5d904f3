import type { AnnotatedKind } from '../../annotations/annotation.ts';
import { annotationsOf } from '../../annotations/annotation-table.ts';
import type { Problem } from '../../annotations/types.ts';
import { annotationPrefix, unknownAnnotations } from '../../annotations/unknown-annotations.ts';
import { didYouMean } from '../../config/nearest.ts';

/**
 * Remarks on annotations of the vendor that mean nothing here. A running component has to ignore them, since other components read
 * them as well; somebody who looks at a plan wants to know about a typing error.
 */
export function ignoredAnnotations(kind: AnnotatedKind, annotations: Readonly<Record<string, string>>): Problem[] {
  const known = annotationsOf(kind).map(({ key }) => key.replace(annotationPrefix, ''));
  return unknownAnnotations(annotations).map((key) => ({
    key,
    value: '',
    message: `eci-kubelet knows no such annotation and ignores it${didYouMean(key.replace(annotationPrefix, ''), known)}`,
  }));
}
