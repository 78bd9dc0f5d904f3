import type { ImageCacheObject } from '../../imagecache/types.ts';
import type { Pod } from '../../kube/types.ts';
import { formatPath } from './manifest.ts';
import type { ManifestObject, ManifestProblem } from './manifest.ts';

/** Where each kind keeps its Pod template. Source: Kubernetes API reference, workload resources. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  PodTemplate: ['template'],
};

/** All of them are read from a Pod, so a UID only has to be there and be the same each time. */
const PLANNED_UID = '00000000-0000-0000-0000-000000000000';

/** The prefix of every annotation that the vendor documents. */
const annotationPrefix = 'k8s.aliyun.com/';

/** An object that this program would act on. */
export type Workload = {
  source: ManifestObject;
  /** Kind and name as the user wrote them, `Deployment/web`. */
  title: string;
  /** Where the Pod or ImageCache sits inside the object; empty when it is the object. */
  at: readonly string[];
} & ({ type: 'pod'; pod: Pod } | { type: 'image-cache'; imageCache: ImageCacheObject });

/** What a manifest object is to this program: work, or nothing. Problems and remarks may come with either. */
export interface Extracted {
  workload?: Workload;
  problems: ManifestProblem[];
  warnings: ManifestProblem[];
}

/** Finds the Pod that an object would lead to, or the ImageCache that it is. Other kinds are none of our business. Pure. */
export function extractWorkload(source: ManifestObject): Extracted {
  const { kind, apiVersion } = source.value;
  const metadata = record(source.value['metadata']) ?? {};
  const name = text(metadata['name']) ?? text(metadata['generateName']);
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
    return {
      problems: [problemAt(source, ['kind'], 'the object has no apiVersion or no kind; write both')],
      warnings: [],
    };
  }
  const isImageCache = kind === 'ImageCache' && apiVersion.startsWith('eci.alibabacloud.com/');
  const at = Object.hasOwn(templatePaths, kind) ? templatePaths[kind] : undefined;
  if (kind !== 'Pod' && at === undefined && !isImageCache) return { problems: [], warnings: [] };
  if (name === undefined) {
    return { problems: [problemAt(source, ['metadata', 'name'], 'the object has no name; write one')], warnings: [] };
  }
  const title = `${kind}/${name}`;
  if (isImageCache) {
    const imageCache = { ...source.value, metadata: { ...metadata, name, uid: PLANNED_UID } } as ImageCacheObject;
    return { workload: { source, title, at: [], type: 'image-cache', imageCache }, problems: [], warnings: [] };
  }
  return extractPod(source, { kind, name, title, at: at ?? [], metadata });
}

function extractPod(
  source: ManifestObject,
  owner: {
    kind: string;
    name: string;
    title: string;
    at: readonly string[];
    metadata: Readonly<Record<string, unknown>>;
  },
): Extracted {
  const { kind, name, title, at } = owner;
  const template = at.reduce<unknown>((value, key) => record(value)?.[key], source.value);
  const spec = record(record(template)?.['spec']);
  const containers = spec?.['containers'];
  if (
    !Array.isArray(containers) ||
    containers.length === 0 ||
    !containers.every((item) => record(item) !== undefined)
  ) {
    const problem = problemAt(source, [...at, 'spec', 'containers'], 'list at least one container');
    return { problems: [problem], warnings: [] };
  }
  const templateMetadata = record(record(template)?.['metadata']) ?? {};
  const namespace = text(templateMetadata['namespace']) ?? text(owner.metadata['namespace']) ?? 'default';
  const isTemplate = at.length > 0;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...templateMetadata,
      name,
      namespace,
      uid: PLANNED_UID,
      ...(isTemplate
        ? { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: PLANNED_UID, controller: true }] }
        : {}),
    },
    spec,
  } as Pod;
  const warnings = isTemplate ? misplacedAnnotations(source, owner.metadata, at) : [];
  return { workload: { source, title, at, type: 'pod', pod }, problems: [], warnings };
}

/** The classic mistake: on the workload's own metadata the annotations do nothing, and nobody says so. */
function misplacedAnnotations(
  source: ManifestObject,
  metadata: Readonly<Record<string, unknown>>,
  at: readonly string[],
): ManifestProblem[] {
  return Object.keys(record(metadata['annotations']) ?? {})
    .filter((key) => key.startsWith(annotationPrefix))
    .map((key) => {
      const message = `has no effect here; move it to ${[...at, 'metadata', 'annotations'].join('.')}`;
      return { ...problemAt(source, ['metadata', 'annotations', key], message), key };
    });
}

/** Builds a problem about a field of an object. */
export function problemAt(
  source: ManifestObject,
  path: readonly (string | number)[],
  message: string,
): ManifestProblem {
  const line = source.lineOf(path);
  const { file, document, at } = source;
  return { file, document, key: formatPath([...at, ...path]), message, ...(line === undefined ? {} : { line }) };
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
