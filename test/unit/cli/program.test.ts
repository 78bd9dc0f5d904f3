import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runProgram } from '../../../src/cli/program.ts';
import { productVersion } from '../../../src/config/product-version.ts';
import { recordingIo } from './recording-io.ts';

describe('the command line', () => {
  it('prints its version', async () => {
    const io = recordingIo(['version']);
    assert.equal(await runProgram(io), 0);
    assert.equal(io.out(), `eci-kubelet ${productVersion}\n`);
  });

  it('prints help with code 0, with every option of the table under run', async () => {
    const io = recordingIo(['run', '--help']);
    assert.equal(await runProgram(io), 0);
    assert.match(io.out(), /--credential-delivery <word>/);
    assert.match(io.out(), /ECI_KUBELET_POD_WORKERS, default 32/);
    assert.doesNotMatch(io.out(), /--access-key-secret/);
  });

  it('gives a flag behind uninstall to uninstall, also one that the credential helper has as well', async () => {
    for (const flags of [
      ['--kubeconfig', '/nowhere/else'],
      ['--dry-run', '--kubeconfig=/nowhere/else'],
    ]) {
      const io = recordingIo(['credential-helper', 'uninstall', ...flags]);
      assert.equal(await runProgram(io), 1);
      assert.match(io.err(), /kubeconfig \/nowhere\/else does not exist/);
    }
  });

  const misuse: Record<string, [argv: string[], message: RegExp]> = {
    'an unknown command': [['rnu'], /Did you mean run\?/],
    'an unknown flag': [['run', '--pod-worker', '3'], /Did you mean .*--pod-workers/],
    'a secret as a flag': [['run', '--access-key-secret', 'x'], /unknown option/],
    'an unknown output': [['plan', '-f', '-', '-o', 'xml'], /table, json, yaml, mermaid/],
    'a deregistration of nobody': [['deregister'], /--node-name is required/],
    'a check of nothing': [['check', 'image'], /missing required argument 'image'/],
    'a check of a Pod without its namespace': [['check', 'pod', 'web'], /"web" is no Pod; write namespace\/name/],
    'a status in another form': [['status', '-o', 'xml'], /Allowed choices are table, json/],
    'a plan of nothing': [['plan'], /--filename/],
    'a configuration with problems': [
      ['run', '--pod-workers', '0'],
      /--pod-workers: 0 is not accepted; give a whole number/,
    ],
  };
  for (const [name, [argv, message]] of Object.entries(misuse)) {
    it(`answers ${name} with code 2 and advice`, async () => {
      const io = recordingIo(argv);
      assert.equal(await runProgram(io), 2);
      assert.match(io.err(), message);
      assert.doesNotMatch(io.err(), /\n\s+at /, 'no stack');
    });
  }

  it('takes the flags of an uninstallation where its parent has some of the same names', async () => {
    for (const argv of [
      ['credential-helper', 'uninstall', '--dry-run', '--kubeconfig', '/no/such/file'],
      ['credential-helper', '--kubeconfig', '/no/such/file', 'uninstall', '--dry-run'],
    ]) {
      const io = recordingIo(argv);
      assert.equal(await runProgram(io), 1);
      assert.match(io.err(), /kubeconfig \/no\/such\/file does not exist/);
    }
  });

  it('shows the stack of an error only with --verbose', async () => {
    const io = recordingIo(['--verbose', 'run']);
    assert.equal(await runProgram(io), 2);
    assert.match(io.err(), /\n\s+at /);
  });

  it('loads neither SDKs nor ajv nor yaml to print help', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const trace = `
      import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) {
        const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
        if (name !== undefined) process.stderr.write(name + '\\n');
        return next(url, context);
      } });`;
    const help = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(trace)}`, join(root, 'src', 'main.ts'), '--help'],
      { encoding: 'utf8' },
    );
    assert.equal(help.status, 0, help.stderr);
    assert.deepEqual([...new Set(help.stderr.trim().split('\n'))], ['commander']);
  });
});
