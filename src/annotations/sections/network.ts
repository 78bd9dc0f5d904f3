import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { podField, podFields, podLocal, unsupported, type Annotation, type Condition } from '../annotation.ts';
import { bandwidth } from '../grammars/bandwidth.ts';
import { booleanText } from '../grammars/boolean-text.ts';
import { commaText } from '../grammars/comma-list.ts';
import { customHosts } from '../grammars/custom-hosts.ts';
import { mapGrammar } from '../grammars/derive-grammar.ts';
import { dnsConfig } from '../grammars/dns-config.ts';
import { ipv4Address } from '../grammars/ip-address.ts';
import { matching } from '../grammars/matching.ts';
import { oneOf } from '../grammars/one-of.ts';
import { resourceId } from '../grammars/resource-id.ts';
import { wholeNumber } from '../grammars/whole-number.ts';

const newEipOnly: Condition<CreateContainerGroupRequest> = {
  otherwise: 'It has an effect only with k8s.aliyun.com/eci-with-eip: "true".',
  met: ({ request }) => request.autoCreateEip === true,
};

const ipv6Only: Condition<CreateContainerGroupRequest> = {
  otherwise: 'It has an effect only with k8s.aliyun.com/eci-enable-ipv6: "true".',
  met: ({ request }) => request.ipv6AddressCount === 1,
};

const rateNotes =
  'The base of the units is not documented; powers of ten are used (`40M` is 40,000,000 bytes per second, 320 Mbit/s). Kubernetes’ own bandwidth plugin reads the same key as bits per second.';

