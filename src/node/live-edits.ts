import type { Note } from '../credentials/types.ts';
import type { Pod } from '../kube/types.ts';

/**
 * Names what was changed on a Pod that has an instance and does not reach the instance, so that nobody waits for it. Images do
 * reach it; labels, tolerations and annotations of others are none of our business.
 *
 * @param readAtCreation names annotations whose change came too late.
 */
export function lateEdits(before: Pod, after: Pod, readAtCreation: (before: Pod, after: Pod) => string[]): Note[] {
  const annotations = readAtCreation(before, after);
  return [
    ...annotationsNote(annotations),
    ...addedEphemeralContainers(before, after).map((name): Note => ({
      type: 'Warning',
      reason: 'UnsupportedPodSpec',
      message: `ephemeral container ${name} is not started: ECI cannot add a container to a running container group`,
    })),
  ];
}

function annotationsNote(keys: readonly string[]): Note[] {
  if (keys.length === 0) return [];
  const message = `${keys.join(', ')}: read at creation only; delete the Pod to have the change take effect`;
  return [{ type: 'Normal', reason: 'AnnotationChangedTooLate', message }];
}

function addedEphemeralContainers(before: Pod, after: Pod): string[] {
  const known = new Set((before.spec?.ephemeralContainers ?? []).map(({ name }) => name));
  return (after.spec?.ephemeralContainers ?? []).map(({ name }) => name).filter((name) => !known.has(name));
}
