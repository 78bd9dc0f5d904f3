/** Sends Pods to one virtual node by its host name, through the scheduler. */
export function virtualNodePlacement(nodeName: string): object {
  return {
    nodeSelector: { 'kubernetes.io/hostname': nodeName },
    tolerations: [{ key: 'virtual-kubelet.io/provider', operator: 'Exists' }],
  };
}

/** What a workload is about. */
export interface WorkloadOptions {
  podSpec: object;
  replicas?: number;
  serviceName?: string;
  /** Of CronJobs. */
  schedule?: string;
  /** More members of the spec, of Jobs for example. */
  more?: object;
}

/** A workload named and labelled `app=<name>`, of any kind that Kubernetes has. */
export function workload(apiVersion: string, kind: string, name: string, options: WorkloadOptions): object {
  const { podSpec, schedule, more = {} } = options;
  const template = { metadata: { labels: { app: name } }, spec: podSpec };
  const head = { apiVersion, kind, metadata: { name } };
  if (kind === 'CronJob') return { ...head, spec: { schedule, jobTemplate: { spec: { template, ...more } } } };
  if (kind === 'Job') return { ...head, spec: { template, ...more } };
  return {
    ...head,
    spec: {
      selector: { matchLabels: { app: name } },
      template,
      ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
      ...(options.serviceName === undefined ? {} : { serviceName: options.serviceName }),
      ...more,
    },
  };
}
