import { IMAGE_CACHE_FINALIZER, IMAGE_CACHES_PATH } from '../../src/imagecache/types.ts';
import type { ImageCacheObject } from '../../src/imagecache/types.ts';
import { isNotFound } from '../../src/kube/errors.ts';
import { eventually } from './eventually.ts';
import type { Platform } from './platform.ts';
import { crossAccountChain, crossAccountImage } from './sandbox-pods.ts';

/** Creates an ImageCache of the image behind the cross-account chain. Names are made unique: the resource is cluster-scoped. */
export async function createImageCache(platform: Platform, name: string): Promise<ImageCacheObject> {
  const { client, namespace } = platform.sandbox;
  return await client.create<ImageCacheObject>(IMAGE_CACHES_PATH, {
    apiVersion: 'eci.alibabacloud.com/v1',
    kind: 'ImageCache',
    metadata: { name: `${namespace}-${name}`, annotations: { ...crossAccountChain } },
    spec: { images: [crossAccountImage] },
  });
}

/** @returns undefined when the object is gone. */
export async function readImageCache(
  platform: Platform,
  object: ImageCacheObject,
): Promise<ImageCacheObject | undefined> {
  try {
    return await platform.sandbox.client.get<ImageCacheObject>(pathOf(object));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Asks for a deletion, which the finalizer holds up until the cache is gone at ECI. */
export async function deleteImageCache(platform: Platform, object: ImageCacheObject): Promise<void> {
  await platform.sandbox.client.delete(pathOf(object));
}

/** Waits until the cache can be used. @throws when the object says that it failed. */
export async function untilImageCacheIsReady(platform: Platform, object: ImageCacheObject): Promise<ImageCacheObject> {
  const settled = await eventually('the image cache is ready', async () => {
    const now = await readImageCache(platform, object);
    if (now?.status?.phase === 'Ready' || now?.status?.phase === 'Failed') return now;
    throw new Error(JSON.stringify(now?.status ?? 'there is no such ImageCache'));
  });
  if (settled.status?.phase === 'Failed') throw new Error(`the image cache failed: ${JSON.stringify(settled.status)}`);
  return settled;
}

/** Removes what the suite has left, also when nobody is there to serve the finalizer: the control plane is shared. */
export async function removeImageCaches(platform: Platform): Promise<void> {
  const { client, namespace } = platform.sandbox;
  const { items } = await client.list<ImageCacheObject>(IMAGE_CACHES_PATH);
  for (const object of items) {
    if (object.metadata?.name?.startsWith(`${namespace}-`) !== true) continue;
    const others = (object.metadata.finalizers ?? []).filter((name) => name !== IMAGE_CACHE_FINALIZER);
    await client.delete(pathOf(object));
    await client.patch(pathOf(object), { metadata: { finalizers: others } }, 'merge').catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

function pathOf(object: ImageCacheObject): string {
  return `${IMAGE_CACHES_PATH}/${object.metadata?.name ?? ''}`;
}
