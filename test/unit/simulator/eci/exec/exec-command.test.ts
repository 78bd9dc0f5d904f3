import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EciService } from '../../../../../simulator/eci/eci-service.ts';
import { registerEci } from '../../../../../simulator/eci/register.ts';
import { startRegistry } from '../../../../../simulator/registry/front.ts';
import type { RegistryFront } from '../../../../../simulator/registry/front.ts';
import type { JournalEntry } from '../../../../../simulator/types.ts';
import { createEciCaller } from '../eci-caller.ts';
import { startSimulator } from '../../start-simulator.ts';
import type { RunningSimulator } from '../../start-simulator.ts';
import { connectExec } from './exec-client.ts';

describe('ExecContainerCommand', () => {
  let running: RunningSimulator;
  let registry: RegistryFront;
  let service: EciService;
  let dataDir: string;
  let id: string;
  let call: ReturnType<typeof createEciCaller>;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'eci-exec-'));
    running = await startSimulator({
      register: (simulator) => {
        service = registerEci(simulator, { registryUrl: () => registry.url });
      },
    });
    registry = await startRegistry({
      simulator: running.simulator,
      dataDir,
      binary: '/nonexistent',
      log: () => undefined,
    });
    call = createEciCaller(running.addresses.url);
    const created = await call('CreateContainerGroup', {
      ContainerGroupName: 'web',
      VSwitchId: 'vsw-bp1xpiowfm5vo8o3c0001',
      SecurityGroupId: 'sg-bp1dktddjsg5nktv0001',
      'Container.1.Name': 'main',
      'Container.1.Image': 'nginx',
    });
    id = String(created['ContainerGroupId']);
  });

  after(async () => {
    service.puller.close();
    await registry.stop();
    await running.simulator.stop();
    await rm(dataDir, { recursive: true, force: true });
    assert.deepEqual(running.defects, []);
  });

  const exec = async (command: string[], more: Record<string, string> = {}): Promise<Record<string, unknown>> =>
    call('ExecContainerCommand', {
      ContainerGroupId: id,
      ContainerName: 'main',
      Command: JSON.stringify(command),
      ...more,
    });

  const connect = async (command: string[], more: Record<string, string> = {}) =>
    connectExec(String((await exec(command, more))['WebSocketUri']));

  it('is refused before the container runs', async () => {
    await assert.rejects(exec(['true']), { code: 'IncorrectStatus' });
    running.clock.advance(300);
    await service.puller.idle();
    running.clock.advance(300);
  });

  it('gives an address on the port that was called, without any key in it', async () => {
    const { WebSocketUri: uri } = await exec(['true']);
    assert.match(
      String(uri),
      new RegExp(`^ws://${new URL(running.addresses.url).host}/exec\\?token=exec-[a-z0-9]{20}$`),
    );
  });

  it('sends the output and then the status, and closes', async () => {
    const client = await connect(['echo', 'hello', 'world']);
    assert.equal(await client.closed, 1000);
    assert.deepEqual(client.transcript, {
      stdout: 'hello world\n',
      stderr: '',
      status: { metadata: {}, status: 'Success' },
    });
  });

  it('tells the exit code', async () => {
    const client = await connect(['exit', '7']);
    await client.closed;
    assert.deepEqual(client.transcript.status?.['details'], { causes: [{ reason: 'ExitCode', message: '7' }] });
    assert.equal(client.transcript.status['reason'], 'NonZeroExitCode');
  });

  it('says on standard error that a command is not there, and ends with 127', async () => {
    const client = await connect(['frobnicate']);
    await client.closed;
    assert.match(client.transcript.stderr, /^frobnicate: not found/);
    assert.match(JSON.stringify(client.transcript.status), /"127"/);
  });

  it('takes input until its end is signalled', async () => {
    const client = await connect(['cat']);
    client.write('one ');
    client.write('two');
    await client.waitFor(/one two/);
    client.endInput();
    assert.equal(await client.closed, 1000);
    assert.equal(client.transcript.status?.['status'], 'Success');
  });

  it('gives no input to a command that was to have none', async () => {
    const client = await connect(['cat'], { Stdin: 'false' });
    client.write('ignored');
    assert.equal(await client.closed, 1000);
    assert.equal(client.transcript.stdout, '');
  });

  it('carries much more than fits into one message or buffer', async () => {
    const client = await connect(['cat']);
    const block = 'x'.repeat(100_000);
    for (let count = 0; count < 30; count += 1) client.write(block);
    client.endInput();
    await client.closed;
    assert.equal(client.transcript.stdout.length, 3_000_000);
  });

  it('answers with the output when asked to wait', async () => {
    assert.equal((await exec(['echo', 'sync'], { Sync: 'true' }))['SyncResponse'], 'sync\n');
    assert.equal((await exec(['cat'], { Sync: 'true' }))['SyncResponse'], '');
  });

  it('lets an address be used once', async () => {
    const uri = String((await exec(['true']))['WebSocketUri']);
    await (
      await connectExec(uri)
    ).closed;
    await assert.rejects(connectExec(uri), /403/);
  });

  it('lets an address be used for thirty seconds', async () => {
    const uri = String((await exec(['true']))['WebSocketUri']);
    running.clock.advance(30_000);
    await assert.rejects(connectExec(uri), /403/);
  });

  const broken: Record<string, { code: number; message: Buffer | string }> = {
    'an unknown channel': { code: 1002, message: Buffer.of(9, 1) },
    'an empty message': { code: 1002, message: Buffer.alloc(0) },
    'a size that is none': { code: 1002, message: Buffer.from('\x04{"Width":"a"}') },
    text: { code: 1003, message: '\x00hello' },
  };
  for (const [what, { code, message }] of Object.entries(broken)) {
    it(`closes a connection that sends ${what}`, async () => {
      const client = await connect(['cat']);
      client.socket.send(message);
      assert.equal(await client.closed, code);
    });
  }

  it('ends the command when its client goes, and shows the open ones until then', async () => {
    const client = await connect(['sleep', '1000']);
    const open = async (): Promise<unknown> =>
      ((await running.control('GET', '/_sim/state')) as { eci: { execSessions: unknown } }).eci.execSessions;
    assert.deepEqual(await open(), [{ containerGroupId: id, container: 'main', tty: false, stdin: true }]);
    client.socket.terminate();
    await client.closed;
    for (let tries = 0; JSON.stringify(await open()) !== '[]'; tries += 1) assert.ok(tries < 100, 'it stays open');
  });

  it('can be cut from outside', async () => {
    const client = await connect(['cat']);
    assert.deepEqual(await running.control('DELETE', '/_sim/exec-sessions'), { cut: 1 });
    assert.equal(await client.closed, 1006);
    assert.equal(client.transcript.status, undefined);
  });

  const refused: Record<string, { command: string[]; more?: Record<string, string>; code: string }> = {
    'no command': { command: [], code: 'MissingParameter' },
    'more than 20 items': { command: Array.from({ length: 21 }, () => 'x'), code: 'InvalidParameter.ValueExceeded' },
    'more than 256 characters': { command: ['echo', 'x'.repeat(257)], code: 'InvalidParameter.ValueExceeded' },
    'an interactive shell without a terminal': { command: ['/bin/bash'], code: 'InvalidParameter' },
    'to wait for a terminal': { command: ['ls'], more: { TTY: 'true', Sync: 'true' }, code: 'InvalidParameter' },
    'a command that is no list': { command: [], more: { Command: 'ls' }, code: 'InvalidParameter' },
    'an unknown container': { command: ['ls'], more: { ContainerName: 'x' }, code: 'InvalidParameter.NotFound' },
  };
  for (const [what, { command, more, code }] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.rejects(exec(command, more), { code }));
  }

  it('is in the journal without arguments and tokens, and so are connections', async () => {
    await running.control('DELETE', '/_sim/journal');
    await (
      await connect(['echo', '--password=CANARY'])
    ).closed;
    const { entries } = (await running.control('GET', '/_sim/journal')) as { entries: JournalEntry[] };
    assert.deepEqual(
      entries.map(({ action, result }) => [action, result]),
      [
        ['ExecContainerCommand', 'OK'],
        ['ExecWebSocket', 'OK'],
      ],
    );
    assert.equal(entries[0]?.parameters['Command'], '["echo","[redacted]"]');
    assert.doesNotMatch(JSON.stringify(entries), /CANARY|token/);
  });

  it('is hit by faults, and so are connections', async () => {
    const inject = async (fault: Record<string, unknown>): Promise<unknown> =>
      running.control('POST', '/_sim/faults', fault);
    await inject({ action: 'ExecContainerCommand', kind: 'throttle', count: 1 });
    await assert.rejects(exec(['true']), { code: 'Throttling.User' });
    await inject({ action: 'ExecWebSocket', kind: 'error', status: 500, count: 1 });
    await assert.rejects(connect(['true']), /500/);
    await inject({ action: 'ExecWebSocket', kind: 'reset', count: 1 });
    await assert.rejects(connect(['true']), /hang up/);
    await (
      await connect(['true'])
    ).closed;
  });

  it('ends with the group', async () => {
    const client = await connect(['cat']);
    await call('DeleteContainerGroup', { ContainerGroupId: id });
    running.clock.advance(300);
    assert.equal(await client.closed, 1006);
  });
});
