import type { SimulatorProcess } from './simulator-process.ts';

/** A container group or an image cache as the simulator's state shows it. */
export interface CloudResource {
  readonly id: string;
  readonly status: string;
  /** Its deletion was accepted. */
  readonly deleting?: boolean;
  readonly vSwitchId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The container groups that exist, of one Pod or of all. */
export async function containerGroups(simulator: SimulatorProcess, podUid?: string): Promise<CloudResource[]> {
  const { groups } = await eciState(simulator);
  return groups.filter(({ tags }) => podUid === undefined || tags['eci-kubelet-uid'] === podUid);
}

/** The image caches that exist, of one ImageCache object or of all. */
export async function imageCaches(simulator: SimulatorProcess, objectUid?: string): Promise<CloudResource[]> {
  const { imageCaches: caches } = await eciState(simulator);
  return caches.filter(({ tags }) => objectUid === undefined || tags['eci-kubelet-image-cache-uid'] === objectUid);
}

async function eciState(
  simulator: SimulatorProcess,
): Promise<{ groups: CloudResource[]; imageCaches: CloudResource[] }> {
  const { eci } = (await simulator.state()) as { eci: { groups: CloudResource[]; imageCaches: CloudResource[] } };
  return eci;
}
