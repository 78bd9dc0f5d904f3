import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import type { Asked } from '../annotation.ts';
import type { CombinationRule } from '../combination-rule.ts';
import { instanceSpecKind } from '../grammars/instance-specs.ts';

/** Facts about a Pod that decide whether its annotations fit. What is absent is not checked. */
export interface PodContext {
  /** Distinct images of all containers. */
  imageCount?: number;
  /** From the node selector. */
  cpuArchitecture?: 'AMD64' | 'ARM64';
  /** vCPU that the containers ask for together. */
  cpuCores?: number;
}

type PodAsked = Asked<CreateContainerGroupRequest>;

/** Spot instances start at so many vCPU. Source: ECI help centre, create preemptible instances. */
const leastSpotCores = 2;

const specsOf = ({ request }: PodAsked): string[] => request.instanceType?.split(',') ?? [];

const hasSmallSpec = (asked: PodAsked): boolean =>
  specsOf(asked).some((spec) => /^\d/.test(spec) && Number.parseFloat(spec) < leastSpotCores);

/** Annotations of Pods that contradict one another. */
export const podRules: readonly CombinationRule<CreateContainerGroupRequest, PodContext>[] = [
  {
    key: 'k8s.aliyun.com/eci-spot-strategy',
    message: 'SpotWithPriceLimit needs a price. Add k8s.aliyun.com/eci-spot-price-limit, or use SpotAsPriceGo.',
    violated: ({ has, request }) =>
      request.spotStrategy === 'SpotWithPriceLimit' && !has('k8s.aliyun.com/eci-spot-price-limit'),
  },
  {
    key: 'k8s.aliyun.com/eci-spot-strategy',
    message:
      'Spot instances have at least 2 vCPU. Raise the smaller sizes in k8s.aliyun.com/eci-use-specs, or the limits of the containers.',
    violated: (asked, { cpuCores }) =>
      asked.request.spotStrategy !== undefined &&
      (hasSmallSpec(asked) ||
        (!asked.has('k8s.aliyun.com/eci-use-specs') && cpuCores !== undefined && cpuCores < leastSpotCores)),
  },
  {
    key: 'k8s.aliyun.com/eci-compute-category',
    message: 'A compute category cannot be a spot instance. Remove it or k8s.aliyun.com/eci-spot-strategy.',
    violated: ({ request }) => request.computeCategory !== undefined && request.spotStrategy !== undefined,
  },
  {
    key: 'k8s.aliyun.com/eci-compute-category',
    message: 'Compute categories exist for x86 only. Remove it, or the Arm node selector and Arm types.',
    violated: (asked, { cpuArchitecture }) =>
      asked.request.computeCategory !== undefined &&
      (cpuArchitecture === 'ARM64' || specsOf(asked).some((spec) => instanceSpecKind(spec) === 'arm')),
  },
  {
    key: 'k8s.aliyun.com/eci-compute-category',
    message: 'A compute category cannot be combined with instance families or generations. Keep one of them.',
    violated: ({ has, request }) =>
      request.computeCategory !== undefined &&
      (has('k8s.aliyun.com/eci-instance-family') || has('k8s.aliyun.com/eci-instance-generation')),
  },
  {
    key: 'k8s.aliyun.com/eci-eip-instanceid',
    message: 'A Pod has one EIP. Remove it, or k8s.aliyun.com/eci-with-eip, which would create another.',
    violated: ({ request }) => request.eipInstanceId !== undefined && request.autoCreateEip === true,
  },
  {
    key: 'k8s.aliyun.com/imc-match-count-request',
    message: 'The Pod has fewer images than that. Lower the number, or use k8s.aliyun.com/imc-perfect-match.',
    violated: ({ local }, { imageCount }) =>
      imageCount !== undefined && local.imageCacheMatchCount !== undefined && local.imageCacheMatchCount > imageCount,
  },
  {
    key: 'k8s.aliyun.com/pod-fail-on-create-err',
    message:
      'It contradicts k8s.aliyun.com/eci-reschedule-enable: "true". Replace both by k8s.aliyun.com/eci-fail-strategy.',
    violated: ({ has, effectOf }) =>
      !has('k8s.aliyun.com/eci-fail-strategy') &&
      effectOf('k8s.aliyun.com/eci-reschedule-enable')?.local?.failStrategy !== undefined &&
      effectOf('k8s.aliyun.com/pod-fail-on-create-err')?.local?.failStrategy !== undefined,
  },
];
