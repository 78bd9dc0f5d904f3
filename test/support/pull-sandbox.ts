import {
  ENTRIES_ANNOTATION,
  EXPIRES_AT_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SECRET_NAME,
  SECRET_TYPE,
} from '../../src/credential-helper/names.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordingIo } from '../unit/cli/recording-io.ts';
import { assertNoSecret } from './secrets.ts';
import type { KubeSandbox } from './kube-sandbox.ts';

/** Is in every Secret that is made here, so that any output with a password in it is found out. */
const PASSWORD = 'CANARY:pull-password';

/** How a command ended, with what it printed. */
export interface CommandRun {
  code: number;
  out: string;
  err: string;
}

/** Makes what a credential helper and its users would make, and asks about it on the command line. */
export class PullSandbox {
  readonly #sandbox: KubeSandbox;
  readonly #kubeconfigPath: string;
  #events = 0;

  constructor(sandbox: KubeSandbox, kubeconfigPath: string) {
    this.#sandbox = sandbox;
    this.#kubeconfigPath = kubeconfigPath;
  }

  get namespace(): string {
    return this.#sandbox.namespace;
  }

  /** Writes the ConfigMap, or replaces it. */
  async configure(data: Record<string, string>): Promise<void> {
    const path = `${this.#path('configmaps')}/acr-configuration`;
    await this.#sandbox.client.delete(path);
    await this.#create('configmaps', { kind: 'ConfigMap', metadata: { name: 'acr-configuration' }, data });
  }

  async serviceAccount(name: string, pullSecrets: readonly string[]): Promise<void> {
    const imagePullSecrets = pullSecrets.map((secret) => ({ name: secret }));
    await this.#create('serviceaccounts', { kind: 'ServiceAccount', metadata: { name }, imagePullSecrets });
  }

  /** Writes the Secret of the helper. */
  async secret(hosts: readonly string[], expiresAt: string): Promise<void> {
    const annotations = {
      [EXPIRES_AT_ANNOTATION]: expiresAt,
      [ENTRIES_ANNOTATION]: JSON.stringify([{ fingerprint: 'f', hosts, obtainedAt: expiresAt, expiresAt }]),
    };
    await this.pullSecret(SECRET_NAME, hosts, { labels: { [MANAGED_BY_LABEL]: MANAGED_BY }, annotations });
  }

  /** Writes any pull Secret. */
  async pullSecret(name: string, hosts: readonly string[], metadata: object = {}): Promise<void> {
    const auth = Buffer.from(`cr_temp_user:${PASSWORD}`).toString('base64');
    const login = { username: 'cr_temp_user', password: PASSWORD, auth };
    const auths = Object.fromEntries(hosts.map((host) => [host, login]));
    const stringData = { '.dockerconfigjson': JSON.stringify({ auths }) };
    await this.#create('secrets', { kind: 'Secret', metadata: { name, ...metadata }, type: SECRET_TYPE, stringData });
  }

  /** Creates a Pod; admission gives it the list of its ServiceAccount unless it has one. */
  async pod(name: string, spec: object, metadata: object = {}): Promise<void> {
    await this.#create('pods', { kind: 'Pod', metadata: { name, ...metadata }, spec });
  }

  /** Writes what the kubelet would. */
  async kubeletSays(
    pod: string,
    container: { name: string; image: string; reason: string; message: string },
  ): Promise<void> {
    const { name, image, reason, message } = container;
    const status = { name, image, imageID: '', ready: false, restartCount: 0, state: { waiting: { reason, message } } };
    const path = `${this.#path('pods')}/${pod}/status`;
    await this.#sandbox.client.patch(path, { status: { containerStatuses: [status] } }, 'merge');
  }

  /** Writes a Warning event about an object of the namespace. */
  async warningEvent(event: {
    about: { kind: string; name: string; fieldPath?: string };
    reason: string;
    message: string;
    count?: number;
  }): Promise<void> {
    const { about, reason, message, count = 1 } = event;
    this.#events += 1;
    await this.#create('events', {
      kind: 'Event',
      metadata: { name: `${about.name}.${this.#events}`, namespace: this.namespace },
      involvedObject: { apiVersion: 'v1', namespace: this.namespace, ...about },
      type: 'Warning',
      reason,
      message,
      count,
      lastTimestamp: '2026-11-25T08:59:00Z',
    });
  }

  /** Runs eci-kubelet as the kubeconfig allows; whatever it prints is looked through for passwords. */
  async run(argv: readonly string[], kubeconfigPath = this.#kubeconfigPath): Promise<CommandRun> {
    const where = [
      '--acr-config-map',
      `${this.namespace}/acr-configuration`,
      '--leader-elect-namespace',
      this.namespace,
    ];
    const io = recordingIo([...argv, ...where, '--kubeconfig', kubeconfigPath]);
    const code = await runProgram(io);
    assertNoSecret(`the output of ${argv.join(' ')}`, `${io.out()}${io.err()}`);
    return { code, out: io.out(), err: io.err() };
  }

  async #create(resource: string, object: object): Promise<void> {
    await this.#sandbox.client.create(this.#path(resource), { apiVersion: 'v1', ...object });
  }

  #path(resource: string): string {
    return `/api/v1/namespaces/${this.namespace}/${resource}`;
  }
}
