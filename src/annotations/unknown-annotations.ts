import type { AnnotatedKind, AnnotationEntry } from './annotation.ts';
import { annotationsOf } from './annotation-table.ts';
import { createProblem } from './problem.ts';
import { writeBackAnnotations } from './sections/write-back.ts';
import type { Problem } from './types.ts';

/** What the vendor's annotations start with, two bandwidth keys apart. */
export const annotationPrefix = 'k8s.aliyun.com/';

function keysOf({ key, aliases = [] }: AnnotationEntry): string[] {
  return [key, ...aliases.map((alias) => alias.key)];
}

/**
 * Lists the keys under `k8s.aliyun.com/` that mean nothing here, neither as a wish nor as something written back. They are
 * ignored; list them in a debug log.
 */
export function unknownAnnotations(annotations: Readonly<Record<string, string>>): string[] {
  const known = new Set([
    ...annotationsOf('Pod').flatMap(keysOf),
    ...annotationsOf('ImageCache').flatMap(keysOf),
    ...writeBackAnnotations.map(({ key }) => key),
  ]);
  return Object.keys(annotations).filter((key) => key.startsWith(annotationPrefix) && !known.has(key));
}

/**
 * Remarks on annotations that only mean something on the other kind of object. Pods and ImageCaches have different keys for
 * the same idea, and the wrong one would otherwise be ignored without a word.
 */
export function misplacedAnnotations(kind: AnnotatedKind, annotations: Readonly<Record<string, string>>): Problem[] {
  const other = kind === 'Pod' ? 'ImageCache' : 'Pod';
  const own = new Set(annotationsOf(kind).flatMap(keysOf));
  return annotationsOf(other).flatMap((entry) =>
    keysOf(entry).flatMap((key) => {
      const value = annotations[key];
      if (value === undefined || own.has(key)) return [];
      const instead =
        entry.counterpart === undefined ? 'Remove it.' : `On ${article(kind)} the annotation is ${entry.counterpart}.`;
      return [createProblem(key, value, `This annotation means something only on ${article(other)}. ${instead}`)];
    }),
  );
}

function article(kind: AnnotatedKind): string {
  return kind === 'Pod' ? 'a Pod' : 'an ImageCache';
}
