import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { podField, podLocal, type Annotation, type Asked, type Condition } from '../annotation.ts';
import { booleanText } from '../grammars/boolean-text.ts';
import { commaText } from '../grammars/comma-list.ts';
import { mapGrammar } from '../grammars/derive-grammar.ts';
import { matching } from '../grammars/matching.ts';
import { registryHost } from '../grammars/registry-host.ts';
import { resourceId } from '../grammars/resource-id.ts';
import { wholeNumber } from '../grammars/whole-number.ts';

type PodAsked = Asked<CreateContainerGroupRequest>;

const registryHosts = commaText(registryHost, {
  noun: 'registry hosts without scheme, with `:port` exactly where the image reference has one',
});

const bucketOnly: Condition<CreateContainerGroupRequest> = {
  otherwise: 'It has an effect only together with k8s.aliyun.com/eci-data-cache-bucket.',
  met: ({ request }) => request.dataCacheBucket !== undefined,
};

const isMatching = ({ request }: PodAsked): boolean =>
  request.imageSnapshotId === undefined && request.autoMatchImageCache !== false;

const matchingOnly = 'Image caches are not matched: eci-imc-id names one, or eci-auto-imc is false.';

/** Which registries are trusted how, and which caches speed up the pull. */
export const imageAnnotations: readonly Annotation<CreateContainerGroupRequest>[] = [
  podField({
    key: 'k8s.aliyun.com/eci-auto-imc',
    aliases: [{ key: 'k8s.aliyun.com/eci-image-cache' }],
    field: 'autoMatchImageCache',
    mapping: 'documented',
    grammar: booleanText,
    example: 'false',
    default: '`true`',
    notes: 'Always sent, because the default of the API is the opposite.',
    source: 'Use image caches to accelerate the creation of Pods',
    counterpart: 'k8s.aliyun.com/imc-enable-reuse',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-imc-id',
    aliases: [{ key: 'k8s.aliyun.com/eci-image-snapshot-id' }],
    field: 'imageSnapshotId',
    mapping: 'documented',
    grammar: resourceId('imc', 'an image cache id'),
    example: 'imc-bp1a2b3c4d5e6f7g8h9i',
    notes:
      'Beats `eci-auto-imc`. The cache must be Ready. The request field is named after a snapshot, yet takes the id of the cache.',
    source: 'Use image caches to accelerate the creation of Pods',
  }),
  podLocal({
    key: 'k8s.aliyun.com/imc-perfect-match',
    grammar: mapGrammar(booleanText, (imageCachePerfectMatch) => ({ imageCachePerfectMatch })),
    effectiveIf: { otherwise: matchingOnly, met: isMatching },
    behaviour:
      'Image caches are looked up before the Pod is created, and only one that holds every image is used. Without one the Pod is created all the same.',
    example: 'true',
    default: '`false`',
    notes: 'Beats `imc-match-count-request`.',
    source: 'Use image caches to accelerate the creation of Pods',
  }),
  podLocal({
    key: 'k8s.aliyun.com/imc-match-count-request',
    grammar: mapGrammar(wholeNumber({ min: 1, unit: 'images' }), (imageCacheMatchCount) => ({ imageCacheMatchCount })),
    effectiveIf: {
      otherwise: 'It has no effect with imc-perfect-match, with eci-imc-id, or with eci-auto-imc switched off.',
      met: (asked) => isMatching(asked) && asked.local.imageCachePerfectMatch !== true,
    },
    behaviour:
      'Image caches are looked up before the Pod is created, and only one that holds at least so many images is used. Without one the Pod is created all the same.',
    example: '2',
    notes: 'At most the number of images of the Pod.',
    source: 'Use image caches to accelerate the creation of Pods',
  }),
  podField({
    key: 'k8s.aliyun.com/plain-http-registry',
    field: 'plainHttpRegistry',
    mapping: 'documented',
    grammar: registryHosts,
    example: 'harbor.example.com:5000,registry.example.com',
    notes: 'These registries are spoken to over HTTP. None of them gets a password from a role chain: the Pod is held.',
    source: 'Pull images from a self-managed registry',
  }),
  podField({
    key: 'k8s.aliyun.com/insecure-registry',
    field: 'insecureRegistry',
    mapping: 'documented',
    grammar: registryHosts,
    example: 'harbor.example.com',
    notes:
      'The certificates of these registries are not verified. None of them gets a password from a role chain: the Pod is held.',
    source: 'Pull images from a self-managed registry',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-data-cache-bucket',
    field: 'dataCacheBucket',
    mapping: 'documented',
    grammar: matching({
      pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
      description: 'the name of a bucket',
      message: 'Not a bucket name. Write up to 128 letters, digits, hyphens, dots and underscores.',
    }),
    example: 'default',
    notes:
      'Needed to use a DataCache, together with a hostPath volume. The character rule is ours, no rule is documented.',
    source: 'Use a DataCache',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-data-cache-pl',
    field: 'dataCachePL',
    mapping: 'documented',
    grammar: mapGrammar(
      matching({
        pattern: /^PL[0-3]$/i,
        description: 'an ESSD performance level, `PL0` to `PL3`',
        message: 'Not an ESSD performance level. Write PL0, PL1, PL2 or PL3.',
      }),
      (level) => level.toUpperCase(),
    ),
    effectiveIf: bucketOnly,
    example: 'PL1',
    default: '`PL1`',
    source: 'Use a DataCache',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-data-cache-provisionedIops',
    field: 'dataCacheProvisionedIops',
    mapping: 'documented',
    grammar: wholeNumber({ min: 0, max: 50_000, unit: 'IOPS' }),
    effectiveIf: bucketOnly,
    example: '4000',
    notes: 'The service also limits it by the size of the disk. Mind the capital letter in the key.',
    source: 'Use a DataCache',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-data-cache-burstingEnabled',
    field: 'dataCacheBurstingEnabled',
    mapping: 'documented',
    grammar: booleanText,
    effectiveIf: bucketOnly,
    example: 'true',
    notes: 'Mind the capital letter in the key.',
    source: 'Use a DataCache',
  }),
];
