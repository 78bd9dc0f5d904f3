import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { podField, podLocal, unsupported, type Annotation, type Condition } from '../annotation.ts';
import { booleanText } from '../grammars/boolean-text.ts';
import { commaList, commaText } from '../grammars/comma-list.ts';
import { decimalPrice } from '../grammars/decimal-price.ts';
import { mapGrammar } from '../grammars/derive-grammar.ts';
import { instanceSpecs } from '../grammars/instance-specs.ts';
import { matching } from '../grammars/matching.ts';
import { oneOf } from '../grammars/one-of.ts';
import { resourceId } from '../grammars/resource-id.ts';
import { wholeNumber } from '../grammars/whole-number.ts';

const spotOnly: Condition<CreateContainerGroupRequest> = {
  otherwise: 'It has an effect only together with k8s.aliyun.com/eci-spot-strategy.',
  met: ({ request }) => request.spotStrategy !== undefined,
};

const ecsTypesWin: Condition<CreateContainerGroupRequest> = {
  otherwise: 'k8s.aliyun.com/eci-use-specs names ECS types, which decide alone.',
  met: ({ request }) => !/(?:^|,)ecs\./.test(request.instanceType ?? ''),
};

const failStrategyWins: Condition<CreateContainerGroupRequest> = {
  otherwise: 'k8s.aliyun.com/eci-fail-strategy is set and decides alone.',
  met: ({ has }) => !has('k8s.aliyun.com/eci-fail-strategy'),
};

const family = matching({
  pattern: /^-?ecs\.[a-z0-9-]+$/,
  description: 'a family',
  message: 'Not an instance family. Write ecs.c6, or -ecs.c6 to exclude it.',
});

const generation = matching({
  pattern: /^-?\d{1,2}$/,
  description: 'a generation',
  message: 'Not a generation. Write a number such as 7, or -7 to exclude it.',
});

