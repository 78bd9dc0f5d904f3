import { join } from 'node:path';

export interface ControlPlaneSettings {
  dir: string;
  port: number;
  etcdPort: number;
  etcdPeerPort: number;
  minorVersion: number;
  hasControllers: boolean;
  kubeconfigPath: string;
  /** The API server verifies the certificates of kubelets against the cluster's authority. */
  verifiesKubelets: boolean;
}

/** Command lines of a loopback control plane, from Kubernetes 1.20 to the newest: flags come and go in between. */
export function controlPlaneFlags(settings: ControlPlaneSettings): {
  etcd: string[];
  apiServer: string[];
  controllerManager: string[];
  scheduler: string[];
} {
  const { dir, port, etcdPort, etcdPeerPort, minorVersion, hasControllers, kubeconfigPath, verifiesKubelets } =
    settings;
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${etcdPeerPort}`;
  const follower = [`--kubeconfig=${kubeconfigPath}`, '--leader-elect=false', '--secure-port=0'];
  // The insecure port was on by default until it was taken out.
  if (minorVersion < 24) follower.push('--port=0');
  return {
    etcd: [
      `--data-dir=${join(dir, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
    ],
    apiServer: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${join(dir, 'certs')}`,
      `--token-auth-file=${join(dir, 'tokens.csv')}`,
      '--authorization-mode=Node,RBAC',
      // Published in the ConfigMap extension-apiserver-authentication, where kubelets find whom to believe.
      `--client-ca-file=${join(dir, 'ca.crt')}`,
      `--kubelet-client-certificate=${join(dir, 'kubelet-client.crt')}`,
      `--kubelet-client-key=${join(dir, 'kubelet-client.key')}`,
      ...(verifiesKubelets ? [`--kubelet-certificate-authority=${join(dir, 'ca.crt')}`] : []),
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(dir, 'sa.pub')}`,
      `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
      '--api-audiences=https://kubernetes.default.svc,sts.aliyuncs.com',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--allow-privileged=true',
      '--kubelet-preferred-address-types=InternalIP,Hostname',
      '--max-requests-inflight=800',
      '--max-mutating-requests-inflight=400',
      // Projected token volumes, as newer clusters give them to every Pod.
      ...(minorVersion < 22 ? ['--feature-gates=BoundServiceAccountTokenVolume=true'] : []),
      // Without the controller manager nobody makes the ServiceAccount that this plugin wants for each Pod.
      ...(hasControllers ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ],
    controllerManager: [
      ...follower,
      `--service-account-private-key-file=${join(dir, 'sa.key')}`,
      `--root-ca-file=${join(dir, 'certs', 'apiserver.crt')}`,
      `--cluster-signing-cert-file=${join(dir, 'ca.crt')}`,
      `--cluster-signing-key-file=${join(dir, 'ca.key')}`,
      '--node-monitor-grace-period=20s',
      ...(minorVersion < 27 ? ['--pod-eviction-timeout=10s'] : []),
    ],
    scheduler: follower,
  };
}
