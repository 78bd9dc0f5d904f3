import { choice, duration, integer, list, text, toggle } from './option-kinds.ts';

const octet = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';

const path = { pattern: '.', accepts: 'the path of a file' } as const;

/** The HTTPS server that the Node publishes: where it listens, what it shows, and whom it lets in. */
export const kubeletOptions = {
  kubeletPort: integer({
    name: 'kubelet-port',
    group: 'Kubelet API',
    help: 'Port of the kubelet API, which is published on the node; 0 takes any free one. The n-th of several nodes gets the n-th port from here.',
    min: 0,
    max: 65_535,
    default: 10_250,
    alsoEnvironment: ['KUBELET_PORT'],
  }),
  kubeletAddress: text({
    name: 'kubelet-address',
    group: 'Kubelet API',
    help: 'Address that the kubelet API listens on; all of the machine otherwise.',
    pattern: '^[0-9a-fA-F.:]+$',
    accepts: 'an IP address',
  }),
  kubeletTls: choice(['auto', 'files', 'csr', 'self-signed'], {
    name: 'kubelet-tls',
    group: 'Kubelet API',
    help: 'Where the serving certificate comes from: files, a CertificateSigningRequest that somebody approves, or made by itself. auto is files where they are given, else self-signed.',
    default: 'auto',
  }),
  kubeletTlsCertFile: text({
    name: 'kubelet-tls-cert-file',
    group: 'Kubelet API',
    help: 'Serving certificate in PEM, the chain after it. Read again when it changes.',
    ...path,
    alsoEnvironment: ['APISERVER_CERT_LOCATION'],
  }),
  kubeletTlsKeyFile: text({
    name: 'kubelet-tls-key-file',
    group: 'Kubelet API',
    help: 'Key of the serving certificate in PEM.',
    ...path,
    alsoEnvironment: ['APISERVER_KEY_LOCATION'],
  }),
  kubeletClientCaFile: text({
    name: 'kubelet-client-ca-file',
    group: 'Kubelet API',
    help: 'Authority of client certificates in PEM; what the API server publishes in kube-system/extension-apiserver-authentication otherwise.',
    ...path,
    alsoEnvironment: ['APISERVER_CA_CERT_LOCATION'],
  }),
  streamIdleTimeoutMs: duration({
    name: 'stream-idle-timeout',
    group: 'Kubelet API',
    help: 'How long a command, an attachment or a port-forward may be silent before it is ended.',
    min: '10s',
    max: '7d',
    default: '4h',
  }),
  streamCreationTimeoutMs: duration({
    name: 'stream-creation-timeout',
    group: 'Kubelet API',
    help: 'How long a client may take to open the streams that it asked for.',
    min: '1s',
    max: '5m',
    default: '30s',
  }),
  portForwardAddress: text({
    name: 'port-forward-address',
    group: 'Kubelet API',
    help: 'Address of this machine that connections to Pods are made from, where only one of several reaches the VPC.',
    pattern: '^[0-9a-fA-F.:]+$',
    accepts: 'an IP address of this machine',
  }),
  portForwardPorts: list({
    name: 'port-forward-ports',
    group: 'Kubelet API',
    help: 'Ports of Pods that are forwarded, single ones or ranges; an empty list is all but those that ECI takes.',
    pattern: '^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$',
    accepts: 'ports such as 80 or 8000-8999',
    default: [],
  }),
  portForwardNetworks: list({
    name: 'port-forward-networks',
    group: 'Kubelet API',
    help: 'Networks of Pods that are forwarded to, such as those of the vSwitches; an empty list is every address that a vSwitch can give.',
    pattern: `^(${octet}(\\.${octet}){3}/([0-9]|[12][0-9]|3[0-2])|[0-9a-fA-F:]*:[0-9a-fA-F:]*/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$`,
    accepts: 'networks such as 10.0.0.0/8',
    default: [],
  }),
  kubeletAnonymousAuth: toggle({
    name: 'kubelet-anonymous-auth',
    group: 'Kubelet API',
    help: 'Let callers without certificate and token in as system:anonymous. What they may do is up to --kubelet-authorization.',
    default: false,
  }),
  kubeletAuthorization: choice(['webhook', 'always-allow'], {
    name: 'kubelet-authorization',
    group: 'Kubelet API',
    help: 'Who decides what a caller may do: the API server, or nobody. always-allow lets everybody who has any certificate or token of the cluster run commands in every Pod; for tests only.',
    default: 'webhook',
  }),
};
