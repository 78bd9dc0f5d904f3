import assert from 'node:assert/strict';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordingIo } from '../recording-io.ts';

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: nginx
      args: ["--mode=$(MODE)"]
      envFrom: [{configMapRef: {name: all}}]
      env:
        - {name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}
        - {name: PASS, valueFrom: {secretKeyRef: {name: login, key: pass}}}
      volumeMounts:
        - {name: conf, mountPath: /conf}
        - {name: data, mountPath: /data}
        - {name: token, mountPath: /token}
  volumes:
    - name: conf
      configMap: {name: settings}
    - name: data
      persistentVolumeClaim: {claimName: disk}
    - name: token
      projected: {sources: [{serviceAccountToken: {path: t, audience: sts.aliyuncs.com}}]}
`;

interface Report {
  objects: {
    remarks: string[];
    request: { Container: { Arg: string[]; EnvironmentVar: object[] }[]; Volume: object[] };
  }[];
}

describe('a plan of a Pod that refers to other objects', () => {
  async function planned(manifest: string, ...flags: string[]): Promise<{ code: number; report: Report }> {
    const io = recordingIo(['plan', '-f', '-', '-o', 'json', ...flags], { stdin: manifest });
    const code = await runProgram(io);
    return { code, report: JSON.parse(io.out()) as Report };
  }

  it('says what would be read, and reads nothing', async () => {
    const { code, report } = await planned(pod);
    assert.equal(code, 0);
    assert.deepEqual(
      report.objects[0]?.remarks.at(-1),
      'Reads at creation, in namespace shop: ConfigMaps all, settings; Secrets login; PersistentVolumeClaims disk; tokens for sts.aliyuncs.com; the Services, which become variables',
    );
  });

  it('shows where each value would come from, and nothing of Secrets', async () => {
    const { report } = await planned(pod);
    const request = report.objects[0]?.request;
    assert.deepEqual(request?.Container[0]?.Arg, ['--mode=(mode of ConfigMap settings)']);
    assert.deepEqual(request?.Container[0]?.EnvironmentVar, [
      { Key: 'MODE', Value: '(mode of ConfigMap settings)' },
      { Key: 'PASS', Value: '[elided]' },
    ]);
    assert.deepEqual(
      request?.Volume.map((volume) => ('Name' in volume ? volume.Name : '')),
      ['conf', 'token'],
      'a claim may stand for anything',
    );
  });

  it('says nothing about Services where they do not become variables', async () => {
    const { report } = await planned(pod, '--no-service-variables');
    assert.doesNotMatch(report.objects[0]?.remarks.join('\n') ?? '', /Services/);
  });

  it('tells problems that are sure without a cluster', async () => {
    const manifest = pod.replace('mountPath: /conf}', 'mountPath: /conf, subPathExpr: $(NOBODY)}');
    const io = recordingIo(['plan', '-f', '-'], { stdin: manifest });
    assert.equal(await runProgram(io), 1);
    assert.match(io.err(), /volumeMounts\[0\]\.subPathExpr: .*refers to NOBODY/);
  });
});
