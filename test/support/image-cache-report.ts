import type { ImageCacheObject } from '../../src/imagecache/types.ts';
import { eventually } from './eventually.ts';
import type { Platform } from './platform.ts';
import { withPrefix } from './pod-manifest.ts';

/** What a user sees of an ImageCache with kubectl. */
export interface ImageCacheReport {
  /** Without the sandbox's prefix. */
  name: string;
  phase: string;
  reason: string;
  imageCacheId: string;
  finalizers: readonly string[];
  /** In the order in which they happened, `Warning InvalidSpec: …`. */
  events: readonly string[];
}

/**
 * An ImageCache as users write it, for kubectl. The resource belongs to no namespace, so the name is made unique.
 * @param options.annotations keys without the prefix `k8s.aliyun.com/`.
 * @param options.spec may be one that the types forbid: bad input is what is tested.
 */
export function imageCacheManifest(
  platform: Platform,
  options: {
    name: string;
    annotations?: Readonly<Record<string, string>>;
    spec: Readonly<Record<string, unknown>>;
  },
): object {
  const { name, annotations = {}, spec } = options;
  return {
    apiVersion: 'eci.alibabacloud.com/v1',
    kind: 'ImageCache',
    metadata: { name: imageCacheName(platform, name), annotations: withPrefix(annotations) },
    spec,
  };
}

/** The name under which the cluster knows an ImageCache of this sandbox. */
export function imageCacheName(platform: Platform, name: string): string {
  return `${platform.sandbox.namespace}-${name}`;
}

/** Reads every ImageCache of the sandbox, by name. */
export async function readImageCaches(platform: Platform): Promise<Map<string, ImageCacheReport>> {
  const [caches, events] = await Promise.all([
    platform.plane.kubectl(['get', 'imagecaches.eci.alibabacloud.com', '-o', 'json']),
    platform.plane.kubectl(['get', 'events', '-n', 'default', '--sort-by=.firstTimestamp', '-o', 'json']),
  ]);
  const eventsByCache = Map.groupBy(
    (JSON.parse(events) as { items: SeenEvent[] }).items,
    ({ involvedObject }) => `${involvedObject.kind}/${involvedObject.name}`,
  );
  const prefix = imageCacheName(platform, '');
  const reports = (JSON.parse(caches) as { items: ImageCacheObject[] }).items.flatMap((object): ImageCacheReport[] => {
    const fullName = object.metadata?.name ?? '';
    if (!fullName.startsWith(prefix)) return [];
    return [
      {
        name: fullName.slice(prefix.length),
        phase: object.status?.phase ?? '',
        reason: object.status?.reason ?? '',
        imageCacheId: object.status?.imageCacheId ?? '',
        finalizers: object.metadata?.finalizers ?? [],
        events: (eventsByCache.get(`ImageCache/${fullName}`) ?? []).map(
          ({ type, reason, message }) => `${type} ${reason}: ${message}`,
        ),
      },
    ];
  });
  return new Map(reports.map((report) => [report.name, report]));
}

/** Polls until every named ImageCache satisfies `isSo`. */
export async function imageCachesWhen(
  platform: Platform,
  names: readonly string[],
  isSo: (cache: ImageCacheReport) => boolean,
): Promise<Map<string, ImageCacheReport>> {
  return await eventually(`all as expected: ${names.join(', ')}`, async () => {
    const caches = await readImageCaches(platform);
    const others = names
      .map((name) => caches.get(name) ?? name)
      .filter((cache) => typeof cache === 'string' || !isSo(cache));
    if (others.length === 0) return caches;
    throw new Error(`not yet: ${JSON.stringify(others.slice(0, 3), undefined, 2)}`);
  });
}

interface SeenEvent {
  involvedObject: { kind: string; name: string };
  type: string;
  reason: string;
  message: string;
}
