import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pages, stalePages, writePages } from '../../../scripts/generate-docs.ts';

describe('generate-docs', () => {
  let root = '';

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'generate-docs-'));
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const page = { path: 'docs/reference/sample.md', render: () => 'a\n' };

  it('reports a page that was never written', async () => {
    assert.deepEqual(await stalePages(root, [page]), [page.path]);
  });

  it('reports nothing after writing', async () => {
    await writePages(root, [page]);
    assert.deepEqual(await stalePages(root, [page]), []);
  });

  it('reports exactly the pages that were changed by hand', async () => {
    const other = { path: 'docs/reference/other.md', render: () => 'b\n' };
    await writePages(root, [page, other]);
    await writeFile(join(root, other.path), 'c\n');
    assert.deepEqual(await stalePages(root, [page, other]), [other.path]);
  });

  it('renders every page twice alike, ending with one line break', () => {
    for (const { path, render } of pages) {
      const text = render();
      assert.equal(render(), text, path);
      assert.match(text, /[^\n]\n$/, path);
    }
  });
});
