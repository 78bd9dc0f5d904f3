/** Names that the service takes; Kubernetes allows more. Source: ECI API reference, Container.N.EnvironmentVar.N.Key. */
const ECI_NAME = /^[A-Za-z_][0-9A-Za-z_]{0,127}$/;

/** Names that every version of Kubernetes takes as keys of `envFrom`. Source: Kubernetes API reference, EnvVar v1 core. */
const KUBERNETES_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/** Tells whether the service takes a variable of this name; others are left out. */
export function isSupportedVariableName(name: string): boolean {
  return ECI_NAME.test(name);
}

/** Tells whether kubelet would make a variable of this name, to which values could refer even where ECI does not take it. */
export function isKubernetesVariableName(name: string): boolean {
  return KUBERNETES_NAME.test(name) && name !== '.' && !name.startsWith('..');
}
