import type { Problem } from '../../annotations/types.ts';
import type { Config } from '../../config/options.ts';
import { ignoredAnnotations } from './ignored-annotations.ts';
import type { ManifestProblem } from './manifest.ts';
import type { ObjectPlan } from './object-plan.ts';
import { planImageCache } from './plan-image-cache.ts';
import { planPod } from './plan-pod.ts';
import { problemAt } from './workload.ts';
import type { Workload } from './workload.ts';

/** A plan, or what stands against it. */
export interface Planned {
  plan?: Omit<ObjectPlan, 'object' | 'file' | 'document'>;
  problems: Problem[];
  warnings: Problem[];
}

/** A plan with its place in the manifests, and problems in the words of the manifest. */
export interface WorkloadPlan {
  plan?: ObjectPlan;
  problems: ManifestProblem[];
  warnings: ManifestProblem[];
}

/** Plans one workload. Pure; calls nothing. */
export function planWorkload(workload: Workload, config: Config): WorkloadPlan {
  const { source, title } = workload;
  const planned = workload.type === 'pod' ? planPod(workload.pod, config) : planImageCache(workload.imageCache, config);
  const place = { object: title, file: source.file, document: source.document };
  return {
    ...(planned.plan === undefined ? {} : { plan: { ...place, ...planned.plan } }),
    problems: planned.problems.map((problem) => locate(problem, workload)),
    warnings: [...ignored(workload), ...planned.warnings].map((problem) => locate(problem, workload)),
  };
}

function ignored(workload: Workload): Problem[] {
  return workload.type === 'pod'
    ? ignoredAnnotations('Pod', workload.pod.metadata?.annotations ?? {})
    : ignoredAnnotations('ImageCache', workload.imageCache.metadata?.annotations ?? {});
}

/** Says a problem of the Pod where the user wrote it: in a template, the field is deeper. */
function locate(problem: Problem, { source, at }: Workload): ManifestProblem {
  const message = problem.value === '' ? problem.message : `"${problem.value}": ${problem.message}`;
  if (/^(spec|metadata)\b/.test(problem.key)) {
    return problemAt(source, [...at, ...fieldPath(problem.key)], message);
  }
  return { ...problemAt(source, [...at, 'metadata', 'annotations', problem.key], message), key: problem.key };
}

/** `spec.containers[0].image` as keys and positions. */
function fieldPath(path: string): (string | number)[] {
  return path.split(/[.[\]]+/).flatMap((part) => (part === '' ? [] : [/^\d+$/.test(part) ? Number(part) : part]));
}