/** Addresses, bandwidth and name resolution. */
export const networkAnnotations: readonly Annotation<CreateContainerGroupRequest>[] = [
  podField({
    key: 'k8s.aliyun.com/eci-security-group',
    field: 'securityGroupId',
    mapping: 'inferred',
    grammar: commaText(resourceId('sg', 'a security group id'), { noun: 'security group ids, `sg-…`', max: 5 }),
    example: 'sg-bp1a2b3c4d5e6f7g8h9i',
    default: 'the configured security group',
    notes:
      'In the VPC of the vSwitch and of one type. One group is documented for the request field; several, joined by commas, are inferred.',
    source: 'Assign a security group to a Pod',
    counterpart: 'k8s.aliyun.com/security-group-id',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-eip-instanceid',
    field: 'eipInstanceId',
    mapping: 'documented',
    grammar: resourceId('eip', 'an EIP id'),
    example: 'eip-bp1a2b3c4d5e6f7g8h9i0',
    source: 'Enable Internet access for a Pod',
    counterpart: 'k8s.aliyun.com/eip-instance-id',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-with-eip',
    field: 'autoCreateEip',
    mapping: 'documented',
    grammar: booleanText,
    example: 'true',
    default: '`false`',
    notes: 'The EIP is released with the instance.',
    source: 'Enable Internet access for a Pod',
    counterpart: 'k8s.aliyun.com/auto-create-eip',
  }),
  podField({
    key: 'k8s.aliyun.com/eip-bandwidth',
    field: 'eipBandwidth',
    mapping: 'documented',
    grammar: wholeNumber({ min: 1, unit: 'Mbit/s' }),
    effectiveIf: newEipOnly,
    example: '10',
    default: '`5`',
    source: 'Enable Internet access for a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eip-common-bandwidth-package-id',
    field: 'eipCommonBandwidthPackage',
    mapping: 'documented',
    grammar: resourceId('cbwp', 'the id of an Internet shared bandwidth'),
    effectiveIf: {
      otherwise: 'It has an effect only with an EIP: eci-with-eip or eci-eip-instanceid.',
      met: ({ request }) => request.autoCreateEip === true || request.eipInstanceId !== undefined,
    },
    example: 'cbwp-bp1a2b3c4d5e6f7g8h9i0',
    source: 'Enable Internet access for a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eip-isp',
    field: 'eipISP',
    mapping: 'documented',
    grammar: oneOf(['BGP', 'BGP_PRO']),
    effectiveIf: newEipOnly,
    example: 'BGP_PRO',
    default: '`BGP`',
    source: 'Enable Internet access for a Pod',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eip-internet-charge-type',
    objects: ['Pod'],
    grammar: oneOf(['PayByBandwidth', 'PayByTraffic']),
    effectiveIf: newEipOnly,
    behaviour:
      'CreateContainerGroup has no public field for the charge type. Create an EIP with it and name that in k8s.aliyun.com/eci-eip-instanceid.',
    example: 'PayByTraffic',
    source: 'Enable Internet access for a Pod',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eip-public-ip-address-pool-id',
    objects: ['Pod'],
    grammar: resourceId('pippool', 'the id of an address pool'),
    effectiveIf: newEipOnly,
    behaviour:
      'CreateContainerGroup has no public field for address pools. Create an EIP from the pool and name that in k8s.aliyun.com/eci-eip-instanceid.',
    example: 'pippool-bp1a2b3c4d5e6f7g8h9i0',
    source: 'Enable Internet access for a Pod',
  }),
  podFields({
    key: 'k8s.aliyun.com/eci-enable-ipv6',
    aliases: [{ key: 'k8s.aliyun.com/eci-ipv6-count', values: { '1': 'true', '0': 'false' } }],
    fields: ['ipv6AddressCount'],
    mapping: 'documented',
    grammar: mapGrammar(booleanText, (enable) => (enable ? { ipv6AddressCount: 1 } : {})),
    example: 'true',
    default: '`false`',
    notes: 'One address at most. The old key takes `1` or `0`.',
    source: 'Assign an IPv6 address to a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-ipv6-bandwidth-enable',
    field: 'ipv6GatewayBandwidthEnable',
    mapping: 'documented',
    grammar: booleanText,
    effectiveIf: ipv6Only,
    example: 'true',
    default: '`false`',
    source: 'Assign an IPv6 address to a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-ipv6-bandwidth',
    field: 'ipv6GatewayBandwidth',
    mapping: 'documented',
    grammar: mapGrammar(
      matching({
        pattern: /^(?:[1-9]\d{0,2}|1\d{3}|2000)M?$/,
        description: 'Mbit/s, 1 to 2000, with or without `M`',
        message: 'Not a bandwidth. Write 1 to 2000 Mbit/s, as 100 or 100M.',
      }),
      (text) => text.replace('M', ''),
    ),
    effectiveIf: ipv6Only,
    example: '100M',
    default: 'the maximum of the gateway',
    notes: 'At most 1000 for a gateway that is paid by traffic, which the service checks.',
    source: 'Assign an IPv6 address to a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-private-ip-address',
    field: 'privateIpAddress',
    mapping: 'documented',
    grammar: ipv4Address,
    example: '172.16.0.10',
    default: 'any free address',
    notes: 'Free, and inside a configured vSwitch. Fit for one replica only.',
    source: 'Specify a private IP address for a Pod',
  }),
  podFields({
    key: 'k8s.aliyun.com/eci-fixed-ip',
    fields: ['fixedIp'],
    mapping: 'documented',
    grammar: mapGrammar(booleanText, (fixed) => (fixed ? { fixedIp: 'true' } : {})),
    example: 'true',
    default: '`false`',
    notes: 'The address comes back to the next Pod of the same cluster, namespace and name.',
    source: 'Configure a static IP address for a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-fixed-ip-retain-hour',
    field: 'fixedIpRetainHour',
    mapping: 'documented',
    grammar: wholeNumber({ min: 1, unit: 'hours' }),
    effectiveIf: {
      otherwise: 'It has an effect only with k8s.aliyun.com/eci-fixed-ip: "true".',
      met: ({ request }) => request.fixedIp !== undefined,
    },
    example: '24',
    default: '`48`',
    source: 'Configure a static IP address for a Pod',
  }),
  podField({
    key: 'kubernetes.io/ingress-bandwidth',
    field: 'ingressBandwidth',
    mapping: 'inferred',
    grammar: bandwidth,
    example: '40M',
    default: 'unlimited',
    notes: rateNotes,
    source: 'Limit the bandwidth of a Pod',
  }),
  podField({
    key: 'kubernetes.io/egress-bandwidth',
    field: 'egressBandwidth',
    mapping: 'inferred',
    grammar: bandwidth,
    example: '20M',
    default: 'unlimited',
    notes: rateNotes,
    source: 'Limit the bandwidth of a Pod',
  }),
  podFields({
    key: 'k8s.aliyun.com/eci-custom-dnsconfig',
    fields: ['dnsPolicy', 'dnsConfig'],
    mapping: 'inferred',
    grammar: dnsConfig,
    example: '{"nameservers":"10.0.0.2,10.0.0.3","searches":"example.com","options":"ndots:2,edns0"}',
    default: '`dnsPolicy` and `dnsConfig` of the Pod',
    notes:
      'Two name servers count, more are left out with a warning; at most 32 search domains. With name servers the policy becomes `None`. Merged with `dnsConfig` of the Pod: lists begin with the annotation, its options win.',
    source: 'Configure custom DNS for a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-custom-hosts',
    field: 'hostAliase',
    mapping: 'inferred',
    grammar: customHosts,
    example: '[{"host":"registry.example.com","ip":"172.16.0.20"}]',
    notes: 'Also holds for pulling images. Entries of the same address are grouped.',
    source: 'Configure hosts for a Pod',
  }),
  podLocal({
    key: 'k8s.aliyun.com/eci-wait-clusterip-ready',
    grammar: mapGrammar(
      matching({
        pattern: /^\*$/,
        description: '`*`',
        message: 'Only * is documented: wait for every Service. Write "*".',
      }),
      () => ({ waitClusterIpReady: true }),
    ),
    behaviour:
      'The Pod is created only after the Services of the cluster are known to the node. Not honoured by this version: a Warning on the Pod says so.',
    example: '*',
    default: 'no waiting',
    source: 'Create a Pod after ClusterIP synchronisation',
  }),
];
