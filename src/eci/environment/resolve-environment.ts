import type { EnvironmentVar } from '../../alibaba/eci-requests.ts';
import type { Container, Pod } from '../../kube/types.ts';
import { revealText, Secret } from '../../secret.ts';
import type { Text } from '../../secret.ts';
import { resolveFieldReference } from '../downward-api/field-reference.ts';
import type { FieldContext } from '../downward-api/field-reference.ts';
import { resolveResourceField } from '../downward-api/resource-field.ts';
import type { GroupCapacity } from '../downward-api/resource-field.ts';
import { findData, findKey } from '../references/find-data.ts';
import type { Findings } from '../references/findings.ts';
import type { References } from '../references/references.ts';
import { expandReferences } from './expand-references.ts';
import { isApiServerVariable } from './service-variables.ts';
import { isKubernetesVariableName, isSupportedVariableName } from './variable-names.ts';

/** Variables of one container. Source: ECI API metadata, Container.N.EnvironmentVar. */
const MAX_VARIABLES = 240;

/**
 * What references in one container may add up to, in characters. Far beyond what a request holds: values that refer to values
 * double each time, and a few dozen of them would fill the memory of this process.
 */
const MAX_EXPANDED_LENGTH = 262_144;

/** The environment of one container, and the expansion that goes with it. */
export interface ContainerEnvironment {
  variables: EnvironmentVar[];
  /** Some value comes from a Secret: the service is told to hide them all. */
  hide: boolean;
  /** Expands `$(NAME)` in a command, an argument or a `subPathExpr` with the finished environment. */
  expand: (text: string) => Expanded;
}

/** A text after expansion. */
export interface Expanded {
  /** Wrapped when a Secret's value went into it. */
  text: Text;
  /** Names that could not be resolved and stayed as they were. */
  unresolved: readonly string[];
}

/** Everything that an environment is a function of. */
export interface EnvironmentInput {
  pod: Pod;
  container: Container;
  /** Field path of the container, for problems. */
  path: string;
  references: References;
  /** Variables of Services; those of the container win over them. */
  services: ReadonlyMap<string, string>;
  fields: FieldContext;
  capacity: GroupCapacity;
  findings: Findings;
}

/**
 * Resolves the environment of one container by kubelet's rules: `envFrom` in its order, then `env`, where each value may refer to
 * what came before; a later definition of a name replaces an earlier one; Services last. `status.podIP` passes through to the service,
 * so that references to such a variable stay verbatim.
 * Source: Kubernetes documentation, define dependent environment variables. Deviations: names that ECI does not take are left out.
 */
export function resolveEnvironment(input: EnvironmentInput): ContainerEnvironment {
  const environment = new Environment(input);
  for (const index of (input.container.envFrom ?? []).keys()) environment.addSource(index);
  for (const index of (input.container.env ?? []).keys()) environment.addVariable(index);
  return environment.finish();
}

class Environment {
  readonly #input: EnvironmentInput;
  /** In the order of first definition. Undefined stands for the Pod's address, which only the service knows. */
  readonly #values = new Map<string, Text | undefined>();
  #expandable = MAX_EXPANDED_LENGTH;

  constructor(input: EnvironmentInput) {
    this.#input = input;
  }

