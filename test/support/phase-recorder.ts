import type { KubeObject } from '../../src/kube/types.ts';
import type { Platform } from './platform.ts';

/** Every phase that objects went through, as their watchers saw it: a phase may pass between two looks. */
export interface PhaseRecorder {
  /** Names of objects that were ever in this phase while nobody had asked for their deletion. */
  everIn(phase: string): string[];
  stop(): Promise<void>;
}

type WithPhase = KubeObject & { status?: { phase?: string } };

/** Starts watching a collection. @param path for example `/api/v1/namespaces/web/pods`. */
export async function recordPhases(platform: Platform, path: string): Promise<PhaseRecorder> {
  const { client } = platform.sandbox;
  const seen: { name: string; phase: string }[] = [];
  const note = (object: WithPhase): void => {
    if (object.metadata?.deletionTimestamp !== undefined) return;
    seen.push({ name: object.metadata?.name ?? '', phase: object.status?.phase ?? '' });
  };
  const { items, resourceVersion } = await client.list<WithPhase>(path);
  items.forEach(note);
  const stopped = new AbortController();
  const watching = (async () => {
    for await (const event of client.watch(path, { resourceVersion }, stopped.signal)) note(event.object);
  })();
  return {
    everIn: (phase) => [...new Set(seen.filter((entry) => entry.phase === phase).map(({ name }) => name))],
    async stop() {
      stopped.abort();
      await watching.catch((error: unknown) => {
        if (error !== stopped.signal.reason) throw error;
      });
    },
  };
}
