import { choice, choiceMap, duration, integer, list, map, taints, text, toggle } from './option-kinds.ts';
import { unsupportedFields } from './unsupported-fields.ts';

const quantity = {
  pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$',
  accepts: 'a Kubernetes quantity such as 100 or 40Ti',
} as const;

const octet = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';

const ipAddress = { pattern: `^(${octet}(\\.${octet}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$`, accepts: 'an IP address' };

const dnsName = {
  pattern: '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
  accepts: 'a DNS name of lower-case letters, digits, hyphens and dots',
} as const;

/** The Node object that we publish, the way to the API server, and how Pods are run. */
export const nodeOptions = {
  kubeconfig: text({
    name: 'kubeconfig',
    group: 'Kubernetes',
    help: 'Kubeconfig of the cluster. Without it: the files in KUBECONFIG, the ServiceAccount of the own Pod, ~/.kube/config.',
    pattern: '.',
    accepts: 'the path of a file',
  }),
  clusterId: text({
    name: 'cluster-id',
    group: 'Kubernetes',
    help: 'Identity of the cluster in the tags of cloud resources; the UID of the namespace kube-system otherwise.',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
    accepts: '1 to 128 letters, digits and . _ -',
  }),
  apiQps: integer({
    name: 'api-qps',
    group: 'Kubernetes',
    help: 'Requests per second to the API server, on average.',
    min: 1,
    max: 10_000,
    default: 100,
  }),
  apiBurst: integer({
    name: 'api-burst',
    group: 'Kubernetes',
    help: 'Requests to the API server that may go out at once.',
    min: 1,
    max: 10_000,
    default: 200,
  }),
  kubernetesVersion: text({
    name: 'kubernetes-version',
    group: 'Kubernetes',
    help: 'Version that the node claims to run; that of the API server otherwise.',
    pattern: '^v?[0-9]+\\.[0-9]+\\.[0-9]+$',
    accepts: 'a version such as v1.31.2',
  }),

  nodeName: text({
    name: 'node-name',
    group: 'Node',
    help: 'Name of the Node object. Keep it: instances of a node that is gone are nobody’s.',
    ...dnsName,
    default: 'eci-kubelet',
  }),
  nodeLabels: map({
    name: 'node-labels',
    group: 'Node',
    help: 'Labels of the node besides the usual ones, such as type=virtual-kubelet.',
    keyPattern: '^([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
    pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
    accepts: 'labels of the form key=value',
    default: {},
  }),
  taints: taints({
    name: 'taints',
    group: 'Node',
    help: 'Taints of the node, which keep Pods away that did not ask for ECI. An empty list is none.',
    default: ['virtual-kubelet.io/provider=alibabacloud:NoSchedule'],
    alsoEnvironment: ['VKUBELET_TAINT_KEY', 'VKUBELET_TAINT_VALUE', 'VKUBELET_TAINT_EFFECT'],
    joinEnvironment: ([key = 'virtual-kubelet.io/provider', value = 'alibabacloud', effect = 'NoSchedule']) =>
      `${key}=${value}:${effect}`,
  }),
  nodeCpu: text({
    name: 'node-cpu',
    group: 'Node',
    help: 'CPU that the scheduler may place on the node; a budget, not hardware.',
    ...quantity,
    default: '10000',
  }),
  nodeMemory: text({
    name: 'node-memory',
    group: 'Node',
    help: 'Memory that the scheduler may place on the node.',
    ...quantity,
    default: '40Ti',
  }),
  nodePods: integer({
    name: 'node-pods',
    group: 'Node',
    help: 'Pods that the scheduler may place on the node.',
    min: 1,
    max: 100_000,
    default: 5000,
  }),
  nodeEphemeralStorage: text({
    name: 'node-ephemeral-storage',
    group: 'Node',
    help: 'Ephemeral storage that the scheduler may place on the node.',
    ...quantity,
    default: '100Ti',
  }),
  nodeGpu: integer({
    name: 'node-gpu',
    group: 'Node',
    help: 'GPUs (nvidia.com/gpu) that the scheduler may place on the node.',
    min: 0,
    max: 100_000,
    default: 0,
  }),
  architecture: choice(['amd64', 'arm64'], {
    name: 'architecture',
    group: 'Node',
    help: 'Processor architecture that the node is labelled with, and that its Pods get.',
    default: 'amd64',
  }),
  internalIp: text({
    name: 'internal-ip',
    group: 'Node',
    help: 'Address of the node that the API server can reach; the first address of the machine otherwise.',
    ...ipAddress,
    alsoEnvironment: ['VKUBELET_POD_IP'],
  }),
  kubeletPort: integer({
    name: 'kubelet-port',
    group: 'Node',
    help: 'Port of the kubelet API as published on the node. Nothing listens there yet: see docs/limits.md.',
    min: 0,
    max: 65_535,
    default: 10_250,
    alsoEnvironment: ['KUBELET_PORT'],
  }),

  podWorkers: integer({
    name: 'pod-workers',
    group: 'Pods',
    help: 'Pods that are worked on at the same time.',
    min: 1,
    max: 256,
    default: 32,
  }),
  clusterDomain: text({
    name: 'cluster-domain',
    group: 'Pods',
    help: 'DNS domain of the cluster, for the search list of Pods.',
    ...dnsName,
    default: 'cluster.local',
  }),
  clusterDns: list({
    name: 'cluster-dns',
    group: 'Pods',
    help: 'Name servers of Pods with dnsPolicy ClusterFirst; the address of the Service kube-system/kube-dns otherwise.',
    ...ipAddress,
    maxItems: 3,
    accepts: 'up to 3 IP addresses',
  }),
  dnsMode: choice(['cluster', 'default'], {
    name: 'dns-mode',
    group: 'Pods',
    help: 'What dnsPolicy ClusterFirst means on ECI: the cluster’s name servers, or those of the VPC where it cannot reach the cluster.',
    default: 'cluster',
  }),
  tokenMinimumLifetimeMs: duration({
    name: 'token-minimum-lifetime',
    group: 'Pods',
    help: 'Shortest life of ServiceAccount tokens for audiences of their own, because files of a running container group are not renewed.',
    min: '10m',
    max: '365d',
    default: '24h',
  }),
  unsupportedFieldPolicies: choiceMap(['hold', 'warn', 'ignore'], {
    name: 'unsupported-field-policies',
    group: 'Pods',
    help: 'Deviations from what happens to a Pod with a field that ECI cannot honour: hold it, warn and go on without, or ignore.',
    keys: unsupportedFields,
    default: {},
  }),

  imageCacheController: toggle({
    name: 'image-cache-controller',
    group: 'Image caches',
    help: 'Serve ImageCache resources. The resource definition must be in the cluster.',
    default: true,
  }),
  imageCacheSecretNamespaces: list({
    name: 'image-cache-secret-namespaces',
    group: 'Image caches',
    help: 'Namespaces whose Secrets an ImageCache may name; * is all. Whoever may create ImageCaches can use these Secrets.',
    pattern: '^(\\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$',
    accepts: 'namespace names, or *',
    default: ['*'],
  }),
};
