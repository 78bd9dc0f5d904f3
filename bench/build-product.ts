import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');

/** The program as the image has it. */
export const bundlePath = join(root, 'dist', 'bundle', 'main.mjs');

/** How the image starts Node.js. */
export const imageNodeFlags = ['--max-semi-space-size=2'] as const;

/** The program as the package has it. */
export const distPath = join(root, 'dist', 'src', 'main.js');

/** The program as a checkout has it. */
export const sourcePath = join(root, 'src', 'main.ts');

/** Builds both forms, so that what is measured is what the sources say now. @throws with what the build printed. */
export async function buildProduct(): Promise<void> {
  await runNode([join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']);
  await runNode([join(root, 'scripts', 'bundle.ts')]);
}

function runNode(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...args], { cwd: root }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`the build failed:\n${stdout}${stderr}`, { cause: error }));
    });
  });
}
