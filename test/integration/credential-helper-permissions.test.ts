import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { installHelper } from '../support/install-helper.ts';

const golden = join(import.meta.dirname, 'golden', 'credential-helper-can-i.txt');
const account = 'system:serviceaccount:kube-system:aliyun-acr-credential-helper';

describe('what the ServiceAccount of deploy/credential-helper may do', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let uninstall: () => Promise<void>;

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    uninstall = await installHelper(plane);
  });

  after(async () => {
    await uninstall?.();
  });

  /** What `kubectl auth can-i --list` says of a ServiceAccount in a namespace, a line each, blanks evened out. */
  const list = async (name: string, namespace: string): Promise<string[]> => {
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'];
    const text = await plane.kubectl([
      ...['auth', 'can-i', '--list', '--namespace', namespace, '--as', name],
      ...groups.flatMap((group) => ['--as-group', group]),
    ]);
    return text
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(/\s+/g, ' ').trim());
  };

  it('is this list and nothing else, besides what every ServiceAccount may', async () => {
    const sections = await Promise.all(
      ['kube-system', 'default'].map(async (namespace) => {
        const everybody = new Set(await list('system:serviceaccount:kube-system:somebody-else', namespace));
        const own = (await list(account, namespace)).filter((line) => !everybody.has(line)).toSorted();
        return `in ${namespace}:\n${own.map((line) => `  ${line}\n`).join('')}`;
      }),
    );
    assert.equal(sections.join('\n'), await readFile(golden, 'utf8'));
  });

  /** `verb resource[/subresource] [name] [everywhere]`, in kube-system unless everywhere, where the API server says no. */
  const refused = [
    'list secrets',
    'watch secrets',
    'list secrets everywhere',
    'watch secrets everywhere',
    'get secrets somebody-elses',
    'update secrets acr-credential-abc-p2p',
    'delete secrets alibaba-addon-secret',
    'create serviceaccounts',
    'update serviceaccounts default',
    'delete serviceaccounts default',
    'create serviceaccounts/token default',
    'list pods everywhere',
    'update configmaps acr-configuration',
    'list configmaps',
    'update leases kube-scheduler',
    'update mutatingwebhookconfigurations eci-kubelet-placement',
  ];
  for (const what of refused) {
    it(`is not: ${what}`, async () => assert.equal(await isAllowed(what), 'false'));
  }

  it('is asked about in a way that also hears yes', async () => {
    assert.equal(await isAllowed('get secrets acr-credential-secret-aggregation'), 'true');
  });

  const isAllowed = async (what: string): Promise<string> => {
    const everywhere = what.endsWith(' everywhere');
    const [verb, path = '', name] = what.replace(/ everywhere$/, '').split(' ');
    const [resource = '', subresource] = path.split('/');
    const groups: Record<string, string> = {
      leases: 'coordination.k8s.io',
      mutatingwebhookconfigurations: 'admissionregistration.k8s.io',
    };
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: account,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
        resourceAttributes: {
          ...{ group: groups[resource] ?? '', resource, subresource, verb, name },
          namespace: everywhere ? '' : 'kube-system',
        },
      },
    };
    return plane.kubectl(['create', '-f', '-', '-o', 'jsonpath={.status.allowed}'], JSON.stringify(review));
  };

  it('is written in manifests that kustomize renders, and that the API server accepts', async () => {
    const rendered = await plane.kubectl(['kustomize', 'deploy/credential-helper']);
    assert.match(rendered, /- --webhook-service=kube-system\/aliyun-acr-credential-helper-webhook\n/);
    assert.match(rendered, /image: eci-kubelet:0\.1\.0\n/);
    const applied = await plane.kubectl(['apply', '--dry-run=server', '-f', '-'], rendered);
    assert.equal(applied.trim().split('\n').length, 10, applied);
  });
});
