import type { OptionDetails } from './option.ts';

const ENVIRONMENT_PREFIX = 'ECI_KUBELET_';

/** @returns the flag with its dashes, `--pod-workers`. */
export function flagOf(option: Pick<OptionDetails, 'name'>): string {
  return `--${option.name}`;
}

/** @returns our own environment name, `ECI_KUBELET_POD_WORKERS`. */
export function environmentOf(option: Pick<OptionDetails, 'name'>): string {
  return ENVIRONMENT_PREFIX + option.name.replaceAll('-', '_').toUpperCase();
}

/** @returns the key in the configuration file, `podWorkers`. */
export function fileKeyOf(option: Pick<OptionDetails, 'name'>): string {
  return option.name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Tells a variable that Kubernetes makes for a Service called `eci-kubelet` (`ECI_KUBELET_SERVICE_HOST`, `ECI_KUBELET_PORT`)
 * from one that somebody set for this program. Without the difference, exposing the program by a Service would stop it.
 */
export function isOwnVariable(name: string): boolean {
  return (
    name.startsWith(ENVIRONMENT_PREFIX) && !/_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT(_\d+_.*)?$/.test(name)
  );
}
