/** An annotation that a provider writes on a Pod, and that is never read as a wish. */
export interface WriteBackAnnotation {
  /** With its prefix, if it has one. */
  key: string;
  content: string;
  /** Where the content comes from at ECI, in wire spelling; absent when from nowhere there. */
  field?: string;
  /** `documented` by the vendor, or `observed` on Pods of the vendor's provider only. */
  known: 'documented' | 'observed';
  /** When this program writes it too; absent when never. */
  written?: string;
}

/**
 * Keys that the vendor's provider, and for some of them this program, writes after the Pod is placed. They are ignored
 * silently on input, because an exported Pod carries them. `eci-vswitch` and `eci-security-group` are written back by the
 * vendor too, and not by this program: as inputs they have their own rows, and must keep what their author wrote.
 * Source: ECI help centre, ECI Pod annotations, second part. Observed: on a Pod of provider v2.8.5 in a public test fixture.
 */
export const writeBackAnnotations: readonly WriteBackAnnotation[] = [
  {
    key: 'k8s.aliyun.com/eci-request-id',
    content: 'request id of the creating call',
    field: 'RequestId',
    known: 'documented',
    written: 'with the creation',
  },
  {
    key: 'k8s.aliyun.com/eci-instance-id',
    content: 'id of the container group, `eci-…`',
    field: 'ContainerGroupId',
    known: 'documented',
    written: 'always',
  },
  {
    key: 'k8s.aliyun.com/eci-instance-spec',
    content: 'actual size, `2.0-4.0Gi` or an ECS type',
    field: 'Cpu, Memory, InstanceType',
    known: 'documented',
    written: 'always',
  },
  {
    key: 'k8s.aliyun.com/eci-instance-compute-category',
    content: '`economy` or `general`',
    field: 'ComputeCategory',
    known: 'documented',
    written: 'when ECI tells it',
  },
  {
    key: 'k8s.aliyun.com/eci-matched-image-cache',
    content: 'image cache that was used, `imc-…`',
    known: 'documented',
    written: 'with `eci-imc-id`',
  },
  {
    key: 'k8s.aliyun.com/allocated-eipInstanceId',
    content: 'id of the bound EIP',
    known: 'documented',
    written: 'with `eci-eip-instanceid`',
  },
  {
    key: 'k8s.aliyun.com/allocated-eipAddress',
    content: 'address of the bound EIP',
    field: 'InternetIp',
    known: 'documented',
    written: 'when ECI tells it',
  },
  {
    key: 'k8s.aliyun.com/allocated-ipv6Address',
    content: 'IPv6 address',
    field: 'Ipv6Address',
    known: 'documented',
    written: 'when ECI tells it',
  },
  {
    key: 'k8s.aliyun.com/eni-instance-id',
    content: 'network interface',
    field: 'EniInstanceId',
    known: 'documented',
    written: 'when ECI tells it',
  },
  { key: 'k8s.aliyun.com/eci-vpc', content: 'VPC', field: 'VpcId', known: 'documented', written: 'when ECI tells it' },
  {
    key: 'k8s.aliyun.com/eci-created-by-template',
    content: '`true` for retired launch templates',
    known: 'documented',
  },
  { key: 'k8s.aliyun.com/eci-schedule-result', content: '`finished`; retired', known: 'documented' },
  {
    key: 'k8s.aliyun.com/eci-client-token',
    content: 'idempotency token of the creating call',
    field: 'ClientToken',
    known: 'observed',
    written: 'with the creation',
  },
  { key: 'k8s.aliyun.com/eci-instance-cpu', content: 'vCPU', field: 'Cpu', known: 'observed', written: 'always' },
  { key: 'k8s.aliyun.com/eci-instance-mem', content: 'GiB', field: 'Memory', known: 'observed', written: 'always' },
  {
    key: 'k8s.aliyun.com/eci-instance-zone',
    content: 'zone',
    field: 'ZoneId',
    known: 'observed',
    written: 'when ECI tells it',
  },
  { key: 'k8s.aliyun.com/eci-kube-proxy-enabled', content: 'internal to the vendor’s provider', known: 'observed' },
  { key: 'k8s.aliyun.com/cluster-dns', content: 'internal to the vendor’s provider', known: 'observed' },
  { key: 'k8s.aliyun.com/cluster-domain', content: 'internal to the vendor’s provider', known: 'observed' },
  { key: 'k8s.aliyun.com/k8s-version', content: 'internal to the vendor’s provider', known: 'observed' },
  { key: 'k8s.aliyun.com/vk-version', content: 'internal to the vendor’s provider', known: 'observed' },
  {
    key: 'k8s.aliyun.com/eci-drop-apiserver-interactive-caps',
    content: 'internal to the vendor’s provider',
    known: 'observed',
  },
  { key: 'kubernetes.io/pod-stream-port', content: 'port of the kubelet API, `10250`', known: 'observed' },
  { key: 'ProviderCreate', content: '`done`', known: 'observed' },
];
