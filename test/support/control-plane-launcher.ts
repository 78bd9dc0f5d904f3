import { execFile, execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './child-process.ts';
import { createClusterAuthority } from './cluster-authority.ts';
import type { PemPair } from './cluster-authority.ts';
import { controlPlaneFlags } from './control-plane-flags.ts';
import { DaemonGroup } from './daemon-group.ts';
import { eventually } from './eventually.ts';

/** The programs of a control plane. Without controller manager nothing makes Pods, tokens or default ServiceAccounts. */
export interface ControlPlaneBinaries {
  etcd: string;
  apiServer: string;
  kubectl: string;
  controllerManager?: string;
  scheduler?: string;
}

export type ControlPlaneProcess = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

export interface ControlPlane {
  /** Cluster administrator. */
  readonly kubeconfigPath: string;
  readonly server: string;
  /** Minor version of Kubernetes: 20 for 1.20. */
  readonly minorVersion: number;
  /** True when controller manager and scheduler run. */
  readonly hasControllers: boolean;
  /** Runs kubectl as administrator. @returns its standard output. @throws with its standard error. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** A token of this ServiceAccount, which must exist. */
  createServiceAccountToken(namespace: string, name: string): Promise<string>;
  /** Signs a client certificate with the cluster's authority. */
  createClientCertificate(name: string, groups: readonly string[]): Promise<PemPair>;
  /** Signs a certificate for a server at one address. */
  createServingCertificate(name: string, ip: string): Promise<PemPair>;
  /** A kubeconfig with a token of this ServiceAccount, which must exist: what a program sees that runs as it ships. */
  createServiceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /** Ends one process with SIGKILL. */
  kill(name: ControlPlaneProcess): Promise<void>;
  /** Starts one process again and waits until the API server is ready. */
  start(name: ControlPlaneProcess): Promise<void>;
  stop(): Promise<void>;
}

const adminToken = 'admin-token';

/** Starts etcd, kube-apiserver and, if wanted and available, controller manager and scheduler, on loopback. */
export async function launchControlPlane(options: {
  binaries: ControlPlaneBinaries;
  controllers: boolean;
  /** Whether the API server verifies the certificates of kubelets, which by default it does not. */
  verifiesKubelets?: boolean;
}): Promise<ControlPlane> {
  const { binaries } = options;
  const hasControllers = options.controllers && binaries.controllerManager !== undefined;
  const minorVersion = kubernetesMinor(binaries.apiServer);
  const dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-control-plane-'));
  const [port, etcdPort, etcdPeerPort] = [await freePort(), await freePort(), await freePort()];
  const server = `https://127.0.0.1:${port}`;
  const kubeconfigPath = join(dir, 'kubeconfig');
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const authority = await createClusterAuthority('cluster');
  const kubeletClient = await authority.client('kube-apiserver-kubelet-client', ['system:masters']);
  await Promise.all([
    writePair(dir, 'ca', authority),
    writePair(dir, 'kubelet-client', kubeletClient),
    writeFile(join(dir, 'sa.key'), keys.privateKey, { mode: 0o600 }),
    writeFile(join(dir, 'sa.pub'), keys.publicKey),
    writeFile(join(dir, 'tokens.csv'), `${adminToken},admin,admin,"system:masters"\n`),
    writeFile(kubeconfigPath, kubeconfig({ dir, server, user: 'admin', token: adminToken })),
  ]);

  const flags = controlPlaneFlags({
    dir,
    port,
    etcdPort,
    etcdPeerPort,
    minorVersion,
    hasControllers,
    kubeconfigPath,
    verifiesKubelets: options.verifiesKubelets === true,
  });
  const daemons = new DaemonGroup(dir);
  daemons.define('etcd', binaries.etcd, flags.etcd);
  daemons.define('kube-apiserver', binaries.apiServer, flags.apiServer);
  const controllers: ControlPlaneProcess[] = [];
  if (hasControllers) {
    daemons.define('kube-controller-manager', binaries.controllerManager ?? '', flags.controllerManager);
    controllers.push('kube-controller-manager');
    if (binaries.scheduler !== undefined) {
      daemons.define('kube-scheduler', binaries.scheduler, flags.scheduler);
      controllers.push('kube-scheduler');
    }
  }

  const ready = async (): Promise<void> => {
    await eventually('the API server is ready', async () => {
      daemons.assertRunning('kube-apiserver');
      return (await probe(`${server}/readyz`)) === 200;
    });
  };
  const kubectl = (args: readonly string[], stdin?: string): Promise<string> =>
    run(binaries.kubectl, ['--kubeconfig', kubeconfigPath, ...args], stdin);

  daemons.start('etcd');
  daemons.start('kube-apiserver');
  await ready();
  for (const name of controllers) daemons.start(name);
  // Pods are refused until the controller manager has made it.
  const account = `${server}/api/v1/namespaces/default/serviceaccounts/default`;
  if (hasControllers)
    await eventually('the default ServiceAccount is there', async () => (await probe(account)) === 200);

  return {
    kubeconfigPath,
    server,
    minorVersion,
    hasControllers,
    kubectl,
    createServiceAccountToken: (namespace, name) => requestToken(server, namespace, name),
    createServingCertificate: (name, ip) => authority.server(name, ip),
    createClientCertificate: (name, groups) => authority.client(name, groups),
    async createServiceAccountKubeconfig(namespace, name) {
      const token = await requestToken(server, namespace, name);
      const path = join(dir, `kubeconfig-${namespace}-${name}`);
      await writeFile(path, kubeconfig({ dir, server, user: name, token }), { mode: 0o600 });
      return path;
    },
    kill: (name) => daemons.kill(name),
    async start(name) {
      daemons.start(name);
      await ready();
    },
    async stop() {
      await daemons.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function writePair(dir: string, name: string, { certificate, key }: PemPair): Promise<void> {
  await writeFile(join(dir, `${name}.crt`), certificate);
  await writeFile(join(dir, `${name}.key`), key, { mode: 0o600 });
}

/** The API server's own certificate is the authority: it signs itself, with 127.0.0.1 as one of its names. */
function kubeconfig(options: { dir: string; server: string; user: string; token: string }): string {
  const { dir, server, user, token } = options;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: { server, 'certificate-authority': join(dir, 'certs', 'apiserver.crt') } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user } }],
    'current-context': 'local',
  });
}

