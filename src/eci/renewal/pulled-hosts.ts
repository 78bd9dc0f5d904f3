import { ImageReferenceError, parseImageReference } from '../../images/image-reference.ts';
import type { Container, Pod } from '../../kube/types.ts';
import type { EciInstance, ObservedContainer } from '../instance/eci-instance.ts';

/**
 * Lists the registry hosts from which a container group may still pull. What decides, per container:
 *
 * - `imagePullPolicy: Never` never pulls. `IfNotPresent` counts like `Always`: between two runs of a container its image is
 *   unused and may be cleared away when the disk fills up.
 * - A container that has not started yet pulls under every restart policy.
 * - `restartPolicy: Always` starts every container again, `OnFailure` all but those that ended with 0, `Never` none.
 * - Init containers run again when the group is restarted, by an operator or for maintenance of the machine, unless the policy is
 *   `Never`. A sidecar (an init container that is always restarted) is, under any policy.
 *
 * Whether anything runs again at all (the group has ended, is being deleted) is not asked here.
 */
export function hostsThatMayBePulled(pod: Pod, instance: EciInstance): Set<string> {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const observed = new Map(
    [...(instance.initContainers ?? []), ...instance.containers].map((container) => [container.name, container]),
  );
  const initContainers = (pod.spec?.initContainers ?? []).filter(
    (container) =>
      policy !== 'Never' || container.restartPolicy === 'Always' || !hasStarted(observed.get(container.name)),
  );
  const containers = (pod.spec?.containers ?? []).filter((container) =>
    startsAgain(policy, observed.get(container.name)),
  );
  return new Set([...initContainers, ...containers].filter(mayPull).flatMap(hostOf));
}

function startsAgain(policy: string, seen: ObservedContainer | undefined): boolean {
  if (policy === 'Always' || !hasStarted(seen)) return true;
  return policy === 'OnFailure' && seen?.state?.terminated?.exitCode !== 0;
}

function hasStarted(seen: ObservedContainer | undefined): boolean {
  return seen?.state?.running !== undefined || seen?.state?.terminated !== undefined || (seen?.restartCount ?? 0) > 0;
}

function mayPull(container: Container): boolean {
  return container.imagePullPolicy !== 'Never';
}

function hostOf(container: Container): string[] {
  try {
    return [parseImageReference(container.image ?? '').host];
  } catch (error) {
    // Whatever cannot be read cannot have been given a credential.
    if (error instanceof ImageReferenceError) return [];
    throw error;
  }
}
