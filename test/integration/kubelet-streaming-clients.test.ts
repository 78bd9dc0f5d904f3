import assert from 'node:assert/strict';
import { openApiWebSocket } from '../support/api-web-socket.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { aContainer } from '../support/pod-builder.ts';
import { runKubectl } from '../support/run-kubectl.ts';
import { createPod, untilPodRuns } from '../support/sandbox-pods.ts';

/** Says everything in upper case. */
const shoutingServer = `
use IO::Socket::INET;
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 8080, Listen => 50, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
  next if fork;
  while (sysread($client, my $data, 65536)) { syswrite($client, uc $data) }
  exit;
}
`;

const v4 = ['v4.channel.k8s.io'];

describe('clients that speak in channels through the API server, and containers that run', function () {
  this.timeout(120_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this, { runContainers: true });
    await platform.start({ flags: ['--stream-idle-timeout', '10s'] });
    const image = 'nginx';
    const pod = await createPod(platform, 'web', {
      image,
      annotations: {},
      spec: {
        containers: [
          aContainer({ name: 'app', image, command: ['sh', '-c', 'while :; do sleep 1; done'] }),
          aContainer({ name: 'server', image, command: ['perl', '-e', shoutingServer] }),
        ],
      },
    });
    await untilPodRuns(platform, pod);
  });

  after(async () => await platform?.dispose());

  function exec(command: readonly string[], streams: string): string {
    const words = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
    return `web/exec?container=app&${streams}&${words.toString()}`;
  }

  it('get outputs apart and the exit code as a Status', async () => {
    const path = exec(['sh', '-c', 'echo out; echo err >&2; exit 9'], 'stdout=1&stderr=1');
    const client = await openApiWebSocket(platform, path, v4);
    await client.closed();
    assert.deepEqual([client.text(1), client.text(2)], ['out\n', 'err\n']);
    const status = JSON.parse(client.text(3)) as { reason: string; details: { causes: unknown[] } };
    assert.equal(status.reason, 'NonZeroExitCode');
    assert.deepEqual(status.details.causes, [{ reason: 'ExitCode', message: '9' }]);
  });

  it('may speak base64', async () => {
    const client = await openApiWebSocket(platform, exec(['echo', 'out'], 'stdout=1'), ['v4.base64.channel.k8s.io']);
    await client.closed();
    const said = client.messages.map(String).filter((message) => message.startsWith('1'));
    assert.equal(said.map((message) => atob(message.slice(1))).join(''), 'out\n');
  });

  it('have a terminal whose size is theirs', async () => {
    const untilSized = 'until [ "$(stty size)" = "37 101" ]; do sleep 0.05; done; echo sized; exit 3';
    const path = exec(['sh', '-c', untilSized], 'stdin=1&stdout=1&stderr=1&tty=1');
    const client = await openApiWebSocket(platform, path, ['v5.channel.k8s.io', ...v4]);
    client.send(4, '{"Width":101,"Height":37}');
    await client.closed();
    assert.equal(client.text(1), 'sized\r\n');
    assert.equal(client.text(2), '');
    assert.match(client.text(3), /"message":"3"/);
  });

  it('keep a terminal that is used, and lose one that is not', async () => {
    const path = exec(['sh', '-c', 'while read line; do echo "got $line"; done'], 'stdin=1&stdout=1&tty=1');
    const client = await openApiWebSocket(platform, path, v4);
    const startedMs = Date.now();
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      client.send(0, `${turn}\n`);
      await client.until(() => client.text(1).includes(`got ${turn}`));
    }
    await client.closed();
    const lastedMs = Date.now() - startedMs;
    assert.ok(
      lastedMs >= 24_000 && lastedMs < 29_000,
      `ended after ${lastedMs} ms, the idle time being 10 s from the last byte`,
    );
  });

  it('have ports forwarded, and keep those that work when one is refused', async () => {
    const client = await openApiWebSocket(platform, 'web/portforward?ports=8080&ports=8081&ports=10250', v4);
    await client.until(() => /ECONNREFUSED/.test(client.text(3)) && /reserved by ECI/.test(client.text(5)));
    client.send(0, 'still here');
    await client.until(() => client.bytes(0).subarray(2).toString() === 'STILL HERE');
    assert.equal(client.bytes(0).readUInt16LE(0), 8080);
    client.socket.close();
  });

  it('are told by /run through the node, and never that a failure went well', async () => {
    const node = platform.sandbox.nodeName;
    const run = (command: string): ReturnType<typeof runKubectl> => {
      const path = `/api/v1/nodes/${node}/proxy/run/${platform.sandbox.namespace}/web/app?cmd=${command}`;
      return runKubectl(platform, ['create', '--raw', path, '-f', '-'], Buffer.alloc(0));
    };
    assert.equal((await run('echo+hello')).stdout.toString(), 'hello\n');
    const failed = await run('ls+/no-such-directory');
    assert.notEqual(failed.exitCode, 0);
    assert.match(failed.stderr, /exit code 2|No such file/);
  });
});