  addSource(index: number): void {
    const { pod, container, references, findings } = this.#input;
    const { configMapRef, secretRef, prefix = '' } = container.envFrom?.[index] ?? {};
    const source = configMapRef ?? secretRef;
    if (source === undefined) return;
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    const [namespace, name] = [pod.metadata?.namespace ?? '', source.name ?? ''];
    const entries = findData(references, { kind, namespace, name, optional: source.optional === true }, findings);
    const invalid: string[] = [];
    const notText: string[] = [];
    for (const [key, { variable }] of [...(entries ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const variableName = `${prefix}${key}`;
      if (variable.kind === 'binary') continue;
      if (!isSupportedVariableName(variableName)) invalid.push(variableName);
      if (variable.kind === 'not-text') notText.push(variableName);
      else if (isKubernetesVariableName(variableName)) this.#values.set(variableName, variable.text);
    }
    const object = `${kind} ${namespace}/${name}`;
    if (invalid.length > 0) {
      findings.note({
        type: 'Warning',
        reason: 'InvalidEnvironmentVariableNames',
        message: `Keys [${invalid.join(', ')}] of ${object} are left out: ECI takes letters, digits and underscores, at most 128`,
      });
    }
    if (notText.length > 0) {
      findings.note({
        type: 'Warning',
        reason: 'InvalidEnvironmentVariableValues',
        message: `Keys [${notText.join(', ')}] of ${object} are left out: their values are not UTF-8 text; mount them as files`,
      });
    }
  }

  addVariable(index: number): void {
    const { container } = this.#input;
    const variable = container.env?.[index];
    if (variable === undefined) return;
    const { name, value, valueFrom } = variable;
    // An empty value is a variable that is set to nothing, not one that is missing.
    if (valueFrom === undefined || (value ?? '') !== '') this.#values.set(name, this.#expand(value ?? '').text);
    else if (valueFrom.fieldRef !== undefined) this.#addField(name, valueFrom.fieldRef.fieldPath);
    else if (valueFrom.resourceFieldRef !== undefined) this.#addResource(name, index);
    else this.#addKey(name, index);
  }

  finish(): ContainerEnvironment {
    const own = [...this.#values].flatMap(([key, value]): EnvironmentVar[] =>
      isSupportedVariableName(key)
        ? [value === undefined ? { key, fieldRef: { fieldPath: 'status.podIP' } } : { key, value }]
        : [],
    );
    const variables = [...own, ...this.#fittingServices(own.length)];
    return {
      variables,
      hide: own.some(({ value }) => value instanceof Secret),
      expand: (text) => this.#expand(text),
    };
  }

  #addField(name: string, fieldPath: string): void {
    const { pod, fields } = this.#input;
    const resolved = resolveFieldReference(pod, fieldPath, fields);
    // Admission holds Pods with paths that nobody supports.
    if (resolved.kind !== 'unsupported') this.#values.set(name, resolved.kind === 'value' ? resolved.value : undefined);
  }

  #addResource(name: string, index: number): void {
    const { pod, container, path, capacity, findings } = this.#input;
    const field = container.env?.[index]?.valueFrom?.resourceFieldRef;
    if (field === undefined) return;
    const value = resolveResourceField(pod, field, { own: container, capacity });
    if (value !== undefined) this.#values.set(name, value);
    else {
      findings.problem({
        key: `${path}.env[${index}].valueFrom.resourceFieldRef`,
        value: `${field.containerName ?? container.name} ${field.resource}`,
        message: 'names a container that the Pod does not have, or an unknown resource; correct the name',
      });
    }
  }

  /** A key that is missing leaves what an earlier source said of the name. */
  #addKey(name: string, index: number): void {
    const { pod, container, path, references, findings } = this.#input;
    const { configMapKeyRef, secretKeyRef } = container.env?.[index]?.valueFrom ?? {};
    const reference = configMapKeyRef ?? secretKeyRef;
    if (reference === undefined) return;
    const kind = configMapKeyRef === undefined ? 'Secret' : 'ConfigMap';
    const entry = findKey(
      references,
      {
        kind,
        namespace: pod.metadata?.namespace ?? '',
        name: reference.name ?? '',
        key: reference.key,
        optional: reference.optional === true,
      },
      { findings, accepts: ({ variable }) => variable.kind !== 'binary' },
    );
    if (entry?.variable.kind === 'text') this.#values.set(name, entry.variable.text);
    if (entry?.variable.kind !== 'not-text') return;
    findings.problem({
      key: `${path}.env[${index}].valueFrom.secretKeyRef`,
      value: `${reference.name ?? ''} ${reference.key}`,
      message: 'is not UTF-8 text, and ECI takes only text as a variable; mount the Secret as a file',
    });
  }

  #expand(text: string): Expanded {
    const { services, path, findings } = this.#input;
    const unresolved: string[] = [];
    let secret = false;
    const expanded = expandReferences(text, (name) => {
      const known = this.#values.has(name) ? this.#values.get(name) : services.get(name);
      const value = known === undefined ? undefined : revealText(known);
      this.#expandable -= value?.length ?? 0;
      if (value === undefined || this.#expandable < 0) {
        unresolved.push(name);
        if (value !== undefined) findings.problem(tooLong(path));
        return undefined;
      }
      secret ||= known instanceof Secret;
      return value;
    });
    return { text: secret ? new Secret(expanded) : expanded, unresolved };
  }

  /** Variables of Services as far as there is room: all of them, or only the API server's, or none. */
  #fittingServices(taken: number): EnvironmentVar[] {
    const { path, services, findings } = this.#input;
    const remaining = [...services].filter(([name]) => !this.#values.has(name) && isSupportedVariableName(name));
    const candidates = [remaining, remaining.filter(([name]) => isApiServerVariable(name)), []];
    const fitting = candidates.find((list) => taken + list.length <= MAX_VARIABLES);
    if (fitting === undefined) {
      findings.problem({
        key: `${path}.env`,
        value: `${taken} variables`,
        message: `a container can have at most ${MAX_VARIABLES} environment variables; mount some as files`,
      });
    } else if (fitting.length < remaining.length) {
      findings.note({
        type: 'Warning',
        reason: 'ServiceVariablesLeftOut',
        message:
          `${path}: ${remaining.length - fitting.length} variables of Services are left out: with them there would be ` +
          `${taken + remaining.length}, and ECI takes ${MAX_VARIABLES}; set enableServiceLinks: false, or look up Services by DNS`,
      });
    }
    return (fitting ?? []).map(([key, value]) => ({ key, value }));
  }
}

function tooLong(path: string): { key: string; value: string; message: string } {
  return {
    key: `${path}.env`,
    value: `more than ${MAX_EXPANDED_LENGTH} characters`,
    message: 'is what references to variables in this container add up to; refer to fewer or shorter ones',
  };
}
