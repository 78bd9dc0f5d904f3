import type { Problem } from '../../annotations/types.ts';
import type { Note } from '../../credentials/types.ts';
import type { Pod } from '../../kube/types.ts';
import type { AdmissionPolicy } from '../types.ts';
import type { AdmissionContext, AdmissionRule } from './admission-rule.ts';
import { containerRules } from './container-rules.ts';
import { podRules } from './pod-rules.ts';
import { volumeRules } from './volume-rules.ts';

/** Longest value that a problem repeats. */
const MAX_VALUE_LENGTH = 128;

/** Every rule about what ECI cannot do, in the order in which problems are told. */
export const admissionRules: readonly AdmissionRule[] = [...podRules, ...containerRules, ...volumeRules];

/** What admission says of a Pod. */
export interface Admission {
  /** Not empty: the Pod is held. */
  problems: Problem[];
  /** Reason of the first problem. */
  reason: AdmissionRule['reason'];
  /** Fields that are ignored or emulated. */
  notes: Note[];
}

/**
 * Detects what can never work before anything is paid for, instead of dropping it silently.
 * @param policies deviations from the table's policies, by rule name.
 */
export function admitPod(
  pod: Pod,
  context: AdmissionContext,
  policies: Readonly<Record<string, AdmissionPolicy>> = {},
): Admission {
  const admission: Admission = { problems: [], reason: 'UnsupportedPodSpec', notes: [] };
  for (const rule of admissionRules) {
    const policy = policies[rule.field] ?? rule.policy;
    if (policy === 'ignore') continue;
    for (const { path, value } of rule.find(pod, context)) {
      if (policy === 'hold') {
        if (admission.problems.length === 0) admission.reason = rule.reason;
        admission.problems.push({ key: path, value: value.slice(0, MAX_VALUE_LENGTH), message: rule.remedy });
      } else {
        const message = `${path} (${value.slice(0, MAX_VALUE_LENGTH)}) ${rule.remedy}`;
        admission.notes.push({ type: 'Warning', reason: rule.reason, message });
      }
    }
  }
  return admission;
}
