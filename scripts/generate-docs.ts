/**
 * Writes every generated page of the reference documentation, or with `--check` tells which ones are stale.
 * A page is added by one line in `pages`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { acrConfigurationPage } from './docs/acr-configuration-page.ts';
import { annotationsPage } from './docs/annotations-page.ts';
import { cloudErrorsPage } from './docs/cloud-errors-page.ts';
import { eventsPage } from './docs/events-page.ts';
import { metricsPage } from './docs/metrics-page.ts';
import { optionsPage } from './docs/options-page.ts';
import type { Page } from './docs/page.ts';
import { pullCausesPage } from './docs/pull-causes-page.ts';
import { scenariosPage } from './docs/scenarios-page.ts';

/** Every generated page. */
export const pages: readonly Page[] = [
  { path: 'docs/reference/acr-configuration.md', render: acrConfigurationPage },
  { path: 'docs/reference/annotations.md', render: annotationsPage },
  { path: 'docs/reference/cloud-errors.md', render: cloudErrorsPage },
  { path: 'docs/reference/events.md', render: eventsPage },
  { path: 'docs/reference/metrics.md', render: metricsPage },
  { path: 'docs/reference/options.md', render: optionsPage },
  { path: 'docs/reference/pull-causes.md', render: pullCausesPage },
  { path: 'docs/reference/scenarios.md', render: scenariosPage },
];

/**
 * Finds the pages whose file differs from what their table says now.
 * @param root directory that the paths of the pages are relative to.
 * @returns paths; a missing file counts as stale.
 */
export async function stalePages(root: string, candidates: readonly Page[] = pages): Promise<string[]> {
  const stale: string[] = [];
  for (const page of candidates) {
    const written = await readFile(join(root, page.path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (written !== page.render()) stale.push(page.path);
  }
  return stale;
}

/** Writes the pages below `root`, creating directories as needed. */
export async function writePages(root: string, candidates: readonly Page[] = pages): Promise<void> {
  for (const page of candidates) {
    const file = join(root, page.path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, page.render());
  }
}

async function main(args: readonly string[]): Promise<number> {
  const root = join(import.meta.dirname, '..');
  const unknown = args.filter((arg) => arg !== '--check');
  if (unknown.length > 0) {
    process.stderr.write(`unknown argument ${unknown.join(' ')}; usage: node scripts/generate-docs.ts [--check]\n`);
    return 2;
  }
  if (!args.includes('--check')) {
    await writePages(root);
    return 0;
  }
  const stale = await stalePages(root);
  for (const path of stale) process.stderr.write(`stale: ${path}; run npm run docs\n`);
  return stale.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
