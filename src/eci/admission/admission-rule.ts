import type { Container, Pod, Probe, Volume } from '../../kube/types.ts';
import type { AdmissionPolicy } from '../types.ts';

/** One place in a Pod where a rule applies. */
export interface Finding {
  /** Field path, for example `spec.containers[0].securityContext.privileged`. */
  path: string;
  value: string;
}

/** What a rule may look at besides the Pod. */
export interface AdmissionContext {
  /** The Pod names a data cache, which is what makes a `hostPath` volume work. */
  dataCache: boolean;
}

/** One row of the admission table. */
export interface AdmissionRule {
  /** Name of the rule in the configuration of policies. */
  field: string;
  policy: AdmissionPolicy;
  reason: 'UnsupportedPodSpec' | 'DaemonSetNotSupported';
  /** Why ECI cannot do it and what to do, one clause that follows the field path. */
  remedy: string;
  find: (pod: Pod, context: AdmissionContext) => Finding[];
}

/** One row whose reason is `UnsupportedPodSpec`, which nearly all are. */
export function rule(
  field: string,
  policy: AdmissionPolicy,
  remedy: string,
  find: AdmissionRule['find'],
): AdmissionRule {
  return { field, policy, remedy, find, reason: 'UnsupportedPodSpec' };
}

/** Finds at most one place: a field of the Pod, when `value` is set. */
export function at(path: string, value: string | number | boolean | object | undefined): Finding[] {
  if (value === undefined || value === false) return [];
  return [{ path, value: typeof value === 'object' ? JSON.stringify(value) : String(value) }];
}

/** Applies `find` to every container, init containers included, with its field path. */
export function inContainers(
  pod: Pod,
  find: (container: Container, path: string, init: boolean) => Finding[],
): Finding[] {
  const { initContainers = [], containers = [] } = pod.spec ?? {};
  return [
    ...initContainers.flatMap((container, index) => find(container, `spec.initContainers[${index}]`, true)),
    ...containers.flatMap((container, index) => find(container, `spec.containers[${index}]`, false)),
  ];
}

/** Applies `find` to every probe of every container. */
export function inProbes(pod: Pod, find: (probe: Probe, path: string, container: Container) => Finding[]): Finding[] {
  return inContainers(pod, (container, path) =>
    (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name) => {
      const probe = container[name];
      return probe === undefined ? [] : find(probe, `${path}.${name}`, container);
    }),
  );
}

/** Applies `find` to every volume with its field path. */
export function inVolumes(pod: Pod, find: (volume: Volume, path: string) => Finding[]): Finding[] {
  return (pod.spec?.volumes ?? []).flatMap((volume, index) => find(volume, `spec.volumes[${index}]`));
}
