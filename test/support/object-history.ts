import type { KubeClient, KubeObject } from '../../src/kube/types.ts';

/** Everything that a watch has shown of a collection, oldest first. */
export interface ObjectHistory<T extends KubeObject> {
  /** Each version of each object. A deletion shows the last state once more, with `deleted`. */
  readonly versions: readonly { object: T; deleted: boolean; seenAtMs: number }[];
  /** Versions of one object, without its deletions. */
  of(name: string): T[];
  stop(): Promise<void>;
}

/**
 * Records every version of the objects of a collection from now on, beginning with those that are there. The watch is opened again
 * where it ended, so that none is missed.
 * @param path of a collection.
 */
export async function recordHistory<T extends KubeObject>(
  client: Pick<KubeClient, 'list' | 'watch'>,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<ObjectHistory<T>> {
  const versions: { object: T; deleted: boolean; seenAtMs: number }[] = [];
  const first = await client.list<T>(path, query);
  for (const object of first.items) versions.push({ object, deleted: false, seenAtMs: Date.now() });
  const stopped = new AbortController();

  const follow = async (): Promise<void> => {
    let { resourceVersion } = first;
    while (!stopped.signal.aborted) {
      try {
        const from = { ...query, resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: '300' };
        for await (const event of client.watch(path, from, stopped.signal)) {
          if (event.type === 'ERROR')
            throw new Error(`the watch of ${path} has a gap: ${JSON.stringify(event.object)}`);
          resourceVersion = event.object.metadata?.resourceVersion ?? resourceVersion;
          if (event.type === 'BOOKMARK') continue;
          // The server sends what the path promises.
          const object = event.object as KubeObject as T;
          versions.push({ object, deleted: event.type === 'DELETED', seenAtMs: Date.now() });
        }
      } catch (error) {
        if (stopped.signal.aborted) return;
        if (error instanceof Error && error.message.includes('has a gap')) throw error;
        // The connection broke: it goes on where it was.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };
  const following = follow();
  // A gap is told by stop().
  following.catch(() => {});
  return {
    versions,
    of: (name) =>
      versions.flatMap(({ object, deleted }) => (!deleted && object.metadata?.name === name ? [object] : [])),
    async stop() {
      stopped.abort();
      await following;
    },
  };
}
