import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import type { Pod } from '../../kube/types.ts';
import type { Architecture } from '../types.ts';

const ARCH_LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];
const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];

/**
 * Reads processor architecture and operating system from the node selector; the service's defaults are AMD64 and Linux.
 * @param architecture of the node, for Pods that name none.
 */
export function translatePlatform(
  pod: Pod,
  architecture: Architecture = 'amd64',
): Pick<CreateContainerGroupRequest, 'cpuArchitecture' | 'osType'> {
  const selected = (labels: readonly string[]) =>
    labels.map((label) => pod.spec?.nodeSelector?.[label]).find((value) => value !== undefined);
  const windows = pod.spec?.os?.name === 'windows' || selected(OS_LABELS) === 'windows';
  return {
    ...((selected(ARCH_LABELS) ?? architecture) === 'arm64' ? { cpuArchitecture: 'ARM64' } : {}),
    ...(windows ? { osType: 'Windows' } : {}),
  };
}
