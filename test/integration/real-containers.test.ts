import assert from 'node:assert/strict';
import type { Container, Pod } from '../../src/kube/types.ts';
import { applyAll } from '../support/apply-all.ts';
import { eventually } from '../support/eventually.ts';
import { writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { runKubectl, startKubectl } from '../support/run-kubectl.ts';
import { createPod, deletePod, readPod, untilPodRuns } from '../support/sandbox-pods.ts';
import { workload } from '../support/workloads.ts';

const image = 'nginx';
const greeter = 'greeter:v1';

/** Values that a careless translation would change on the way. */
const oddValues: Readonly<Record<string, string>> = {
  QUOTES: `it's "quoted" and \`ticked\``,
  ESCAPES: String.raw`a\tb\\n\u0041 %s %%`,
  JSON_TEXT: '{"a": ["b", {"c": null}], "d": "e\\"f"}',
  FRAGMENT: '; rm -rf / && $HOME ${PATH} `id` | cat > /dev/null #',
  LINES: 'one\ntwo\n\n\tthree\n',
  EMPTY: '',
  SPACES: '   ',
  LETTERS: 'ä € 漢 😀',
};

/** Answers 503 to its readiness probe twice, and says what it was asked. */
const probedServer = `
let early = 2;
require('http').createServer((q, a) => {
  console.log('asked ' + q.url);
  a.statusCode = q.url === '/ready' && early-- > 0 ? 503 : 200;
  a.end();
}).listen(8080);
`;

function shell(name: string, script: string, more: Partial<Container> = {}): Container {
  return { name, image, command: ['sh', '-c', script], ...more };
}

describe('containers that run, as their users see them', function () {
  this.timeout(120_000);
  let platform: Platform;

  before(async function () {
    const fixture = await writeFixture(({ images = [] }) => {
      const greeting = { entrypoint: ['echo', 'hello'], cmd: ['world'] };
      images.push({ host: 'docker.io', repository: 'library/greeter', tag: 'v1', public: true, ...greeting });
    });
    platform = await createPlatform(this, { fixture, runContainers: true });
    await platform.start();
  });

  after(async () => await platform?.dispose());

  const create = async (name: string, spec: Partial<Pod['spec']>): Promise<Pod> =>
    await createPod(platform, name, {
      image,
      annotations: {},
      spec: { restartPolicy: 'Never', ...spec },
    });

  const log = async (pod: string, ...args: string[]): Promise<string> => await platform.kubectl(['logs', pod, ...args]);

  const untilEnded = async (name: string): Promise<Pod> =>
    await eventually(
      `Pod ${name} has ended`,
      async () => {
        const pod = await readPod(platform, name);
        const phase = pod?.status?.phase;
        if (phase === 'Succeeded' || phase === 'Failed') return pod;
        throw new Error(JSON.stringify(pod?.status));
      },
      { timeoutMs: 60_000 },
    );

  /** Exit code and reason of each container, behind the phase. */
  const outcome = async (name: string): Promise<unknown[]> => {
    const { status } = await untilEnded(name);
    const ends = status?.containerStatuses?.map(({ state, restartCount }) => {
      assert.equal(restartCount, 0);
      return [state?.terminated?.exitCode, state?.terminated?.reason];
    });
    return [status?.phase, ...(ends ?? [])];
  };

  it('init containers run one after the other and fill a volume for the app; each log can be read', async () => {
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const pod = await create('in-order', {
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [
        shell('first', 'sleep 0.5; echo one >> /data/f; echo first done', { volumeMounts }),
        shell('second', 'grep -q one /data/f && echo two >> /data/f; echo second done', { volumeMounts }),
        shell('third', 'grep -q two /data/f && echo three >> /data/f; echo third done', { volumeMounts }),
      ],
      containers: [shell('app', 'echo four >> /data/f; cat /data/f; exec sleep 1000', { volumeMounts })],
    });
    await untilPodRuns(platform, pod);
    await eventually('the ends of the init containers are told', async () => {
      const now = await readPod(platform, 'in-order');
      const codes = now?.status?.initContainerStatuses?.map(({ state }) => state?.terminated?.exitCode);
      return codes?.length === 3 && codes.every((code) => code === 0);
    });
    assert.equal(await eventually('the log is there', () => log('in-order')), 'one\ntwo\nthree\nfour\n');
    for (const name of ['first', 'second', 'third']) assert.equal(await log('in-order', '-c', name), `${name} done\n`);
    await eventually('the app is ready', async () => {
      const now = await readPod(platform, 'in-order');
      return now?.status?.containerStatuses?.[0]?.ready === true;
    });
  });

  it('an emptyDir is shared by two containers, and cannot be changed where it is read-only', async () => {
    await create('shared', {
      volumes: [{ name: 'data', emptyDir: {} }],
      containers: [
        shell('writer', 'echo hello > /out/f', { volumeMounts: [{ name: 'data', mountPath: '/out' }] }),
        shell('reader', 'until cat /in/f 2>/dev/null; do sleep 0.1; done; rm /in/f 2>/dev/null; echo rm $?; ls /in', {
          volumeMounts: [{ name: 'data', mountPath: '/in', readOnly: true }],
        }),
      ],
    });
    assert.equal((await untilEnded('shared')).status?.phase, 'Succeeded');
    assert.equal(await log('shared', '-c', 'reader'), 'hello\nrm 1\nf\n');
  });

  it('files of ConfigMaps and Secrets have their contents, whatever the order of the mounts', async () => {
    const text = 'first: "line"\n\n  second: $(HOME) `id`\n\ttab\n';
    const pem = `-----BEGIN CERTIFICATE-----\n${'QUJD'.repeat(16)}\nREVG\n-----END CERTIFICATE-----\n`;
    await applyAll(platform, [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'texts' }, data: { 'app.yaml': text, 'ca.pem': pem } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { 'key.pem': pem, word: 'sesame' } },
    ]);
    const mounts = ['texts', 'keys', 'both', 'scratch', 'shared'].map((name) => ({ name, mountPath: `/m/${name}` }));
    const read =
      'cd /m; for f in texts/app.yaml texts/ca.pem keys/key.pem keys/word both/a both/b; do base64 -w0 $f; echo; done';
    const files = { configMap: { name: 'texts', items: [{ key: 'ca.pem', path: 'a' }] } };
    await create('files', {
      volumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'keys', secret: { secretName: 'keys' } },
        { name: 'shared', emptyDir: {} },
        { name: 'texts', configMap: { name: 'texts' } },
        {
          name: 'both',
          projected: { sources: [files, { secret: { name: 'keys', items: [{ key: 'word', path: 'b' }] } }] },
        },
      ],
      containers: [
        shell('one', read, { volumeMounts: mounts }),
        shell('two', read, { volumeMounts: mounts.toReversed() }),
      ],
    });
    assert.equal((await untilEnded('files')).status?.phase, 'Succeeded');
    for (const container of ['one', 'two']) {
      const lines = (await log('files', '-c', container)).trimEnd().split('\n');
      assert.deepEqual(
        lines.map((line) => Buffer.from(line, 'base64').toString('utf8')),
        [text, pem, pem, 'sesame', pem, 'sesame'],
      );
    }
  });

  it('values of variables arrive byte for byte', async () => {
    const names = Object.keys(oddValues);
    const script = `for n in ${names.join(' ')}; do printenv $n | base64 -w0; echo; done`;
    const env = Object.entries(oddValues).map(([name, value]) => ({ name, value }));
    await create('odd-values', { containers: [shell('app', script, { env })] });
    await untilEnded('odd-values');
    const lines = (await log('odd-values')).trimEnd().split('\n');
    const arrived = lines.map((line) => Buffer.from(line, 'base64').toString('utf8').replace(/\n$/, ''));
    assert.deepEqual(Object.fromEntries(names.map((name, index) => [name, arrived[index]])), oddValues);
  });

  it('scripts of several lines, arguments alone and what the image says run as on an ordinary node', async () => {
    const script = 'set -e\nfor i in 1 2\ndo\n  echo "line $i"\ndone\ncat <<END\n\tthe "end"\nEND\n';
    await create('commands', {
      containers: [
        { name: 'script', image, command: ['sh', '-c'], args: [script] },
        { name: 'arguments', image: greeter, args: ['you', 'and  me'] },
        { name: 'as-it-is', image: greeter },
      ],
    });
    assert.equal((await untilEnded('commands')).status?.phase, 'Succeeded');
    assert.equal(await log('commands', '-c', 'script'), 'line 1\nline 2\n\tthe "end"\n');
    assert.equal(await log('commands', '-c', 'arguments'), 'hello you and  me\n');
    assert.equal(await log('commands', '-c', 'as-it-is'), 'hello world\n');
  });

  it('exit codes and reasons are right, nothing is restarted with Never, and logs stay', async () => {
    await Promise.all([
      create('code', { containers: [shell('app', 'echo said; exit 42')] }),
      create('not-there', { containers: [shell('app', 'exec no-such-command')] }),
      create('one-of-two', { containers: [shell('good', 'exit 0'), shell('bad', 'sleep 0.3; exit 3')] }),
    ]);
    assert.deepEqual(await outcome('code'), ['Failed', [42, 'Error']]);
    assert.equal(await log('code'), 'said\n');
    assert.deepEqual(await outcome('not-there'), ['Failed', [127, 'Error']]);
    assert.match(await log('not-there'), /no-such-command: not found/);
    assert.deepEqual(await outcome('one-of-two'), ['Failed', [0, 'Completed'], [3, 'Error']]);
  });

  it('a container beyond its memory is killed as OOMKilled, and the Pod fails', async () => {
    const hungry = 'exec node -e "const a = []; for (;;) a.push(Buffer.alloc(8 << 20, 1))"';
    await create('hungry', { containers: [shell('app', hungry, { resources: { limits: { memory: '128Mi' } } })] });
    assert.deepEqual(await outcome('hungry'), ['Failed', [137, 'OOMKilled']]);
  });

  it('Jobs count the failures of containers and of init containers as they are told to', async () => {
    const { nodeName } = platform.sandbox;
    const job = (name: string, backoffLimit: number, spec: object): object =>
      workload('batch/v1', 'Job', name, {
        podSpec: { nodeName, restartPolicy: 'Never', ...spec },
        more: { backoffLimit },
      });
    await applyAll(platform, [
      job('once', 0, { containers: [shell('app', 'exit 42')] }),
      job('twice', 1, { containers: [shell('app', 'exit 42')] }),
      job('init', 0, { initContainers: [shell('init', 'exit 7')], containers: [shell('app', 'echo never')] }),
    ]);
    const failures: Record<string, number> = { once: 1, twice: 2, init: 1 };
    for (const [name, count] of Object.entries(failures)) {
      await platform.kubectl(['wait', '--for=condition=Failed', `job/${name}`, '--timeout=90s']);
      const list = await platform.kubectl(['get', 'pods', '-l', `app=${name}`, '-o', 'json']);
      const { items } = JSON.parse(list) as { items: Pod[] };
      assert.deepEqual(
        items.map(({ status }) => status?.phase),
        Array.from({ length: count }, () => 'Failed'),
      );
    }
    await eventually('the end of the init container is told, and that the app never ran', async () => {
      const list = await platform.kubectl(['get', 'pods', '-l', 'app=init', '-o', 'json']);
      const status = (JSON.parse(list) as { items: Pod[] }).items[0]?.status;
      assert.equal(status?.containerStatuses?.[0]?.state?.running, undefined);
      if (status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode === 7) return true;
      throw new Error(JSON.stringify(status));
    });
  });

  it('the address of the Pod is a variable of its containers', async () => {
    const ip = { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
    const pod = await create('address', {
      containers: [shell('app', 'echo $POD_IP; hostname -I; exec sleep 1000', { env: [ip] })],
    });
    const { status } = await untilPodRuns(platform, pod);
    const [told, own] = (
      await eventually('the log is there', async () => {
        const text = await log('address');
        return text.endsWith('\n') && text.split('\n').length > 2 ? text : undefined;
      })
    ).split('\n');
    assert.equal(told, status?.podIP);
    assert.equal(own?.trim(), status?.podIP);
  });

  it('probes are executed: one that fails shows, and the Pod is ready when it passes', async () => {
    const probe = (path: string): object => ({ httpGet: { path, port: 8080 }, periodSeconds: 1 });
    const app: Container = {
      name: 'app',
      image,
      command: ['node', '-e', probedServer],
      startupProbe: { ...probe('/live'), failureThreshold: 1 },
      livenessProbe: { ...probe('/live') },
      readinessProbe: { ...probe('/ready') },
    };
    await create('probed', { containers: [app] });
    await eventually('the Pod is ready', async () => {
      const pod = await readPod(platform, 'probed');
      return pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    });
    await eventually('it was asked both', async () => {
      const asked = await log('probed');
      return asked.split('asked /ready').length > 3 && asked.includes('asked /live');
    });
    const events = await platform.events('Pod', 'probed');
    assert.ok(
      events.some((event) => event.includes('startupProbe')),
      'the startup probe is emulated, and that is told',
    );
    assert.equal((await readPod(platform, 'probed'))?.status?.containerStatuses?.[0]?.restartCount, 0);
  });

  it('postStart has run when the container goes on, and preStop runs at the deletion', async () => {
    const wait =
      'until [ -e /tmp/marker ]; do sleep 0.05; done; echo marker found; trap "exit 0" TERM; while :; do sleep 0.1; done';
    const say = (script: string): { exec: { command: string[] } } => ({ exec: { command: ['sh', '-c', script] } });
    const lifecycle = {
      postStart: say('touch /tmp/marker'),
      preStop: say('echo stopping > /proc/1/fd/1; sleep 4'),
    };
    const pod = await create('hooks', {
      terminationGracePeriodSeconds: 20,
      containers: [shell('app', wait, { lifecycle })],
    });
    await untilPodRuns(platform, pod);
    await eventually('the marker was found', async () => (await log('hooks')) === 'marker found\n');
    const follower = startKubectl(platform, ['logs', '-f', 'hooks']);
    let shown = '';
    follower.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await eventually('somebody follows', async () => shown.includes('marker found'));
    await deletePod(platform, 'hooks');
    await eventually('preStop has run', async () => shown.includes('stopping'));
    follower.kill('SIGKILL');
  });

  it('ports are sent as each container declares them, with and without names, also one that two declare', async () => {
    const ports = [{ containerPort: 8080, name: 'http' }, { containerPort: 9090 }];
    await create('ports', {
      containers: [
        shell('one', 'exit 0', { ports }),
        shell('two', 'exit 0', { ports: [{ containerPort: 8080 }] }),
        shell('none', 'exit 0'),
      ],
    });
    assert.equal((await untilEnded('ports')).status?.phase, 'Succeeded');
    const calls = await platform.simulator.journal({ action: 'CreateContainerGroup' });
    const sent = calls.find(({ parameters }) => parameters['Container.3.Name'] === 'none')?.parameters ?? {};
    const numbers = Object.entries(sent).filter(([key]) => /^Container\.\d+\.Port\.\d+\.Port$/.test(key));
    assert.deepEqual(
      numbers.toSorted(([one], [other]) => one.localeCompare(other)),
      [
        ['Container.1.Port.1.Port', '8080'],
        ['Container.1.Port.2.Port', '9090'],
        ['Container.2.Port.1.Port', '8080'],
      ],
    );
  });

  it('the end of a chatty log is as long as asked', async () => {
    const pod = await create('chatty', { containers: [shell('app', 'seq 1 1000; exec sleep 1000')] });
    await untilPodRuns(platform, pod);
    await eventually('all is written', async () => (await log('chatty')).endsWith('\n1000\n'));
    assert.equal(await log('chatty', '--tail=5'), '996\n997\n998\n999\n1000\n');
  });

  it('the injected token volume has token, certificates and namespace, line breaks included', async () => {
    const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
    const read = async (...command: string[]): Promise<string> => {
      const run = await runKubectl(platform, ['exec', 'chatty', '--', ...command]);
      assert.equal(run.exitCode, 0, run.stderr);
      return run.stdout.toString();
    };
    assert.deepEqual((await read('ls', folder)).trim().split('\n'), ['ca.crt', 'namespace', 'token']);
    assert.equal(await read('cat', `${folder}/namespace`), platform.sandbox.namespace);
    const published = JSON.parse(await platform.kubectl(['get', 'configmap', 'kube-root-ca.crt', '-o', 'json'])) as {
      data: Record<string, string>;
    };
    assert.equal(await read('cat', `${folder}/ca.crt`), published.data['ca.crt']);
    assert.match(await read('cat', `${folder}/token`), /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});
