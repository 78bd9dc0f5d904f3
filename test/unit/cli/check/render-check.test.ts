import assert from 'node:assert/strict';
import type { CheckReport } from '../../../../src/cli/check/check-report.ts';
import { overallVerdict } from '../../../../src/cli/check/check-report.ts';
import { diagnoseImage } from '../../../../src/cli/check/diagnose.ts';
import { renderCheck } from '../../../../src/cli/check/render-check.ts';
import { absent, hidden, now, publicHost, pullFacts } from './pull-facts.ts';
import type { Change } from './pull-facts.ts';

function report(...changes: Change[]): CheckReport {
  const images = changes.map((change) => diagnoseImage(pullFacts(change)));
  const verdict = overallVerdict(images.map((image) => image.verdict));
  return { namespace: 'team-a', serviceAccount: 'app', verdict, images, helper: 'Pod kube-system/helper-1 (leader)' };
}

const yes = `A new Pod of ServiceAccount team-a/app:

demo-registry.cn-hangzhou.cr.aliyuncs.com/team/web:1
  can be pulled until 2026-11-25T09:41:00Z (in 41m)
    Secret  acr-credential-secret-aggregation
    host    demo-registry.cn-hangzhou.cr.aliyuncs.com
    entry   1 (cri-demo in cn-hangzhou)
    chain   worker role → instance cri-demo in cn-hangzhou

What is known of the credential helper was told by Pod kube-system/helper-1 (leader).
`;

const no = `Pod team-a/web-1, ServiceAccount app:

demo-registry.cn-hangzhou.cr.aliyuncs.com/team/web:1 (container web)
  cannot be pulled

  1. namespace-not-watched: The namespace team-a is not watched: watch-namespace is default.
     → Add team-a to watch-namespace in acr-configuration.

  2. own-pull-secrets: The Pod has imagePullSecrets of its own (mine), so those of its ServiceAccount are
     ignored.
     → Remove imagePullSecrets from the workload, or add acr-credential-secret-aggregation to it, and create
       the Pod again.

  - A public repository can be pulled all the same.
  - The kubelet reports for container web: ErrImagePull: pull access denied
  - Not seen: The Secret team-a/mine: forbidden

nginx (container web)
  has no credentials, and can be pulled if it is public

  1. not-acr: docker.io is no host of Container Registry, and no entry of acr-registry-info lists it: the
     credential helper has nothing to do with it.
     → For a private image, use a pull Secret of your own.

What is known of the credential helper was told by Pod kube-system/helper-1 (leader).
`;

describe('the table of a check', () => {
  it('says by what and until when', () => {
    assert.equal(renderCheck(report({}), now), yes);
  });

  it('says every cause with its remedy', () => {
    const configuration = { kind: 'complete', namespaces: ['default'], serviceAccounts: ['app'] } as const;
    const waiting = [{ container: 'web', reason: 'ErrImagePull', message: 'pull access denied' }];
    const common: Change = { secret: absent, otherSecrets: { mine: hidden }, helper: { configuration } };
    const result = report(
      { ...common, pod: { pullSecrets: ['mine'], waiting } },
      { ...common, image: 'nginx', pod: {} },
    );
    assert.equal(renderCheck({ ...result, pod: 'web-1' }, now), no);
  });

  it('says that no helper answered, and why', () => {
    const { helper: _, ...rest } = report({});
    const text = renderCheck({ ...rest, helperSilent: 'nobody holds the Lease' }, now);
    assert.match(text, /\nNo credential helper answered: nobody holds the Lease\n$/);
  });

  it('shows what annotations lead to on a virtual node', () => {
    const text = renderCheck(
      {
        namespace: 'team-a',
        serviceAccount: 'app',
        pod: 'web-1',
        verdict: 'no',
        images: [],
        virtualNode: {
          node: 'eci-kubelet',
          verdict: 'no',
          condition: { status: 'False', reason: 'ImageCredentialsFailed', message: 'Hop 1 failed.' },
          hosts: [
            {
              host: publicHost,
              images: [`${publicHost}/a/b`],
              action: 'password from the chain',
              chains: [['own identity', 'instance cri-demo in cn-hangzhou']],
              remark: 'a remark',
            },
          ],
          remarks: ['Normal: something'],
          problems: [],
        },
      },
      now,
    );
    assert.equal(
      text,
      `Pod team-a/web-1, ServiceAccount app:

It is on the virtual node eci-kubelet: there its annotations decide about pulls, and the credential helper has
no part in it.
ImageCredentials=False ImageCredentialsFailed: Hop 1 failed.

demo-registry.cn-hangzhou.cr.aliyuncs.com
  image  demo-registry.cn-hangzhou.cr.aliyuncs.com/a/b
  gets   password from the chain
  chain  own identity → instance cri-demo in cn-hangzhou
  - a remark

  - Normal: something
`,
    );
  });

  it('takes the worst image for the Pod', () => {
    assert.equal(overallVerdict(['yes', 'no', 'unknown']), 'no');
    assert.equal(overallVerdict(['yes', 'unknown', 'anonymous']), 'unknown');
    assert.equal(overallVerdict(['anonymous', 'yes']), 'yes');
    assert.equal(overallVerdict(['anonymous']), 'anonymous');
    assert.equal(overallVerdict([]), 'unknown');
  });
});
