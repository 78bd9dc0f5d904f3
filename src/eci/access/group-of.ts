import { PodAccessError } from '../../node/kubelet/pod-access-error.ts';
import { accessError } from './access-error.ts';
import type { GroupFinder } from './group-finder.ts';

/** Finds the group of a Pod. @throws PodAccessError 404 when there is none, or what the cloud's failure means. */
export async function groupOf(groups: GroupFinder, uid: string, container: string): Promise<string> {
  const found = await groups.find([uid]).catch((error: unknown) => {
    throw accessError(`find the container group of "${container}"`, error);
  });
  const id = found.get(uid);
  if (id !== undefined) return id;
  throw new PodAccessError('InstanceGone', `there is no container group with a container "${container}"`, {
    httpStatus: 404,
  });
}
