import { spawn } from 'node:child_process';

/** Runs one of the machine's programs to its end. @param input for its standard input. @throws Error with what it printed. */
export async function runTool(command: readonly string[], input = ''): Promise<string> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString('utf8')));
  // It may end without reading.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${code ?? 'a signal'}: ${output.stderr.trim()}`);
  }
  return output.stdout;
}
