import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { buildConfig } from '../../../src/config/build-config.ts';
import type { Plain } from '../../../src/config/option.ts';
import {
  ADDON_SECRET,
  CONFIG_NAME,
  CONFIG_NAMESPACE,
  OWN_SERVICE_ACCOUNT,
  SECRET_NAME,
} from '../../../src/credential-helper/names.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'deploy', 'credential-helper');
const webhookService = `${OWN_SERVICE_ACCOUNT}-webhook`;

const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
const documents = <T>(file: string): T[] => parseAllDocuments(text(file)).map((document) => document.toJS() as T);

interface Role {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace: string }[];
}

interface Volume {
  name: string;
  projected?: { sources: { serviceAccountToken: Record<string, unknown> }[] };
  secret?: { optional: boolean };
}

interface Deployment {
  metadata: { name: string; namespace: string };
  spec: {
    replicas: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        serviceAccountName: string;
        terminationGracePeriodSeconds: number;
        securityContext: Record<string, unknown>;
        volumes: Volume[];
        containers: {
          args: string[];
          ports: { name: string; containerPort: number }[];
          readinessProbe: { httpGet: object };
          livenessProbe: { httpGet: object };
          securityContext: object;
          volumeMounts: { name: string; mountPath: string; readOnly: boolean }[];
        }[];
      };
    };
  };
}

const needed = { regionId: 'cn-hangzhou', vswitchIds: 'vsw-1', securityGroupId: 'sg-1' };
const { config: defaults } = buildConfig({ flags: needed, environment: {} });

