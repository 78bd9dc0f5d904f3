import assert from 'node:assert/strict';

import { annotationsPage } from '../../../../scripts/docs/annotations-page.ts';
import { annotationTable } from '../../../../src/annotations/annotation-table.ts';
import { writeBackAnnotations } from '../../../../src/annotations/sections/write-back.ts';

describe('annotationsPage', () => {
  const page = annotationsPage();

  it('has a row for every annotation', () => {
    const keys = [
      ...annotationTable.flatMap(({ entries }) => entries.map(({ key }) => key)),
      ...writeBackAnnotations.map(({ key }) => key),
    ];
    for (const key of keys) {
      assert.ok(page.includes(`| \`${key.replace('k8s.aliyun.com/', '')}\``), key);
    }
  });

  it('has tables whose rows all have as many cells as their header', () => {
    const tables = page.split('\n\n').filter((block) => block.startsWith('|'));
    assert.ok(tables.length > annotationTable.length);
    for (const block of tables) {
      const widths = block.split('\n').map((row) => row.split(/(?<!\\)\|/).length);
      assert.equal(new Set(widths).size, 1, block.slice(0, 80));
    }
  });

  it('shows the outcomes that the pairing rule has', () => {
    assert.ok(page.includes('| `cri-a, cn-beijing:cri-b` | `S` | `U` | (cri-a, S, U), (cri-b in cn-beijing, S, U) |'));
    assert.ok(page.includes('| – | – | `U` | Refused: '));
  });
});
