import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { buildConfig } from '../../../src/config/build-config.ts';
import type { Plain } from '../../../src/config/option.ts';

const root = join(import.meta.dirname, '..', '..', '..');

function documents(file: string): Record<string, unknown>[] {
  return parseAllDocuments(readFileSync(join(root, file), 'utf8')).map(
    (document) => document.toJS() as Record<string, unknown>,
  );
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

describe('the manifests in deploy', () => {
  const rules = documents('deploy/rbac.yaml').flatMap((object) => (object['rules'] ?? []) as Rule[]);

  it('grant no wildcard', () => {
    for (const { apiGroups, resources, verbs } of rules) {
      assert.ok(![...apiGroups, ...resources, ...verbs].some((word) => word.includes('*')));
    }
  });

  it('allow reading Secrets by name only', () => {
    const verbs = rules.filter(({ resources }) => resources.includes('secrets')).flatMap((rule) => rule.verbs);
    assert.deepEqual(verbs, ['get']);
  });

  it('let Pods refer to objects by name, and list nothing of theirs but Services', () => {
    const verbs = (resource: string): string[] => [
      ...new Set(
        rules
          .filter(({ resources, resourceNames }) => resources.includes(resource) && resourceNames === undefined)
          .flatMap((rule) => rule.verbs),
      ),
    ];
    assert.deepEqual(verbs('configmaps').sort(), ['get', 'watch']);
    assert.deepEqual(verbs('persistentvolumeclaims').sort(), ['get', 'watch']);
    assert.deepEqual(verbs('persistentvolumes').sort(), ['get', 'watch']);
    assert.deepEqual(verbs('services').sort(), ['get', 'list']);
    assert.deepEqual(verbs('serviceaccounts/token'), ['create']);
  });

  it('let the kubelet API ask who calls, and read the one ConfigMap that says whom to believe', () => {
    const of = (resource: string) => rules.filter(({ resources }) => resources.includes(resource));
    assert.deepEqual(
      [...of('tokenreviews'), ...of('subjectaccessreviews')].map(({ verbs }) => verbs),
      [['create'], ['create']],
    );
    const authority = of('configmaps').find(
      ({ resourceNames }) => resourceNames?.[0] === 'extension-apiserver-authentication',
    );
    assert.deepEqual(authority?.verbs, ['get', 'list', 'watch']);
  });

  it('ask for certificates only where that was chosen, and approve none', () => {
    assert.ok(!rules.some(({ resources }) => resources.some((name) => name.startsWith('certificatesigningrequests'))));
    const chosen = documents('deploy/components/serving-certificate/rbac.yaml').flatMap(
      (object) => (object['rules'] ?? []) as Rule[],
    );
    assert.deepEqual(
      chosen.map(({ resources, verbs }) => [resources, verbs]),
      [[['certificatesigningrequests'], ['create', 'get']]],
    );
  });

  it('allow no change of a Pod but of its status, and no reading of what nobody reads', () => {
    const verbs = (resource: string) =>
      rules.filter(({ resources }) => resources.includes(resource)).flatMap((rule) => rule.verbs);
    assert.deepEqual(verbs('pods'), ['get', 'list', 'watch', 'delete']);
    assert.deepEqual(verbs('pods/status'), ['patch']);
    assert.deepEqual(verbs('imagecaches'), ['list', 'watch', 'patch']);
  });

  it('let the webhook change its own Secret and its own configuration, and create nothing but that', () => {
    const ofWebhook = documents('deploy/components/placement/rbac.yaml').flatMap(
      (object) => (object['rules'] ?? []) as Rule[],
    );
    assert.deepEqual(
      ofWebhook.map(({ resources, resourceNames = [], verbs }) => [...resources, ...resourceNames, ...verbs].join(' ')),
      [
        'secrets eci-kubelet-webhook-authority get update',
        'mutatingwebhookconfigurations eci-kubelet-placement get update delete',
        'mutatingwebhookconfigurations create',
      ],
    );
    const [secret] = documents('deploy/components/placement/secret.yaml') as { metadata: object; data?: object }[];
    const { config } = buildConfig({
      flags: { regionId: 'cn-hangzhou', vswitchIds: 'vsw-1', securityGroupId: 'sg-1' },
      environment: {},
    });
    const [namespace, name] = config.webhookSecret.split('/');
    assert.deepEqual([secret?.metadata, secret?.data], [{ name, namespace }, undefined]);
    const [service] = documents('deploy/components/placement/service.yaml') as {
      metadata: { name: string; namespace: string };
      spec: { ports: { port: number; targetPort: number }[] };
    }[];
    assert.equal(`${service?.metadata.namespace}/${service?.metadata.name}`, config.webhookService);
    assert.ok(config.webhookAddress.endsWith(`:${service?.spec.ports[0]?.targetPort}`));
    assert.equal(service?.spec.ports[0]?.port, 443);
  });

  it('ship a configuration that is valid as it stands', () => {
    const content = parse(readFileSync(join(root, 'deploy/config.yaml'), 'utf8')) as Plain;
    const { config } = buildConfig({ flags: {}, environment: {}, file: { path: 'config.yaml', content } });
    assert.equal(config.adminAddress, '0.0.0.0:10255');
  });

  it('run without privileges, and give the program longer than its shutdown budget', () => {
    const deployment = documents('deploy/deployment.yaml')[0] as {
      spec: {
        template: {
          spec: {
            terminationGracePeriodSeconds: number;
            securityContext: Record<string, unknown>;
            containers: { securityContext: Record<string, unknown> }[];
          };
        };
      };
    };
    const pod = deployment.spec.template.spec;
    assert.equal(pod.securityContext['runAsNonRoot'], true);
    assert.deepEqual(pod.securityContext['seccompProfile'], { type: 'RuntimeDefault' });
    assert.deepEqual(pod.containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const { config } = buildConfig({
      flags: { regionId: 'cn-hangzhou', vswitchIds: 'vsw-1', securityGroupId: 'sg-1' },
      environment: {},
    });
    assert.ok(pod.terminationGracePeriodSeconds * 1000 > config.shutdownBudgetMs);
  });
});

describe('crds/imagecache.yaml', () => {
  const crd = documents('crds/imagecache.yaml')[0] as {
    spec: {
      scope: string;
      names: { shortNames: string[]; categories: string[] };
      versions: {
        subresources: object;
        additionalPrinterColumns: { name: string }[];
        schema: {
          openAPIV3Schema: { properties: { status: { required: string[]; properties: Record<string, Plain> } } };
        };
      }[];
    };
  };

  it('prints what the vendor documents, in its order, under both short names', () => {
    const [version] = crd.spec.versions;
    assert.equal(crd.spec.scope, 'Cluster');
    assert.deepEqual(crd.spec.names.shortNames, ['imc', 'ic']);
    assert.deepEqual(
      version?.additionalPrinterColumns.map(({ name }) => name),
      ['Age', 'CacheId', 'Phase', 'Progress'],
    );
    assert.deepEqual(version?.subresources, { status: {} });
  });

  it('defaults phase and progress, and keeps unknown fields of events', () => {
    const status = crd.spec.versions[0]?.schema.openAPIV3Schema.properties.status;
    assert.deepEqual(status?.required, ['phase', 'progress']);
    const { phase, progress, events } = (status?.properties ?? {}) as Record<string, Record<string, unknown>>;
    assert.equal(phase?.['default'], 'Pending');
    assert.equal(progress?.['default'], '0%');
    const items = events?.['items'] as Record<string, unknown>;
    assert.equal(items['x-kubernetes-preserve-unknown-fields'], true);
  });
});
