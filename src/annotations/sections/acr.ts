import type { CreateContainerGroupRequest, CreateImageCacheRequest } from '../../alibaba/eci-requests.ts';
import type { AnnotationEntry } from '../annotation.ts';
import { acrInstanceIds, acrRoleArns } from '../grammars/acr-lists.ts';

/** The one request member that all three become; it exists on both create requests. */
const field = 'acrRegistryInfo' satisfies keyof CreateContainerGroupRequest & keyof CreateImageCacheRequest;

const source = 'Pull images from ACR without a Secret';

/** Keys of the ACR annotations, for the pairing rule. */
export const acrKeys = {
  instanceIds: 'k8s.aliyun.com/acr-instance-ids',
  /** Older documentation; one id only. */
  instanceId: 'k8s.aliyun.com/acr-instance-id',
  serviceArns: 'k8s.aliyun.com/acr-service-arns',
  userArns: 'k8s.aliyun.com/acr-user-arns',
} as const;

/** Registry instances and roles. These rows only describe: `pairAcrAnnotations` reads the three together. */
export const acrAnnotations: readonly AnnotationEntry[] = [
  {
    key: acrKeys.instanceIds,
    aliases: [{ key: acrKeys.instanceId }],
    objects: ['Pod', 'ImageCache'],
    mapping: 'documented',
    fields: [field],
    grammar: acrInstanceIds,
    example: 'cn-beijing:cri-j36zhodptmyq1a2b',
    notes:
      'Needed for custom domains only. The region in front is split off by inference; without it the region is the node’s own. The old key takes one id.',
    source,
  },
  {
    key: acrKeys.serviceArns,
    objects: ['Pod', 'ImageCache'],
    mapping: 'documented',
    fields: [field],
    grammar: acrRoleArns,
    example: 'acs:ram::1111111111111111:role/acr-test',
    notes: 'Roles of the account that runs the Pod. Optional within one account, where they narrow what may be pulled.',
    source,
  },
  {
    key: acrKeys.userArns,
    objects: ['Pod', 'ImageCache'],
    mapping: 'documented',
    fields: [field],
    grammar: acrRoleArns,
    example: 'acs:ram::2222222222222222:role/role-acr',
    notes: 'Roles of the account that owns the registry, for pulls across accounts. Only together with service ARNs.',
    source,
  },
];
