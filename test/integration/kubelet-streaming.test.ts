import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { Pod } from '../../src/kube/types.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import type { Platform } from '../support/platform.ts';
import { aContainer } from '../support/pod-builder.ts';
import { runInTerminal, runKubectl, startKubectl } from '../support/run-kubectl.ts';
import type { KubectlRun } from '../support/run-kubectl.ts';
import { createPod, untilPodRuns } from '../support/sandbox-pods.ts';

const MiB = 1024 * 1024;

/** Says everything in upper case, and a word of its own when the other side has ended. Perl is on every Debian. */
const shoutingServer = `
use IO::Socket::INET;
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 8080, Listen => 50, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
  next if fork;
  while (sysread($client, my $data, 65536)) { syswrite($client, uc $data) }
  syswrite($client, 'BYE');
  exit;
}
`;

/** kubectl asks for a WebSocket first, and for SPDY when that is refused. */
const carriers = ['WebSocket', 'SPDY'] as const;

describe('commands and connections through kubectl, in containers that run', function () {
  this.timeout(120_000);
  let platform: Platform;
  let pod: Pod;
  let product: ProductProcess;

  before(async function () {
    platform = await createPlatform(this, { runContainers: true });
    product = await platform.start();
    const image = 'nginx';
    const shell = (name: string, script: string) => aContainer({ name, image, command: ['sh', '-c', script] });
    pod = await createPod(platform, 'web', {
      image,
      annotations: {},
      spec: {
        containers: [
          shell('app', 'while :; do sleep 1; done'),
          aContainer({ name: 'server', image, command: ['perl', '-e', shoutingServer] }),
          shell('talker', 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.2; done'),
        ],
      },
    });
    await untilPodRuns(platform, pod);
    // One running container makes the Pod Running; every one of them is used here.
    await platform.kubectl(['wait', '--for=condition=Ready', 'pod/web', '--timeout=60s']);
  });

  after(async () => await platform?.dispose());

  for (const carrier of carriers) {
    describe(`exec over ${carrier}`, () => {
      const exec = async (args: readonly string[], input?: Buffer): Promise<KubectlRun> =>
        await runKubectl(platform, ['exec', ...args], input);
      let before_: string | undefined;

      before(() => {
        before_ = process.env['KUBECTL_REMOTE_COMMAND_WEBSOCKETS'];
        process.env['KUBECTL_REMOTE_COMMAND_WEBSOCKETS'] = String(carrier === 'WebSocket');
      });
      after(() => {
        if (before_ === undefined) delete process.env['KUBECTL_REMOTE_COMMAND_WEBSOCKETS'];
        else process.env['KUBECTL_REMOTE_COMMAND_WEBSOCKETS'] = before_;
      });

      it('prints both outputs apart and ends with the exit code of the command', async () => {
        const run = await exec(['web', '-c', 'app', '--', 'sh', '-c', 'echo out; echo err >&2; exit 42']);
        assert.equal(run.stdout.toString(), 'out\n');
        assert.match(run.stderr, /^err\n/);
        assert.equal(run.exitCode, 42);
      });

      it('says that a command is not there', async () => {
        const run = await exec(['web', '-c', 'app', '--', 'no-such-command']);
        assert.notEqual(run.exitCode, 0);
      });

      it('hands over input to its end', async () => {
        const run = await exec(['-i', 'web', '-c', 'app', '--', 'wc', '-c'], Buffer.from('twelve bytes'));
        assert.equal(run.stdout.toString().trim(), '12');
        assert.equal(run.exitCode, 0);
      });

      it('carries 20 MiB in and 50 MiB out byte for byte', async () => {
        const sent = randomBytes(20 * MiB);
        const back = await exec(['-i', 'web', '-c', 'app', '--', 'cat'], sent);
        assert.equal(Buffer.compare(back.stdout, sent), 0);
        const long = await exec(['web', '-c', 'app', '--', 'head', '-c', String(50 * MiB), '/dev/zero']);
        assert.equal(long.stdout.length, 50 * MiB);
        assert.equal(long.exitCode, 0);
      });

      it('runs a command that is longer than ECI takes, with quotes in it', async () => {
        const long = `it's ${'x'.repeat(1000)}`;
        const run = await exec(['web', '-c', 'app', '--', 'echo', long, '"$HOME"']);
        assert.equal(run.stdout.toString(), `${long} "$HOME"\n`);
        const busy = await exec(['-i', 'web', '-c', 'app', '--', 'echo', long], Buffer.alloc(0));
        assert.match(busy.stderr, /at most 20 words of 256 characters/);
        assert.notEqual(busy.exitCode, 0);
      });

      it('gives a terminal the size of its own, also when that changes', async () => {
        const awaitSize = (size: string): string => `until [ "$(stty size)" = "${size}" ]; do sleep 0.05; done`;
        const run = await runInTerminal(platform, {
          // The terminal is changed once the command has seen it as it was at first.
          script: `stty rows 37 cols 101; (sleep 1; stty rows 40 cols 90 </dev/tty) & "$@"`,
          args: [
            ...['exec', '-it', 'web', '-c', 'app', '--', 'sh', '-c'],
            `${awaitSize('37 101')}; echo first; ${awaitSize('40 90')}; echo second; tty -s && exit 5`,
          ],
        });
        assert.match(run.stdout.toString(), /first\r+\nsecond/);
        assert.equal(run.exitCode, 5);
      });

      it('ends the command when its client goes', async () => {
        const child = startKubectl(platform, ['exec', 'web', '-c', 'app', '--', 'sleep', '4711']);
        const running = async (): Promise<number> => {
          const { stdout } = await exec([
            'web',
            '-c',
            'app',
            '--',
            'sh',
            '-c',
            'grep -al 471[1] /proc/[0-9]*/cmdline | wc -l',
          ]);
          return Number(stdout.toString());
        };
        await eventually('the command runs', async () => (await running()) > 0);
        child.kill('SIGKILL');
        await eventually('the command has ended', async () => (await running()) === 0);
      });
    });
  }

  it('attach shows what a container prints, until the client goes', async () => {
    const child = startKubectl(platform, ['attach', 'web', '-c', 'talker']);
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await eventually('lines of now are shown', async () => /line \d+\n(.*\n)*line \d+\n/.test(shown));
    child.kill('SIGKILL');
    const refused = await runKubectl(platform, ['attach', '-i', 'web', '-c', 'talker'], Buffer.alloc(0));
    assert.match(refused.stderr, /no way to the standard input/);
    assert.notEqual(refused.exitCode, 0);
  });

  for (const carrier of carriers) {
    it(`port-forward over ${carrier} carries bytes both ways, and says what is wrong with a port that nobody listens on`, async () => {
      process.env['KUBECTL_PORT_FORWARD_WEBSOCKETS'] = String(carrier === 'WebSocket');
      const child = startKubectl(platform, ['port-forward', 'web', ':8080', ':8081']);
      try {
        let said = '';
        child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
        const localPort = async (remote: number): Promise<number> =>
          await eventually(`${remote} is forwarded`, async () => {
            const found = new RegExp(`127.0.0.1:(\\d+) -> ${remote}`).exec(said);
            if (found?.[1] === undefined) throw new Error(said);
            return Number(found[1]);
          });
        const [open, closed] = [await localPort(8080), await localPort(8081)];
        const answers = await Promise.all(['one', 'two', 'three'].map((text) => converse(open, text)));
        assert.deepEqual(answers, ['ONEBYE', 'TWOBYE', 'THREEBYE']);
        // kubectl itself gives the whole forward up after a text like this; the server does not.
        assert.equal(await converse(closed, 'nobody'), '');
        await eventually('kubectl says why', async () =>
          /error forwarding port 8081 to pod web: cannot connect to .*: ECONNREFUSED/.test(said),
        );
      } finally {
        child.kill('SIGKILL');
        delete process.env['KUBECTL_PORT_FORWARD_WEBSOCKETS'];
      }
    });
  }

  // In a suite of its own, which comes after the others.
  describe('after all of that', () => {
    it('there is no command, and neither words nor addresses of one in the log', async () => {
      const marker = `marker-${randomBytes(8).toString('hex')}`;
      const run = await runKubectl(platform, ['exec', '-i', 'web', '-c', 'app', '--', 'echo', marker], Buffer.alloc(0));
      assert.equal(run.stdout.toString(), `${marker}\n`);
      const missing = await runKubectl(platform, ['exec', 'web', '-c', 'app', '--', `/no/${marker}`]);
      assert.notEqual(missing.exitCode, 0);
      const output = product.output();
      assert.notEqual(output, '');
      assert.ok(!output.includes(marker), 'the log shows a command');
      assert.doesNotMatch(output, /wss?:\/\//);
      await eventually('ECI runs no command', async () => {
        const { eci } = (await platform.simulator.state()) as { eci: { execSessions: unknown[] } };
        return eci.execSessions.length === 0;
      });
      await eventually('no stream is open', async () =>
        /^eci_kubelet_streams(\{[^}]*\})? 0$/m.test(await product.metrics()),
      );
    });
  });
});

/** Sends a text, ends its side, and reads until the other side ends. A connection that breaks says nothing. */
async function converse(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  socket.on('error', () => {});
  socket.end(text);
  await once(socket, 'close');
  return said;
}
