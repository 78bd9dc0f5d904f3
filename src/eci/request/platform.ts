import type { CreateContainerGroupRequest } from '../../alibaba/eci-types.ts';
import type { Pod } from '../../kube/types.ts';

const ARCH_LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];
const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];

/** Reads processor architecture and operating system from the node selector; the service's defaults are AMD64 and Linux. */
export function translatePlatform(pod: Pod): Pick<CreateContainerGroupRequest, 'cpuArchitecture' | 'osType'> {
  const selected = (labels: readonly string[]) =>
    labels.map((label) => pod.spec?.nodeSelector?.[label]).find((value) => value !== undefined);
  const windows = pod.spec?.os?.name === 'windows' || selected(OS_LABELS) === 'windows';
  return {
    ...(selected(ARCH_LABELS) === 'arm64' ? { cpuArchitecture: 'ARM64' } : {}),
    ...(windows ? { osType: 'Windows' } : {}),
  };
}
