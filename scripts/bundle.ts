/**
 * Bundles the program into a few files without `node_modules`, for the image. Splitting keeps the SDKs out of the entry, so that
 * commands which need none start fast.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist', 'bundle');

/** CommonJS dependencies call `require`, which ES modules do not have. */
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir,
  outExtension: { '.js': '.mjs' },
  banner: { js: requireForCommonJs },
  bundle: true,
  format: 'esm',
  splitting: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  // Error classes and metrics carry the names of functions and classes.
  keepNames: true,
  legalComments: 'linked',
  logLevel: 'info',
});
