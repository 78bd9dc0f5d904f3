import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { connectExec } from '../exec/exec-client.ts';
import { skipUnlessContainersRun } from '../../../../support/run-containers.ts';
import { startContainerWorld } from './container-world.ts';
import type { Container, ContainerWorld, Group } from './container-world.ts';

const isFinished = ({ Status }: Group): boolean => Status === 'Succeeded' || Status === 'Failed';
const isReady = ({ Containers }: Group): boolean => Containers.every(({ Ready }) => Ready);
const first = ({ Containers: [container] }: Group): Container => {
  assert.ok(container);
  return container;
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A server in Node.js, which every container has. */
const SERVER = (port: number, body: string): string =>
  `exec node -e 'require("http").createServer((_, a) => a.end("${body}")).listen(${port})'`;

describe('simulated containers that are processes', function () {
  this.timeout(90_000);
  let world: ContainerWorld;

  before(async function () {
    skipUnlessContainersRun(this);
    world = await startContainerWorld([
      {
        host: 'docker.io',
        repository: 'library/greeter',
        tag: 'v1',
        public: true,
        ...{ entrypoint: ['/bin/echo', 'hello'], cmd: ['world'], env: { GREETING: 'image' }, workingDir: '/srv' },
      },
    ]);
  });

  // Undefined where the suite is skipped.
  after(async () => (world as ContainerWorld | undefined)?.stop());

  /** Runs to the end. @returns the log. */
  const outputOf = async (script: string, more: Record<string, string> = {}): Promise<string> => {
    const id = await world.run(script, more);
    await world.until(id, isFinished);
    return world.log(id);
  };

  const image = { 'Container.1.Image': 'greeter:v1' };
  const commands: Record<string, { params: Record<string, string>; expected: string }> = {
    'runs what the image says': { params: {}, expected: 'hello world\n' },
    'puts other arguments behind the entrypoint of the image': {
      params: { 'Container.1.Arg.1': 'you' },
      expected: 'hello you\n',
    },
    'takes a command instead of entrypoint and command of the image': {
      params: { 'Container.1.Command.1': 'pwd' },
      expected: '/srv\n',
    },
    'starts in another folder when asked to, and makes it': {
      params: { 'Container.1.Command.1': 'pwd', 'Container.1.WorkingDir': '/data/work' },
      expected: '/data/work\n',
    },
  };
  for (const [title, { params, expected }] of Object.entries(commands)) {
    it(title, async () => assert.equal(await outputOf('', { ...image, ...params }), expected));
  }

  it('waits for SIGTERM when neither says what to run', async () => {
    const id = await world.run('', { TerminationGracePeriodSeconds: '30' });
    await world.until(id, isReady);
    const startedMs = Date.now();
    await world.call('DeleteContainerGroup', { ContainerGroupId: id });
    await assert.rejects(
      world.until(id, () => false),
      /gone/,
    );
    assert.ok(Date.now() - startedMs < 5000);
  });

  it('gives the environment of the image and of the request, with the address and what the service fills in', async () => {
    const entry = (index: number, key: string, value: string): Record<string, string> => ({
      [`Container.1.EnvironmentVar.${index}.Key`]: key,
      [`Container.1.EnvironmentVar.${index}.Value`]: value,
    });
    const id = await world.run('echo "$GREETING|$OWN|$IP|$WHO|$ODD"', {
      ...image,
      ...entry(1, 'OWN', 'a b'),
      'Container.1.EnvironmentVar.2.Key': 'IP',
      'Container.1.EnvironmentVar.2.FieldRef.FieldPath': 'status.podIP',
      ...entry(3, 'WHO', '__CONTAINER_NAME__'),
      ...entry(4, 'ODD', `it's "$HOME"`),
    });
    const { IntranetIp: address } = await world.until(id, isFinished);
    assert.equal(await world.log(id), `image|a b|${address}|main|it's "$HOME"\n`);
  });

  it('tells its host name, aliases and name servers', async () => {
    const output = await outputOf('hostname; cat /etc/hosts /etc/resolv.conf', {
      HostName: 'my-host',
      'HostAliase.1.Ip': '10.1.2.3',
      'HostAliase.1.Hostname.1': 'db.example',
      DnsPolicy: 'None',
      'DnsConfig.NameServer.1': '10.0.0.10',
      'DnsConfig.Search.1': 'default.svc.cluster.local',
      'DnsConfig.Option.1.Name': 'ndots',
      'DnsConfig.Option.1.Value': '5',
    });
    assert.match(output, /^my-host\n/);
    assert.match(output, /^10\.1\.2\.3\tdb\.example$/m);
    assert.match(output, /nameserver 10\.0\.0\.10\nsearch default\.svc\.cluster\.local\noptions ndots:5\n$/);
  });

  it('cannot read secrets of the machine, and has only the rights of a container', async () => {
    const output = await outputOf('cat /etc/shadow; ls /root /home; mount -t tmpfs x /mnt; grep CapEff /proc/1/status');
    assert.match(output, /shadow: No such file/);
    assert.match(output, /mount: .*(permission|superuser|must be)/i);
    assert.match(output, /CapEff:\t00000000a80425fb/);
  });

  it('runs as the user and group that are asked for', async () => {
    const output = await outputOf('id; echo x > /tmp/x && cat /tmp/x', {
      'Container.1.SecurityContext.RunAsUser': '1000',
      'Container.1.SecurityContextRunAsGroup': '3000',
    });
    assert.match(output, /^uid=1000 gid=3000 groups=3000\nx\n/);
  });

  it('does not start as root when it must not', async () => {
    const id = await world.run('true', { 'Container.1.SecurityContextRunAsNonRoot': 'true' });
    const { CurrentState: state } = first(await world.until(id, isFinished));
    assert.deepEqual([state.Reason, state.ExitCode], ['StartError', 128]);
    assert.match(state.Message ?? '', /runAsNonRoot/);
  });

  it('may write anywhere unless its root is read-only', async () => {
    assert.equal(
      await outputOf('for d in / /usr/share /tmp /etc; do touch $d/new && echo $d; done'),
      '/\n/usr/share\n/tmp\n/etc\n',
    );
    const readOnly = { 'Container.1.SecurityContext.ReadOnlyRootFilesystem': 'true' };
    assert.doesNotMatch(
      await outputOf('for d in / /usr /tmp /etc; do touch $d/new && echo wrote $d; done', readOnly),
      /wrote/,
    );
    assert.ok(!existsSync('/usr/share/new'));
  });

  describe('volumes', () => {
    const volume = (index: number, name: string, type: string, more: Record<string, string> = {}) => ({
      [`Volume.${index}.Name`]: name,
      [`Volume.${index}.Type`]: type,
      ...Object.fromEntries(Object.entries(more).map(([key, value]) => [`Volume.${index}.${type}.${key}`, value])),
    });
    const mount = (
      container: number,
      index: number,
      name: string,
      path: string,
      more: Record<string, string> = {},
    ) => ({
      [`Container.${container}.VolumeMount.${index}.Name`]: name,
      [`Container.${container}.VolumeMount.${index}.MountPath`]: path,
      ...Object.fromEntries(
        Object.entries(more).map(([key, value]) => [`Container.${container}.VolumeMount.${index}.${key}`, value]),
      ),
    });
    const files = volume(1, 'files', 'ConfigFileVolume', {
      DefaultMode: '600',
      'ConfigFileToPath.1.Path': 'a.conf',
      'ConfigFileToPath.1.Content': base64('alpha\n'),
      'ConfigFileToPath.2.Path': 'sub/b.sh',
      'ConfigFileToPath.2.Content': base64('echo beta\n'),
      'ConfigFileToPath.2.Mode': '755',
    });

    it('hold files with their contents and modes, and cannot be changed', async () => {
      const script =
        'cd /config; cat a.conf; sub/b.sh; stat -c "%a %n" a.conf sub/b.sh; touch new 2>/dev/null || echo read-only';
      const output = await outputOf(script, { ...files, ...mount(1, 1, 'files', '/config') });
      assert.match(output, /^alpha\nbeta\n600 a\.conf\n755 sub\/b\.sh\nread-only\n$/);
    });

    it('change while containers run when an update does not restart them', async () => {
      const id = await world.run('sleep 1000', { ...files, ...mount(1, 1, 'files', '/config') });
      await world.until(id, isReady);
      await world.call('UpdateContainerGroup', {
        ContainerGroupId: id,
        ...volume(1, 'files', 'ConfigFileVolume', {
          'ConfigFileToPath.1.Path': 'a.conf',
          'ConfigFileToPath.1.Content': base64('changed\n'),
        }),
      });
      const read = async (): Promise<string> => world.exec(id, 'sh', '-c', 'cat /config/a.conf; ls /config/sub');
      for (let tries = 0; (await read()) !== 'changed\n'; tries += 1)
        assert.ok(tries < 100, 'the file stays as it was');
      assert.equal(first(await world.describe(id)).RestartCount, 0);
      await world.remove(id);
    });

    it('are mounted one file or folder at a time, also over programs', async () => {
      const output = await outputOf('cat /etc/my.conf; ls /usr/share/nginx/html', {
        ...files,
        ...mount(1, 1, 'files', '/etc/my.conf', { SubPath: 'a.conf' }),
        ...mount(1, 2, 'files', '/usr/share/nginx/html', { SubPath: 'sub' }),
      });
      assert.equal(output, 'alpha\nb.sh\n');
    });

    it('are shared by the containers of a group, from init containers on, and read-only where that is asked', async () => {
      const id = await world.run('cat /in/word; (echo no > /in/other) 2>/dev/null || echo refused', {
        ...volume(1, 'shared', 'EmptyDirVolume', { Medium: 'Memory' }),
        'InitContainer.1.Name': 'prepare',
        'InitContainer.1.Image': 'nginx',
        'InitContainer.1.Command.1': 'sh',
        'InitContainer.1.Command.2': '-c',
        'InitContainer.1.Command.3': 'echo written; stat -f -c %T /out; echo word > /out/word',
        'InitContainer.1.VolumeMount.1.Name': 'shared',
        'InitContainer.1.VolumeMount.1.MountPath': '/out',
        ...mount(1, 1, 'shared', '/in', { ReadOnly: 'true' }),
      });
      await world.until(id, isFinished);
      assert.match(await world.log(id), /^word\nrefused\n$/);
      assert.equal(await world.log(id, { ContainerName: 'prepare' }), 'written\ntmpfs\n');
    });

    it('survive a restart of the container, whose own files do not', async () => {
      const id = await world.run('ls /data /tmp; touch /data/kept /tmp/lost; exit 1', {
        RestartPolicy: 'OnFailure',
        ...volume(1, 'data', 'EmptyDirVolume'),
        ...mount(1, 1, 'data', '/data'),
      });
      await world.until(id, (group) => first(group).RestartCount === 1);
      world.clock.advance(10_000);
      await world.until(id, (group) => first(group).RestartCount === 2);
      assert.equal(await world.log(id), '/data:\nkept\n\n/tmp:\n');
      assert.equal(await world.log(id, { LastTime: 'true' }), '/data:\n\n/tmp:\n');
      await world.remove(id);
    });

    it('cannot be left by a link', async () => {
      const shared = volume(1, 'data', 'EmptyDirVolume');
      const id = await world.run('ls /x', {
        ...shared,
        'InitContainer.1.Name': 'evil',
        'InitContainer.1.Image': 'nginx',
        'InitContainer.1.Command.1': 'ln',
        'InitContainer.1.Command.2': '-s',
        'InitContainer.1.Command.3': '/etc',
        'InitContainer.1.Command.4': '/data/link',
        'InitContainer.1.VolumeMount.1.Name': 'data',
        'InitContainer.1.VolumeMount.1.MountPath': '/data',
        ...mount(1, 1, 'data', '/x', { SubPath: 'link' }),
      });
      assert.match(first(await world.until(id, isFinished)).CurrentState.Message ?? '', /leads out of its volume/);
    });
  });

  const ends: Record<string, { script: string; code: number; reason: string }> = {
    success: { script: 'true', code: 0, reason: 'Completed' },
    'a code': { script: 'exit 7', code: 7, reason: 'Error' },
    'a command that is not there': { script: 'exec frobnicate', code: 127, reason: 'Error' },
    'a signal': { script: 'sh -c "kill -11 \\$\\$"; exit $?', code: 139, reason: 'Error' },
  };
  for (const [what, { script, code, reason }] of Object.entries(ends)) {
    it(`tells ${what} by its exit code`, async () => {
      const { CurrentState: state } = first(await world.until(await world.run(script), isFinished));
      assert.deepEqual([state.ExitCode, state.Reason], [code, reason]);
    });
  }

  it('is ended when it takes more memory than it has', async () => {
    const id = await world.run('exec node -e "const a = []; for (;;) a.push(Buffer.alloc(8 << 20, 1))"', {
      'Container.1.Memory': '0.125',
    });
    const group = await world.until(id, isFinished);
    assert.deepEqual([first(group).CurrentState.ExitCode, first(group).CurrentState.Reason], [137, 'OOMKilled']);
    assert.ok(group.Events.some(({ Reason }) => Reason === 'OOMKilled'));
  });

  it('leaves a message, in its file or else in its log', async () => {
    const written = await world.run('echo because > /dev/termination-log; exit 1');
    assert.equal(first(await world.until(written, isFinished)).CurrentState.Message, 'because\n');
    const logged = await world.run('echo so; exit 1', {
      'Container.1.TerminationMessagePolicy': 'FallbackToLogsOnError',
    });
    assert.equal(first(await world.until(logged, isFinished)).CurrentState.Message, 'so\n');
  });

  it('writes both outputs into its log, lines without an end included', async () => {
    assert.deepEqual((await outputOf('echo out; echo err >&2; sleep 0.1; printf rest')).split('\n').sort(), [
      '',
      'err',
      'out',
      'rest',
    ]);
  });

  it('shares the network of its group, whose address leads there from outside', async () => {
    const id = await world.run(SERVER(8080, 'served'), {
      'Container.2.Name': 'client',
      'Container.2.Image': 'nginx',
      'Container.2.Command.1': 'sh',
      'Container.2.Command.2': '-c',
      'Container.2.Command.3':
        'until node -e \'fetch("http://localhost:8080").then(async (r) => console.log("heard " + (await r.text())))\'; do sleep 0.1; done',
    });
    const { IntranetIp: address } = await world.until(id, ({ Containers }) =>
      Containers.some(({ CurrentState }) => CurrentState.State === 'Terminated'),
    );
    assert.match(await world.log(id, { ContainerName: 'client' }), /heard served/);
    assert.equal(await bodyOf(`http://${address}:8080/`), 'served');
    // And one group reaches another.
    const peer = await outputOf(
      `node -e 'fetch("http://${address}:8080").then(async (r) => console.log(await r.text()))'`,
    );
    assert.equal(peer, 'served\n');
    await world.remove(id);
    // Whatever else may answer where this machine sends what has no place.
    assert.notEqual(await bodyOf(`http://${address}:8080/`).catch(() => ''), 'served');
  });

  describe('probes', () => {
    const fast = (kind: string): Record<string, string> => ({
      [`Container.1.${kind}.PeriodSeconds`]: '1',
      [`Container.1.${kind}.FailureThreshold`]: '1',
    });

    it('make a container ready when they pass and unready when they fail', async () => {
      const id = await world.run('sleep 1000', {
        ...fast('ReadinessProbe'),
        'Container.1.ReadinessProbe.Exec.Command.1': 'cat',
        'Container.1.ReadinessProbe.Exec.Command.2': '/tmp/ready',
      });
      const early = await world.until(id, ({ Events }) => Events.some(({ Reason }) => Reason === 'Unhealthy'));
      assert.deepEqual([early.Status, first(early).Ready], ['Running', false]);
      await world.exec(id, 'touch', '/tmp/ready');
      await world.until(id, isReady);
      await world.exec(id, 'rm', '/tmp/ready');
      await world.until(id, (group) => !isReady(group));
      await world.remove(id);
    });

    const servers: Record<string, Record<string, string>> = {
      'ask over HTTP': {
        'Container.1.ReadinessProbe.HttpGet.Port': '8080',
        'Container.1.ReadinessProbe.HttpGet.Path': '/',
      },
      'connect over TCP': { 'Container.1.ReadinessProbe.TcpSocket.Port': '8080' },
    };
    for (const [title, probe] of Object.entries(servers)) {
      it(title, async () => {
        const id = await world.run(SERVER(8080, 'x'), { ...fast('ReadinessProbe'), ...probe });
        await world.until(id, isReady);
        await world.remove(id);
      });
    }

    it('restart a container that is no longer alive', async () => {
      const id = await world.run('sleep 1000', {
        RestartPolicy: 'Always',
        TerminationGracePeriodSeconds: '0',
        ...fast('LivenessProbe'),
        'Container.1.LivenessProbe.Exec.Command.1': 'false',
      });
      const group = await world.until(id, (group) => first(group).RestartCount === 1);
      assert.equal(first(group).PreviousState?.ExitCode, 137);
      assert.ok(group.Events.some(({ Reason }) => Reason === 'Killing'));
      await world.remove(id);
    });
  });

  it('runs its handlers after the start and before the end, and hears SIGTERM', async () => {
    const id = await world.run('trap "echo term; exit 0" TERM; while :; do sleep 0.05; done', {
      TerminationGracePeriodSeconds: '20',
      'Container.1.LifecyclePostStartHandlerExec.1': 'sh',
      'Container.1.LifecyclePostStartHandlerExec.2': '-c',
      'Container.1.LifecyclePostStartHandlerExec.3': 'echo started > /proc/1/fd/1',
      'Container.1.LifecyclePreStopHandlerExec.1': 'sh',
      'Container.1.LifecyclePreStopHandlerExec.2': '-c',
      'Container.1.LifecyclePreStopHandlerExec.3': 'echo stopping > /proc/1/fd/1; sleep 0.5',
    });
    const { IntranetIp: address } = await world.until(id, isReady);
    assert.equal(await world.log(id), 'started\n');
    const [group] = world.service.groups.all();
    const container = [...world.service.groups.all()].find((candidate) => candidate.id === id)?.containers[0];
    assert.ok(group && container && address);
    await world.call('DeleteContainerGroup', { ContainerGroupId: id });
    await world.until(id, ({ Status }) => Status === 'Terminating');
    await assert.rejects(
      world.until(id, () => false),
      /gone/,
    );
    assert.deepEqual(
      container.log?.lines.map(({ text }) => text),
      ['started', 'stopping', 'term'],
    );
    assert.equal(container.current.state === 'Terminated' && container.current.exitCode, 0);
  });

  it('is killed after the grace period when it does not hear', async () => {
    const id = await world.run('trap "" TERM; while :; do sleep 0.05; done', { TerminationGracePeriodSeconds: '1' });
    await world.until(id, isReady);
    const startedMs = Date.now();
    await world.call('DeleteContainerGroup', { ContainerGroupId: id });
    await assert.rejects(
      world.until(id, () => false),
      /gone/,
    );
    assert.ok(Date.now() - startedMs >= 900, 'it was not given its time');
  });

  it('starts anew when the group is restarted', async () => {
    const id = await world.run('echo up; trap "exit 0" TERM; while :; do sleep 0.05; done');
    await world.until(id, isReady);
    await world.exec(id, 'touch', '/tmp/old');
    await world.call('RestartContainerGroup', { ContainerGroupId: id });
    await world.until(id, (group) => group.Status === 'Running' && isReady(group));
    assert.equal(await world.exec(id, 'ls', '/tmp'), '');
    await world.remove(id);
  });

  describe('commands in them', () => {
    let id: string;

    before(async function () {
      if (world === undefined) this.skip();
      id = await world.run('sleep 1000', {
        'Container.1.WorkingDir': '/work',
        'Container.1.SecurityContext.RunAsUser': '1000',
        'Container.1.EnvironmentVar.1.Key': 'OWN',
        'Container.1.EnvironmentVar.1.Value': `it's`,
      });
      await world.until(id, isReady);
    });

    const connect = async (command: string[], more: Record<string, string> = {}) => {
      const params = { ContainerGroupId: id, ContainerName: 'main', Command: JSON.stringify(command), ...more };
      return connectExec(String((await world.call('ExecContainerCommand', params))['WebSocketUri']));
    };

    it('see its processes, files, environment, user and folder', async () => {
      const output = await world.exec(id, 'sh', '-c', 'echo "$OWN $PWD $(id -u)"; cat /proc/1/cmdline | tr "\\0" " "');
      assert.match(output, /^it's \/work 1000\nsh -c sleep 1000/);
    });

    it('have outputs of their own, input and an exit code', async () => {
      const client = await connect(['sh', '-c', 'cat; echo bad >&2; exit 3']);
      client.write('hello\n');
      client.endInput();
      await client.closed;
      assert.deepEqual([client.transcript.stdout, client.transcript.stderr], ['hello\n', 'bad\n']);
      assert.match(JSON.stringify(client.transcript.status), /"ExitCode","message":"3"/);
    });

    it('end with 127 when they are not there', async () => {
      const client = await connect(['frobnicate']);
      await client.closed;
      assert.match(client.transcript.stderr, /frobnicate: not found/);
      assert.match(JSON.stringify(client.transcript.status), /"127"/);
    });

    it('have a terminal whose size can be changed', async () => {
      const client = await connect(['/bin/bash'], { TTY: 'true' });
      client.resize(101, 33);
      client.write('tty; until [ "$(stty size)" = "33 101" ]; do sleep 0.05; done; echo si""zed\n');
      await client.waitFor(/\/dev\/pts\/\d[^]*sized/);
      client.write('exit 5\n');
      await client.closed;
      assert.match(JSON.stringify(client.transcript.status), /"5"/);
      assert.equal(client.transcript.stderr, '');
    });

    it('end when their client goes', async () => {
      const client = await connect(['sleep', '12345']);
      const running = async (): Promise<boolean> => /sleep 12345/.test(await world.exec(id, 'ps', 'ax'));
      while (!(await running()));
      client.socket.terminate();
      while (await running());
    });

    it('end with the container', async () => {
      const client = await connect(['sleep', '1000']);
      await world.remove(id);
      await client.closed;
    });
  });
});

async function bodyOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { timeout: 500, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => resolve(text));
    })
      .on('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(new Error('no answer'));
      })
      .on('error', reject);
  });
}
