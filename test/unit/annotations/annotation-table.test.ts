import assert from 'node:assert/strict';

import { annotationTable, annotationsOf } from '../../../src/annotations/annotation-table.ts';
import { writeBackAnnotations } from '../../../src/annotations/sections/write-back.ts';
import { unknownAnnotations } from '../../../src/annotations/unknown-annotations.ts';

const entries = annotationTable.flatMap((section) => section.entries);

describe('annotationTable', () => {
  for (const kind of ['Pod', 'ImageCache'] as const) {
    it(`has every key of a ${kind} once, aliases included`, () => {
      const keys = annotationsOf(kind).flatMap(({ key, aliases = [] }) => [key, ...aliases.map((alias) => alias.key)]);
      assert.deepEqual(
        keys.filter((key, index) => keys.indexOf(key) !== index),
        [],
      );
    });
  }

  it('gives examples that its own grammars accept', () => {
    for (const { key, grammar, example } of entries) {
      const reading = grammar.parse(example);
      assert.ok(reading.ok, `${key}: ${reading.ok ? '' : reading.message}`);
    }
  });

  it('describes every value', () => {
    for (const { key, grammar, source } of entries) {
      assert.notEqual(grammar.describe(), '', key);
      assert.notEqual(source, '', key);
    }
  });

  it('ties every sent annotation to a request field, and no other', () => {
    for (const { key, mapping, fields, behaviour } of entries) {
      const isSent = mapping === 'documented' || mapping === 'inferred';
      assert.equal(fields.length > 0, isSent, key);
      assert.equal(behaviour !== undefined, !isSent, key);
    }
  });

  it('points to counterparts that exist and point back', () => {
    for (const { key, counterpart } of entries) {
      if (counterpart === undefined) continue;
      const other = entries.find((entry) => entry.key === counterpart);
      assert.equal(other?.counterpart, key);
    }
  });

  it('does not read what is only written back', () => {
    const read = new Set(entries.map(({ key }) => key));
    assert.deepEqual(
      writeBackAnnotations.filter(({ key }) => read.has(key)),
      [],
    );
  });
});

describe('unknownAnnotations', () => {
  it('lists keys under the prefix that mean nothing, and no others', () => {
    const annotations = {
      'k8s.aliyun.com/eci-vswitch': 'vsw-a',
      'k8s.aliyun.com/vswitch-ids': 'vsw-a',
      'k8s.aliyun.com/eci-image-cache': 'true',
      'k8s.aliyun.com/eci-instance-id': 'eci-a',
      'k8s.aliyun.com/eci-VSwitch': 'vsw-a',
      'example.com/eci-vswitch': 'vsw-a',
    };
    assert.deepEqual(unknownAnnotations(annotations), ['k8s.aliyun.com/eci-VSwitch']);
  });
});
