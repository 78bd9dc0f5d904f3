import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'demo.ts');

/** Runs the demo on a machine that has no control plane. */
function demo(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: '', KUBEBUILDER_ASSETS: join(import.meta.dirname, 'absent') };
  return spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' });
}

describe('the demo', () => {
  it('says in one line what it needs where there is no control plane', () => {
    const { status, stdout, stderr } = demo();
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^The demo needs a Kubernetes control plane: set KUBEBUILDER_ASSETS .*\n$/);
  });

  it('explains itself', () => {
    const { status, stdout } = demo('--help');
    assert.equal(status, 0);
    assert.match(stdout, /--keep/);
  });

  it('refuses options that it does not know', () => {
    const { status, stdout } = demo('--kep');
    assert.equal(status, 2);
    assert.match(stdout, /no option --kep/);
  });
});
