import type { Config } from '../config/options.ts';
import type { AdmissionPolicy } from '../eci/types.ts';

/** Picks what becomes of fields that ECI does not have. The table of options has checked the values; the type of a map of texts cannot say so. */
export function admissionPolicies({ unsupportedFieldPolicies }: Config): Record<string, AdmissionPolicy> {
  return Object.fromEntries(
    Object.entries(unsupportedFieldPolicies).flatMap(([field, policy]) =>
      policy === 'hold' || policy === 'warn' || policy === 'ignore' ? [[field, policy]] : [],
    ),
  );
}
