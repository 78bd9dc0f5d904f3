import type { CreateContainerGroupRequest, CreateImageCacheRequest } from '../alibaba/eci-requests.ts';
import type { AcrEntry } from '../credentials/types.ts';

/** Something wrong with an object, said so that a person can repair it. Problems are collected, never thrown one at a time. */
export interface Problem {
  /** Annotation key with prefix, or a field path such as `spec.containers[0].image`. */
  key: string;
  /** The offending value, cut to 128 characters. */
  value: string;
  /** What is wrong and what to do, without repeating key and value. */
  message: string;
}

/** What a Pod's annotations ask for. Read once, when the container group is created. */
export interface PodIntent {
  acrEntries: AcrEntry[];
  /** Fields of the create request, ready to be merged over the defaults. */
  request: Partial<CreateContainerGroupRequest>;
  /** Behaviour of this program, never sent. */
  local: {
    failStrategy: 'fail-back' | 'fail-fast';
    spotFallback: boolean;
    evictionEnable: boolean;
    waitClusterIpReady: boolean;
    /** imc-perfect-match and imc-match-count-request need a lookup of image caches before the create. */
    imageCachePerfectMatch: boolean;
    imageCacheMatchCount?: number;
  };
  /** Harmless remarks: an alias that was overruled, a value that is ignored in this combination. */
  warnings: Problem[];
}

/** What an ImageCache's annotations ask for. */
export interface ImageCacheIntent {
  acrEntries: AcrEntry[];
  request: Partial<CreateImageCacheRequest>;
  warnings: Problem[];
}

/** What came of reading the annotations of an object: everything that they ask for, or everything that is wrong with them. */
export type Parsed<T> = { ok: true; intent: T } | { ok: false; problems: Problem[] };
