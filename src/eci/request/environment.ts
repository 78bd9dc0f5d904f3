import type { EnvironmentVar } from '../../alibaba/eci-requests.ts';
import type { Container, Pod } from '../../kube/types.ts';
import { expandReferences } from './expand-references.ts';
import { resolveFieldReference, type FieldContext } from './field-reference.ts';

/** Names that the service takes; Kubernetes allows more. Source: ECI API reference, Container.N.EnvironmentVar.N.Key. */
const ECI_NAME = /^[A-Za-z_][0-9A-Za-z_]{0,127}$/;

/**
 * What references in one container may add up to, in characters; further ones stay verbatim. Far beyond what a request holds:
 * values that refer to values double each time, and a few dozen of them would fill the memory of this process.
 */
const MAX_EXPANDED_LENGTH = 262_144;

/** The environment of one container, and the expansion that goes with it. */
export interface ContainerEnvironment {
  variables: EnvironmentVar[];
  /** Expands `$(NAME)` in a command, an argument or a `subPathExpr` with the finished environment. */
  expand: (text: string) => string;
}

/** Tells whether the service takes a variable of this name; others are left out. */
export function isSupportedVariableName(name: string): boolean {
  return ECI_NAME.test(name);
}

/**
 * Resolves the environment of one container in kubelet's order: each value may refer to variables defined before it, and a
 * later definition of a name replaces an earlier one. `status.podIP` passes through to the service, so references to such
 * a variable stay verbatim. Sources outside the Pod (ConfigMaps, Secrets) are not read here; admission holds Pods that use them.
 */
export function resolveEnvironment(pod: Pod, container: Container, context: FieldContext): ContainerEnvironment {
  const variables = new Map<string, EnvironmentVar>();
  const values = new Map<string, string>();
  let expandable = MAX_EXPANDED_LENGTH;
  const lookup = (name: string): string | undefined => {
    const known = values.get(name);
    expandable -= known?.length ?? 0;
    return expandable < 0 ? undefined : known;
  };
  const expand = (text: string) => expandReferences(text, lookup);
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) {
      const resolved = resolveFieldReference(pod, valueFrom.fieldRef.fieldPath, context);
      if (resolved.kind === 'value') {
        values.set(name, resolved.value);
        variables.set(name, { key: name, value: resolved.value });
      } else if (resolved.kind === 'pod-ip') {
        values.delete(name);
        variables.set(name, { key: name, fieldRef: { fieldPath: 'status.podIP' } });
      }
    } else if (valueFrom === undefined) {
      // An empty value is a variable that is set to nothing, not one that is missing.
      const expanded = expand(value ?? '');
      values.set(name, expanded);
      variables.set(name, { key: name, value: expanded });
    }
  }
  return { variables: [...variables.values()].filter(({ key }) => isSupportedVariableName(key)), expand };
}
