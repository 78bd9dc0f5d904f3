import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';

const childProcess = join(import.meta.dirname, '..', '..', 'support', 'child-process.ts');

/** Starts a program that starts another one, and tells both process ids. */
const parentScript = `
  import { startProgram } from ${JSON.stringify(childProcess)};
  const sleeper = 'const { spawn } = await import("node:child_process");' +
    'console.log(spawn("sleep", ["60"]).pid); setInterval(() => {}, 1000);';
  const program = startProgram(['--input-type=module', '-e', sleeper]);
  const [grandchild] = await program.waitForOutput(/\\d+/);
  console.log(program.pid, grandchild);
  setInterval(() => {}, 1000);
`;

describe('programs that tests, demo and measurements start', () => {
  it('end with us even if we are killed, and what they started as well', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pids = line.toString().trim().split(' ').map(Number);
    assert.equal(pids.length, 2);
    assert.deepEqual(pids.map(isRunning), [true, true]);
    parent.kill('SIGKILL');
    await eventually('nobody is left', async () => !pids.some(isRunning));
  });
});

/** A process that has ended and that nobody has asked about yet still has its number. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
