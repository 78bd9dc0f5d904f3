import assert from 'node:assert/strict';
import { runProgram } from '../../../src/cli/program.ts';
import { parsePodAnnotations } from '../../../src/annotations/parse-pod-annotations.ts';
import { decodePullSecret } from '../../../src/credentials/pull-secrets.ts';
import { resolveFieldReference } from '../../../src/eci/downward-api/field-reference.ts';
import { createRedactor } from '../../../src/telemetry/redact.ts';
import { aContainer, aPod } from '../../support/pod-builder.ts';
import { recordingIo } from '../cli/recording-io.ts';
import { clusterObjects } from '../../support/cluster-objects.ts';
import { resolveWith } from '../eci/resolve-with.ts';

const inherited = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'];

describe('names that every object inherits', () => {
  for (const name of inherited) {
    it(`mean nothing: ${name}`, async () => {
      const context = { nodeName: 'n', hostIp: '10.0.0.1' };
      const pod = aPod({ metadata: { labels: {}, annotations: {} } });
      for (const map of ['labels', 'annotations']) {
        const field = resolveFieldReference(pod, `metadata.${map}['${name}']`, context);
        assert.deepEqual(field, { kind: 'value', value: '' });
      }
      const { credentials, problems } = decodePullSecret({ type: name, data: { undefined: 'e30=' } });
      assert.deepEqual([credentials.length, problems.length], [0, 1]);
      const sources = [{ configMap: { name: 'kube-root-ca.crt', items: [{ key: name, path: 'a' }] } }];
      const mounted = aPod({
        spec: {
          containers: [aContainer({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
          volumes: [{ name: 'v', projected: { sources } }],
        },
      });
      const { findings } = await resolveWith(mounted, clusterObjects());
      assert.equal(findings.missing[0]?.key, name);
    });
  }

  it('are kept apart from the rest when a Secret or an annotation uses them as keys', () => {
    const text = '{"auths":{"__proto__":{"username":"u","password":"CANARY"},"a.example.com":{}}}';
    const data = { '.dockerconfigjson': Buffer.from(text).toString('base64') };
    const { credentials } = decodePullSecret({ type: 'kubernetes.io/dockerconfigjson', data });
    assert.deepEqual(
      credentials.map(({ server }) => server),
      ['__proto__'],
    );
    for (const value of ['[{"__proto__":{"host":"a","ip":"10.0.0.1"}}]', '{"__proto__":{"nameservers":"10.0.0.1"}}']) {
      parsePodAnnotations({ 'k8s.aliyun.com/eci-custom-hosts': value, 'k8s.aliyun.com/eci-custom-dnsconfig': value });
      createRedactor((line) => line)(JSON.parse(value));
    }
    assert.equal(({} as Record<string, unknown>)['username'], undefined);
    assert.equal(({} as Record<string, unknown>)['host'], undefined);
  });

  it('are kinds of manifests that the plan passes over', async () => {
    const documents = inherited.map((kind) => JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: 'a' } }));
    const io = recordingIo(['plan', '-f', '-'], { stdin: documents.join('\n---\n') });
    assert.equal(await runProgram(io), 0);
  });
});
