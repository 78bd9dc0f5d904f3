import assert from 'node:assert/strict';
import { eciFixture, groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld } from './eci-world.ts';
import { changeLog } from '../../../../simulator/eci/log/log-control.ts';

describe('DescribeContainerLog', () => {
  let world: EciWorld;
  let id: string;

  before(async () => {
    const fixture = eciFixture();
    fixture.images?.push({ host: 'docker.io', repository: 'library/talker', tag: 'v1', log: ['hello', 'world'] });
    world = await startEciWorld(fixture);
    id = await create('talker:v1');
    await world.pass(600, 2);
  });

  after(() => world.stop());

  const create = async (image: string, more: Record<string, string> = {}): Promise<string> =>
    String((await world.call('CreateContainerGroup', groupParams(image, more)))['ContainerGroupId']);

  const read = async (more: Record<string, string> = {}): Promise<unknown> => {
    const params = { ContainerGroupId: id, ContainerName: 'main', ...more };
    return (await world.call('DescribeContainerLog', params))['Content'];
  };

  const write = (lines: string[], more: Record<string, unknown> = {}): void => {
    const body = { containerGroupId: id, containerName: 'main', lines, ...more };
    changeLog(body, { groups: world.service.groups.all(), nowMs: world.simulator.clock.nowMs() });
  };

  it('gives what the fixture says that the image writes, and the name of the container', async () => {
    const answer = await world.call('DescribeContainerLog', { ContainerGroupId: id, ContainerName: 'main' });
    assert.deepEqual(answer, { ContainerName: 'main', Content: 'hello\nworld\n' });
  });

  it('gives one line of a container about whose image the fixture says nothing, and none before it has started', async () => {
    const other = await create('nginx:v1');
    assert.equal(await read({ ContainerGroupId: other }), '');
    await world.pass(600, 2);
    assert.equal(await read({ ContainerGroupId: other }), 'main started from nginx:v1\n');
  });

  it('gives 500 lines unless asked for more, and 2000 at most', async () => {
    write(Array.from({ length: 3000 }, (_, index) => `line ${index}`));
    const linesOf = async (more?: Record<string, string>): Promise<number> =>
      String(await read(more)).split('\n').length - 1;
    assert.equal(await linesOf(), 500);
    assert.equal(await linesOf({ Tail: '2000' }), 2000);
    write([], { mode: 'set' });
  });

  it('gives lines since a time and within seconds, with their times', async () => {
    write(['old']);
    await world.pass(10_000);
    write(['new']);
    assert.equal(await read({ SinceSeconds: '5' }), 'new\n');
    const start = new Date(world.simulator.clock.nowMs()).toISOString();
    assert.match(String(await read({ StartTime: start, Timestamps: 'true' })), /^2026-\S+\.\d{9}Z new\n$/);
  });

  it('gives the log of the instance before when asked for the last time', async () => {
    const ending = {
      'Container.1.EnvironmentVar.1.Key': 'ECI_SIM_EXIT_AFTER_MS',
      'Container.1.EnvironmentVar.1.Value': '500',
    };
    const restarting = await create('talker:v1', ending);
    await world.pass(600, 2);
    assert.equal(await read({ ContainerGroupId: restarting, LastTime: 'true' }), '');
    write(['first instance'], { containerGroupId: restarting, mode: 'set' });
    await world.pass(500);
    assert.equal(await read({ ContainerGroupId: restarting }), 'first instance\n');
    await world.pass(10_000);
    await world.pass(300);
    assert.equal(await read({ ContainerGroupId: restarting }), 'hello\nworld\n');
    assert.equal(await read({ ContainerGroupId: restarting, LastTime: 'true' }), 'first instance\n');
  });

  const refused: Record<string, { params: Record<string, string>; code: string }> = {
    'a tail of nothing': { params: { Tail: '0' }, code: 'InvalidParameter' },
    'a tail beyond the maximum': { params: { Tail: '2001' }, code: 'InvalidParameter' },
    'a limit beyond a megabyte': { params: { LimitBytes: '1048577' }, code: 'InvalidParameter' },
    'a time that is not UTC': { params: { StartTime: '2026-01-01T00:00:00+08:00' }, code: 'InvalidParameter' },
    'a time that does not exist': { params: { StartTime: '2026-13-01T00:00:00Z' }, code: 'InvalidParameter' },
    'two beginnings': { params: { StartTime: '2026-01-01T00:00:00Z', SinceSeconds: '1' }, code: 'InvalidParameter' },
    'a container that is not there': { params: { ContainerName: 'other' }, code: 'InvalidParameter.NotFound' },
    'a group that is not there': { params: { ContainerGroupId: 'eci-x' }, code: 'InvalidParameter.NotFound' },
    'no container': { params: { ContainerName: '' }, code: 'InvalidParameter' },
  };
  for (const [what, { params, code }] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.rejects(read(params), { code }));
  }

  it('is refused to callers without permission', async () => {
    const nobody = {
      kind: 'user' as const,
      accountId: '1111111111111111',
      arn: 'acs:ram::1111111111111111:user/nobody',
      accessKeyId: 'x',
    };
    const params = { ContainerGroupId: id, ContainerName: 'main' };
    await assert.rejects(world.call('DescribeContainerLog', params, nobody), { httpStatus: 403 });
    await assert.rejects(world.call('ExecContainerCommand', { ...params, Command: '["true"]' }, nobody), {
      httpStatus: 403,
    });
  });

  const misuse: Record<string, Record<string, unknown>> = {
    'an unknown container': { containerName: 'nobody' },
    'an unknown member': { line: 'x' },
    'lines that are none': { lines: 'x' },
    'an unknown mode': { mode: 'prepend' },
  };
  for (const [what, body] of Object.entries(misuse)) {
    it(`is not changed by a control call with ${what}`, () => assert.throws(() => write(['x'], body), TypeError));
  }
});
