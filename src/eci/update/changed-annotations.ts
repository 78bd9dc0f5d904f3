import { annotationsOf } from '../../annotations/annotation-table.ts';
import type { Pod } from '../../kube/types.ts';

const keysReadAtCreation: readonly string[] = annotationsOf('Pod').flatMap(({ key, aliases = [] }) => [
  key,
  ...aliases.map((alias) => alias.key),
]);

/** Names the annotations of the table that differ. What this program writes on Pods itself is not in the table. */
export function changedAnnotations(before: Pod, after: Pod): string[] {
  const [old, now] = [before.metadata?.annotations ?? {}, after.metadata?.annotations ?? {}];
  return keysReadAtCreation.filter((key) => old[key] !== now[key]);
}