describe('the manifests in deploy/credential-helper', () => {
  const allowed = (file: string): string[] =>
    documents<Role>(file).flatMap(({ kind, metadata, rules = [] }) =>
      rules.map(({ resources, resourceNames = [], verbs }) =>
        [metadata.namespace ?? kind, ...resources, ...resourceNames, '-', ...verbs].join(' '),
      ),
    );

  it('allow what the program needs and no more: no list of Secrets, and everything by name that can be', () => {
    assert.deepEqual(allowed('rbac.yaml'), [
      'ClusterRole namespaces - get list watch',
      'ClusterRole serviceaccounts - get list watch patch',
      'ClusterRole secrets - create',
      `ClusterRole secrets ${SECRET_NAME} - get update patch delete`,
      'ClusterRole events - create patch',
      `${CONFIG_NAMESPACE} configmaps ${CONFIG_NAME} - get list watch`,
      `${ADDON_SECRET.namespace} secrets ${ADDON_SECRET.name} - get`,
      'kube-system leases - create',
      `kube-system leases ${OWN_SERVICE_ACCOUNT} - get update`,
    ]);
    assert.deepEqual(allowed('components/webhook/rbac.yaml'), [
      `ClusterRole mutatingwebhookconfigurations ${OWN_SERVICE_ACCOUNT} - get update patch delete`,
      'ClusterRole mutatingwebhookconfigurations - create',
    ]);
  });

  it('give it to the one ServiceAccount that trust policies name', () => {
    const [account] = documents<Role>('service-account.yaml');
    assert.deepEqual(account?.metadata, { name: 'aliyun-acr-credential-helper', namespace: 'kube-system' });
    const all = ['rbac.yaml', 'components/webhook/rbac.yaml'].flatMap((file) => documents<Role>(file));
    const roles = all
      .filter(({ rules }) => rules !== undefined)
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const bindings = all.filter(({ roleRef }) => roleRef !== undefined);
    assert.deepEqual(
      bindings.map(({ roleRef }) => `${roleRef?.kind} ${roleRef?.name}`),
      roles,
    );
    for (const { subjects } of bindings) {
      assert.deepEqual(subjects, [{ kind: 'ServiceAccount', ...account?.metadata }]);
    }
  });

  it('share no name with the vendor’s add-on but the ServiceAccount and what the program makes', () => {
    const files = ['rbac.yaml', 'deployment.yaml', 'components/webhook/rbac.yaml'];
    for (const { kind, metadata } of files.flatMap((file) => documents<Role>(file))) {
      assert.match(metadata.name, /^eci-kubelet-credential-helper/, kind);
    }
  });

  it('say why, above each rule', () => {
    for (const file of ['rbac.yaml', 'components/webhook/rbac.yaml']) {
      const lines = text(file).split('\n');
      for (const [index, line] of lines.entries()) {
        if (!line.startsWith('  - apiGroups')) continue;
        // A rule about the same resource without its name may stand before the one with it, under one reason.
        const before = lines.slice(0, index).toReversed();
        const reason = before.findIndex((other) => /^ {2}#/.test(other));
        const rules = before.slice(0, reason).filter((other) => other.startsWith('  - apiGroups'));
        assert.ok(reason >= 0 && rules.length <= 1, `${file}, line ${index + 1} has no reason`);
      }
    }
  });

  it('run two replicas under a lease that the Role names, without privileges', () => {
    const [deployment] = documents<Deployment>('deployment.yaml');
    assert.equal(deployment?.spec.replicas, 2);
    const { spec: pod, metadata } = deployment.spec.template;
    assert.deepEqual(metadata.labels, deployment.spec.selector.matchLabels);
    const [container] = pod.containers;
    assert.equal(container?.args[0], 'credential-helper');
    assert.ok(container.args.includes('--leader-elect'));
    assert.ok(container.args.includes(`--leader-elect-lease=${OWN_SERVICE_ACCOUNT}`));
    assert.equal(pod.serviceAccountName, OWN_SERVICE_ACCOUNT);
    assert.equal(pod.securityContext['runAsNonRoot'], true);
    assert.deepEqual(pod.securityContext['seccompProfile'], { type: 'RuntimeDefault' });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.ok(pod.terminationGracePeriodSeconds * 1000 > defaults.shutdownBudgetMs);
  });

  it('serve probes and status on one named port, at all addresses', () => {
    const [deployment] = documents<Deployment>('deployment.yaml');
    const container = deployment?.spec.template.spec.containers[0];
    assert.deepEqual(container?.ports, [{ name: 'admin', containerPort: 10_255 }]);
    assert.ok(container.args.includes('--admin-address=0.0.0.0:10255'));
    assert.deepEqual(container.readinessProbe.httpGet, { path: '/readyz', port: 'admin' });
    assert.deepEqual(container.livenessProbe.httpGet, { path: '/healthz', port: 'admin' });
  });

  it('mount the two tokens where the program looks for them by default', () => {
    const pod = documents<Deployment>('deployment.yaml')[0]?.spec.template.spec;
    const mounted = (name: string) => pod?.containers[0]?.volumeMounts.find((mount) => mount.name === name);
    const volume = (name: string) => pod?.volumes.find((candidate) => candidate.name === name);
    const token = volume('rrsa-token')?.projected?.sources[0]?.serviceAccountToken;
    assert.equal(token?.['audience'], 'sts.aliyuncs.com');
    assert.equal(`${mounted('rrsa-token')?.mountPath}/${String(token['path'])}`, defaults.rrsaTokenFile);
    assert.equal(volume('managed-token')?.secret?.optional, true);
    assert.equal(`${mounted('managed-token')?.mountPath}/token-config`, defaults.managedTokenFile);
  });

  it('lead the API server to the webhook by the name that is in its certificate', () => {
    const [component] = documents<{ patches: { patch: string }[] }>('components/webhook/kustomization.yaml');
    const [argument, port] = parse(component?.patches[0]?.patch ?? '') as { value: unknown }[];
    assert.equal(argument?.value, `--webhook-service=kube-system/${webhookService}`);
    const [service] = documents<{
      metadata: { name: string; namespace: string };
      spec: { selector: object; ports: { port: number; targetPort: string }[] };
    }>('components/webhook/service.yaml');
    assert.deepEqual(service?.metadata, { name: webhookService, namespace: 'kube-system' });
    assert.deepEqual(service.spec.ports, [{ name: 'webhook', port: 443, targetPort: 'webhook' }]);
    assert.deepEqual(port?.value, {
      name: 'webhook',
      containerPort: Number(defaults.webhookAddress.split(':').at(-1)),
    });
    const [deployment] = documents<Deployment>('deployment.yaml');
    assert.deepEqual(service.spec.selector, deployment?.spec.selector.matchLabels);
  });

  it('ship a configuration that is valid as it stands, and flags that exist', () => {
    const content = parse(text('config.yaml')) as Plain;
    const { config } = buildConfig({ flags: needed, environment: {}, file: { path: 'config.yaml', content } });
    assert.deepEqual([config.tokenMode, config.adoptExisting], ['auto', false]);
  });
});