function kubernetesMinor(apiServer: string): number {
  const version = execFileSync(apiServer, ['--version'], { encoding: 'utf8' });
  const minor = /v1\.(\d+)/.exec(version)?.[1];
  if (minor === undefined) throw new Error(`no Kubernetes version in: ${version}`);
  return Number(minor);
}

async function probe(url: string): Promise<number> {
  return (await adminRequest(url)).status;
}

async function requestToken(server: string, namespace: string, name: string): Promise<string> {
  const url = `${server}/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  const { status, text } = await adminRequest(url, body);
  const token = /"token":\s*"([^"]+)"/.exec(text)?.[1];
  if (status !== 201 || token === undefined)
    throw new Error(`no token of ServiceAccount ${namespace}/${name}: ${status}`);
  return token;
}

/** Without certificate check: at the first probes the certificate is only being made. */
function adminRequest(url: string, body?: string): Promise<{ status: number; text: string }> {
  const method = body === undefined ? 'GET' : 'POST';
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method, headers, agent: false, rejectUnauthorized: false, timeout: 5_000 },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', reject);
      },
    );
    call.on('error', reject);
    call.on('timeout', () => call.destroy(new Error('the API server does not answer')));
    call.end(body);
  });
}

function run(program: string, args: readonly string[], stdin: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`kubectl ${args.slice(2).join(' ')}: ${stderr.trim() || error.message}`));
      },
    );
    // A program may end without reading; how it ended is told by its exit code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });
}