/** Where a Pod runs, how large it is and what it costs. */
export const placementAnnotations: readonly Annotation<CreateContainerGroupRequest>[] = [
  podField({
    key: 'k8s.aliyun.com/eci-vswitch',
    field: 'vSwitchId',
    mapping: 'documented',
    grammar: commaText(resourceId('vsw', 'a vSwitch id'), { noun: 'vSwitch ids, `vsw-…`', max: 10 }),
    example: 'vsw-bp1a2b3c4d5e6f7g8h9i0,vsw-bp9i8h7g6f5e4d3c2b1a0',
    default: 'the configured vSwitches',
    notes: 'All in one VPC. Makes the Pod ineligible for disk volumes with `WaitForFirstConsumer`.',
    source: 'Create Pods across zones',
    counterpart: 'k8s.aliyun.com/vswitch-ids',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-schedule-strategy',
    field: 'scheduleStrategy',
    mapping: 'documented',
    grammar: oneOf(['VSwitchOrdered', 'VSwitchRandom']),
    example: 'VSwitchOrdered',
    default: '`VSwitchRandom`',
    notes: 'One vendor page writes `vSwitchOrdered`; any case is accepted and the canonical spelling is sent.',
    source: 'Create Pods across zones',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-use-specs',
    field: 'instanceType',
    mapping: 'documented',
    grammar: instanceSpecs,
    example: '2-4Gi,4-8Gi,ecs.c6.xlarge',
    default: 'the size that follows from the containers',
    notes:
      'Beats the limits and requests of the containers. GPU, local-disk and Arm types (recognised by family name) do not mix with others.',
    source: 'Create Pods with several specifications',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eci-instance-family',
    objects: ['Pod'],
    grammar: commaList(family, { noun: 'families, `ecs.c6` to include or `-ecs.c6` to exclude' }),
    effectiveIf: ecsTypesWin,
    behaviour:
      'CreateContainerGroup has no field for families. List the types in k8s.aliyun.com/eci-use-specs instead: for 2 vCPU and 4 GiB, ecs.c6,ecs.g6 is ecs.c6.large,ecs.g6.large.',
    example: 'ecs.c6,ecs.g6',
    source: 'Include or exclude ECS instance families',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eci-instance-generation',
    objects: ['Pod'],
    grammar: commaList(generation, { noun: 'generations, `7` to include or `-4` to exclude' }),
    effectiveIf: ecsTypesWin,
    behaviour:
      'CreateContainerGroup has no field for generations. List types of the wanted generations in k8s.aliyun.com/eci-use-specs instead.',
    example: '7,6',
    source: 'Include or exclude ECS instance generations',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-compute-category',
    field: 'computeCategory',
    mapping: 'documented',
    grammar: commaList(oneOf(['economy', 'general']), { noun: '`economy` and `general`, in order of preference' }),
    example: 'economy,general',
    source: 'Create Pods by compute category',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-spot-strategy',
    field: 'spotStrategy',
    mapping: 'documented',
    grammar: oneOf(['SpotAsPriceGo', 'SpotWithPriceLimit']),
    example: 'SpotAsPriceGo',
    default: 'not a spot instance',
    source: 'Create preemptible instances',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-spot-price-limit',
    field: 'spotPriceLimit',
    mapping: 'documented',
    grammar: decimalPrice,
    effectiveIf: {
      otherwise: 'It has an effect only with k8s.aliyun.com/eci-spot-strategy: SpotWithPriceLimit.',
      met: ({ request }) => request.spotStrategy === 'SpotWithPriceLimit',
    },
    example: '0.05',
    source: 'Create preemptible instances',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-spot-duration',
    field: 'spotDuration',
    mapping: 'documented',
    grammar: wholeNumber({ min: 0, max: 1, unit: 'hours' }),
    effectiveIf: spotOnly,
    example: '0',
    default: '`1`',
    notes: 'Hours without reclaim; 0 means no protection.',
    source: 'Create preemptible instances',
  }),
  podLocal({
    key: 'k8s.aliyun.com/eci-spot-fallback',
    grammar: mapGrammar(booleanText, (spotFallback) => ({ spotFallback })),
    effectiveIf: spotOnly,
    behaviour: 'When no spot instance is to be had, the Pod is created again as pay-as-you-go.',
    example: 'true',
    default: '`false`',
    source: 'Create preemptible instances',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eci-privatepool-matchcriteria',
    objects: ['Pod'],
    grammar: oneOf(['Open', 'Target']),
    behaviour:
      'CreateContainerGroup has no public field for private pools. Remove it, or run the Pod on a node of the vendor’s own component.',
    example: 'Target',
    source: 'Use the private pool of an elasticity assurance',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eci-privatepool-id',
    objects: ['Pod'],
    grammar: resourceId('eap', 'a private pool id'),
    behaviour:
      'CreateContainerGroup has no public field for private pools. Remove it, or run the Pod on a node of the vendor’s own component.',
    example: 'eap-bp1a2b3c4d5e6f7g8h9i0',
    source: 'Use the private pool of an elasticity assurance',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-gpu-driver-version',
    field: 'gpuDriverVersion',
    mapping: 'documented',
    grammar: matching({
      pattern: /^[a-z][a-z0-9_-]*=\d+(?:\.\d+)*$/,
      description: 'a driver and its major version',
      message: 'Not a driver version. Write driver=version, for example tesla=535.',
    }),
    example: 'tesla=535',
    default: 'chosen by GPU type',
    notes: 'Since 2025-03-17 only the major version counts; older full versions are accepted.',
    source: 'Create GPU-accelerated Pods',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-cpu-option-core',
    field: 'cpuOptionsCore',
    mapping: 'inferred',
    grammar: wholeNumber({ min: 1 }),
    example: '2',
    notes: 'Some ECS types only. From older documentation.',
    source: 'ECI Pod annotations, older edition',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-cpu-option-ht',
    field: 'cpuOptionsThreadsPerCore',
    mapping: 'inferred',
    grammar: wholeNumber({ min: 1 }),
    example: '1',
    notes: 'Threads per core; 1 switches hyper-threading off. Some ECS types only. From older documentation.',
    source: 'ECI Pod annotations, older edition',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-max-pending-minute',
    field: 'maxPendingMinute',
    mapping: 'inferred',
    grammar: wholeNumber({ min: 10, max: 1440, unit: 'minutes' }),
    example: '60',
    default: '`240`',
    source: 'Set the longest pending time of a Pod',
  }),
  podLocal({
    key: 'k8s.aliyun.com/eci-fail-strategy',
    grammar: mapGrammar(oneOf(['fail-back', 'fail-over', 'fail-fast']), (strategy) => ({
      failStrategy: strategy === 'fail-fast' ? ('fail-fast' as const) : ('fail-back' as const),
    })),
    behaviour:
      'After a failed creation, `fail-back` (and `fail-over`, the same) tries again; `fail-fast` does not, and the Pod shows `ProviderFailed`.',
    example: 'fail-fast',
    default: '`fail-back`',
    notes: '`fail-fast` makes the Pod ineligible for disk volumes with `WaitForFirstConsumer`.',
    source: 'Set the failure handling policy of a Pod',
  }),
  podLocal({
    key: 'k8s.aliyun.com/eci-reschedule-enable',
    grammar: mapGrammar(booleanText, (enable) => (enable ? { failStrategy: 'fail-back' as const } : {})),
    effectiveIf: failStrategyWins,
    behaviour: '`true` is `fail-back`; `false` leaves the default.',
    example: 'true',
    notes: 'From older documentation; use `eci-fail-strategy`.',
    source: 'ECI Pod annotations, older edition',
  }),
  podLocal({
    key: 'k8s.aliyun.com/pod-fail-on-create-err',
    grammar: mapGrammar(booleanText, (fail) => (fail ? { failStrategy: 'fail-fast' as const } : {})),
    effectiveIf: failStrategyWins,
    behaviour: '`true` is `fail-fast`; `false` leaves the default.',
    example: 'true',
    notes: 'From older documentation; use `eci-fail-strategy`.',
    source: 'ECI Pod annotations, older edition',
  }),
];
