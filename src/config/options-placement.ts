import { choice, text, toggle } from './option-kinds.ts';

/** How Pods are led to the node, and what they get that say nothing themselves. */
export const placementOptions = {
  profileConfigMap: text({
    name: 'profile-config-map',
    group: 'Placement',
    help: 'The ConfigMap eci-profile, whose defaults stand beneath our own configuration and whose changes apply to new Pods. Not read when --profile-directory is given.',
    pattern: '^(none|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)$',
    accepts: 'namespace/name, or none',
    default: 'kube-system/eci-profile',
  }),
  placementWebhook: toggle({
    name: 'placement-webhook',
    group: 'Placement',
    help: 'Serve an admission webhook that leads Pods labelled alibabacloud.com/eci to the node, and write its configuration. Off, what an earlier run wrote is removed.',
    default: false,
  }),
  placementFailurePolicy: choice(['Ignore', 'Fail'], {
    name: 'placement-failure-policy',
    group: 'Placement',
    help: 'What becomes of labelled Pods while nobody answers: created as they are (Ignore), or refused (Fail). Other Pods are never affected.',
    default: 'Ignore',
  }),
  webhookAddress: text({
    name: 'webhook-address',
    group: 'Placement',
    help: 'Address that the admission webhooks are served at.',
    pattern: '^([A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}$',
    accepts: 'an address with port such as 0.0.0.0:9443',
    default: '0.0.0.0:9443',
  }),
  webhookService: text({
    name: 'webhook-service',
    group: 'Placement',
    help: 'Service, port 443, through which the API server reaches that address.',
    pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z]([a-z0-9-]{0,61}[a-z0-9])?$',
    accepts: 'namespace/name',
    default: 'kube-system/eci-kubelet-webhook',
  }),
  webhookUrl: text({
    name: 'webhook-url',
    group: 'Placement',
    help: 'URL in place of the Service, for a program that runs outside of the cluster.',
    pattern: '^https://([A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?$',
    accepts: 'a URL such as https://10.0.0.5:9443, without a path',
  }),
  webhookSecret: text({
    name: 'webhook-secret',
    group: 'Placement',
    help: 'Secret that the certificate authorities of the webhooks are kept in. It is made and renewed by itself.',
    pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
    accepts: 'namespace/name',
    default: 'kube-system/eci-kubelet-webhook-authority',
  }),
};
