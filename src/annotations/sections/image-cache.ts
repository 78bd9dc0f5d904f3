import type { CreateImageCacheRequest } from '../../alibaba/eci-requests.ts';
import { imageCacheField, unsupported, type Annotation, type Condition, type UnsupportedRow } from '../annotation.ts';
import { booleanText } from '../grammars/boolean-text.ts';
import { commaText } from '../grammars/comma-list.ts';
import { mapGrammar } from '../grammars/derive-grammar.ts';
import { oneOf } from '../grammars/one-of.ts';
import { registryHost } from '../grammars/registry-host.ts';
import { resourceId } from '../grammars/resource-id.ts';
import { wholeNumber } from '../grammars/whole-number.ts';

const source = 'ImageCache annotations';

const registryHosts = commaText(registryHost, {
  noun: 'registry hosts without scheme, with `:port` exactly where the image reference has one',
});

const autoCreateEip = 'k8s.aliyun.com/auto-create-eip';

/** The companions of auto-create-eip. */
const newEipOnly: Condition<CreateImageCacheRequest> = {
  otherwise: 'It has an effect only with k8s.aliyun.com/auto-create-eip, which cannot be had here.',
  met: ({ effectOf }) => effectOf(autoCreateEip)?.refusal !== undefined,
};

function companion<T>(
  row: Pick<UnsupportedRow<CreateImageCacheRequest, T>, 'key' | 'grammar' | 'example'>,
): Annotation<CreateImageCacheRequest> {
  return unsupported({
    ...row,
    objects: ['ImageCache'],
    effectiveIf: newEipOnly,
    behaviour: 'CreateImageCache cannot create an EIP. Create one and name it in k8s.aliyun.com/eip-instance-id.',
    source,
  });
}

/** How an image cache is made. Its ACR annotations are in the section of their own. */
export const imageCacheAnnotations: readonly Annotation<CreateImageCacheRequest>[] = [
  imageCacheField({
    key: 'k8s.aliyun.com/vswitch-ids',
    field: 'vSwitchId',
    mapping: 'inferred',
    grammar: commaText(resourceId('vsw', 'a vSwitch id'), { noun: 'vSwitch ids, `vsw-…`', max: 10 }),
    example: 'vsw-bp1a2b3c4d5e6f7g8h9i0',
    default: 'the configured vSwitches',
    source,
    counterpart: 'k8s.aliyun.com/eci-vswitch',
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/security-group-id',
    field: 'securityGroupId',
    mapping: 'inferred',
    grammar: resourceId('sg', 'a security group id'),
    example: 'sg-bp1a2b3c4d5e6f7g8h9i',
    default: 'the configured security group',
    source,
    counterpart: 'k8s.aliyun.com/eci-security-group',
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/resource-group-id',
    field: 'resourceGroupId',
    mapping: 'inferred',
    grammar: resourceId('rg', 'a resource group id'),
    example: 'rg-acfm1a2b3c4d5e6',
    default: 'the configured resource group',
    source,
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/plain-http-registry',
    field: 'plainHttpRegistry',
    mapping: 'documented',
    grammar: registryHosts,
    example: 'harbor.example.com:5000',
    source,
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/insecure-registry',
    field: 'insecureRegistry',
    mapping: 'documented',
    grammar: registryHosts,
    example: 'harbor.example.com',
    source,
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/imc-enable-reuse',
    field: 'autoMatchImageCache',
    mapping: 'documented',
    grammar: booleanText,
    example: 'true',
    default: '`false`',
    notes: 'Layers of existing caches are used again. The request field has another meaning here than on a Pod.',
    source,
    counterpart: 'k8s.aliyun.com/eci-auto-imc',
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/imc-enable-flash',
    field: 'flash',
    mapping: 'documented',
    grammar: booleanText,
    example: 'true',
    default: '`false`',
    notes: 'A local snapshot serves until the standard one is finished.',
    source,
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/imc-retention-days',
    field: 'retentionDays',
    mapping: 'inferred',
    grammar: wholeNumber({ min: 1, max: 65_536, unit: 'days' }),
    example: '7',
    default: 'kept for ever',
    notes: '`spec.retentionDays` wins.',
    source,
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/imc-size',
    field: 'imageCacheSize',
    mapping: 'inferred',
    grammar: wholeNumber({ min: 20, max: 32_768, unit: 'GiB' }),
    example: '25',
    default: '`20`',
    notes: '`spec.imageCacheSize` wins.',
    source,
  }),
  unsupported({
    key: 'k8s.aliyun.com/imc-cpu-arch',
    objects: ['ImageCache'],
    grammar: oneOf(['amd64', 'arm64']),
    isDefault: (architecture) => architecture === 'amd64',
    behaviour:
      'CreateImageCache has no field for the architecture, so only amd64 caches can be made. Remove it and let Arm Pods pull without a cache.',
    example: 'amd64',
    default: '`amd64`',
    notes: '`amd64` is accepted, because that is what happens.',
    source,
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/imc-os-type',
    field: 'osType',
    mapping: 'inferred',
    grammar: mapGrammar(oneOf(['linux', 'windows']), (os) => (os === 'linux' ? 'Linux' : 'Windows')),
    example: 'linux',
    default: '`linux`',
    source,
  }),
  imageCacheField({
    key: 'k8s.aliyun.com/eip-instance-id',
    field: 'eipInstanceId',
    mapping: 'inferred',
    grammar: resourceId('eip', 'an EIP id'),
    example: 'eip-bp1a2b3c4d5e6f7g8h9i0',
    notes: 'For images of public registries, where the vSwitch has no NAT gateway.',
    source,
    counterpart: 'k8s.aliyun.com/eci-eip-instanceid',
  }),
  unsupported({
    key: autoCreateEip,
    objects: ['ImageCache'],
    grammar: booleanText,
    isDefault: (create) => !create,
    behaviour:
      'CreateImageCache cannot create an EIP. Create one and name it in k8s.aliyun.com/eip-instance-id, or give the vSwitch a NAT gateway.',
    example: 'false',
    default: '`false`',
    notes: '`false` is accepted, because that is what happens.',
    source,
    counterpart: 'k8s.aliyun.com/eci-with-eip',
  }),
  companion({ key: 'k8s.aliyun.com/eip-bandwidth', grammar: wholeNumber({ min: 1, unit: 'Mbit/s' }), example: '10' }),
  companion({
    key: 'k8s.aliyun.com/eip-internet-charge-type',
    grammar: oneOf(['PayByBandwidth', 'PayByTraffic']),
    example: 'PayByTraffic',
  }),
  companion({ key: 'k8s.aliyun.com/eip-isp', grammar: oneOf(['BGP', 'BGP_PRO']), example: 'BGP' }),
  companion({
    key: 'k8s.aliyun.com/eip-common-bandwidth-package-id',
    grammar: resourceId('cbwp', 'the id of an Internet shared bandwidth'),
    example: 'cbwp-bp1a2b3c4d5e6f7g8h9i0',
  }),
];
