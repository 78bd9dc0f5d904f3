import { LRUCache } from 'lru-cache';
import type { KubeObject, Pod } from '../kube/types.ts';
import { effectOf, needNamespace, type Effect, type ProfileSelector } from './selector.ts';

/** Pods whose effects are remembered between two questions about one creation. */
const MAX_REMEMBERED = 5000;

/** What effects are found with. */
export interface ProfileEffectsOptions {
  selectors: () => readonly ProfileSelector[];
  /** Asked only when labels of namespaces matter. @returns undefined when there is no such namespace. */
  getNamespace: (name: string) => Promise<KubeObject | undefined>;
}

/** The effects of the profile on single Pods. Reads the namespace of a Pod when a selector asks for its labels. */
export class ProfileEffects {
  readonly #options: ProfileEffectsOptions;
  readonly #annotations = new LRUCache<string, Effect['annotations']>({ max: MAX_REMEMBERED });

  constructor(options: ProfileEffectsOptions) {
    this.#options = options;
  }

  /** @throws KubeApiError when the labels of the namespace matter and cannot be read. */
  async of(pod: Pod): Promise<Effect> {
    const selectors = this.#options.selectors();
    if (selectors.length === 0) return { annotations: {}, labels: {} };
    const namespace = needNamespace(selectors)
      ? await this.#options.getNamespace(pod.metadata?.namespace ?? 'default')
      : undefined;
    return effectOf(selectors, pod, namespace?.metadata?.labels ?? {});
  }

  /**
   * Gives a Pod the annotations that it lacks, as it is about to be created.
   * @throws KubeApiError as {@link of} does.
   */
  async apply(pod: Pod): Promise<Pod> {
    const { annotations } = await this.of(pod);
    const uid = pod.metadata?.uid;
    if (uid !== undefined) this.#annotations.set(uid, annotations);
    return withMissing(pod, annotations);
  }

  /** The Pod as it was when it was last about to be created. */
  asApplied(pod: Pod): Pod {
    return withMissing(pod, this.#annotations.get(pod.metadata?.uid ?? '') ?? {});
  }
}

function withMissing(pod: Pod, annotations: Effect['annotations']): Pod {
  if (Object.keys(annotations).length === 0) return pod;
  return { ...pod, metadata: { ...pod.metadata, annotations: { ...annotations, ...pod.metadata?.annotations } } };
}
