import type { Note } from '../credentials/types.ts';
import type { Pod } from '../kube/types.ts';

/**
 * Names what was changed on a Pod and does not reach its running instance, so that nobody waits for it. The API lets few
 * fields be changed on a live Pod; images are the one that people change.
 */
export function ignoredEdits(before: Pod, after: Pod): Note[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (after.spec?.[list] ?? []).flatMap((container, index): Note[] => {
      const image = before.spec?.[list]?.[index]?.image;
      if (image === undefined || image === container.image) return [];
      const message = `spec.${list}[${index}].image: the container group goes on with ${image}; delete the Pod to run ${container.image ?? ''}`;
      return [{ type: 'Warning', reason: 'UnsupportedPodSpec', message }];
    }),
  );
}
