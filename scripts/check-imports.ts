/** Checks which part of the program imports which, and that no file names a path of somebody's machine. Part of `npm run lint`. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import process from 'node:process';
import { findViolations } from './check/find-violations.ts';

const root = join(import.meta.dirname, '..');
const folders = ['src', 'simulator', 'test', 'bench', 'scripts', 'docs', 'deploy', 'crds', '.ci'];
const looseFiles = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'Dockerfile', 'package.json'];
/** The rules and their tests quote what they refuse. */
const quoting = ['scripts/check/', 'test/unit/scripts/'];

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

const files = [...(await Promise.all(folders.map(filesIn))).flat(), ...looseFiles]
  .filter((file) => !quoting.some((prefix) => file.startsWith(prefix)))
  .sort();
const violations = (
  await Promise.all(
    files.map(async (file) => findViolations(file, await readFile(join(root, file), 'utf8').catch(() => ''))),
  )
).flat();

for (const { file, line, message } of violations) process.stderr.write(`${file}:${line}: ${message}\n`);
process.stdout.write(`${files.length} files checked, ${violations.length} broken rules\n`);
process.exitCode = violations.length === 0 ? 0 : 1;
