import assert from 'node:assert/strict';

import { readYaml } from '../../../../../src/credential-helper/config/reading/yaml-value.ts';
import { readCold } from '../../../../support/helper-config.ts';

describe('readYaml', () => {
  const faults: Readonly<Record<string, string>> = {
    'a: "x': 'line 1, column 6: a quote, a bracket, a comma or a colon is missing before this place',
    'a: "\\q"':
      'line 1, column 5: a backslash in double quotes starts no known sequence; use single quotes, or write two backslashes',
    'a: @x': 'line 1, column 4: a value starts with a reserved character; put it in quotes',
    'a: 1\nb: 2\na: 3': 'line 3, column 1: a name occurs twice in one mapping',
    '{"a": 1, "a": 2}': 'line 1, column 10: a name occurs twice in one mapping',
    'a: 1}': 'read',
    '{"a": 1}}': 'line 1, column 9: something stands where nothing may follow, or of another kind than may follow',
    '{"a": 1} // note': 'line 1, column 10: // does not start a comment in YAML; use #',
    'a: 1\n---\nb: 2': 'line 2, column 1: a second document starts (---); only one is allowed',
    '---\na: 1\n': 'read',
    '\uFEFFa: 1': 'read',
    'a: !custom x': 'read',
    '{\n\t"a":\t[1,\n\t2]\n}': 'read',
  };
  for (const [text, expected] of Object.entries(faults)) {
    it(`${JSON.stringify(text)} ${expected === 'read' ? 'is read' : 'is refused with its place'}`, () => {
      const read = readYaml(text);
      assert.equal(read.kind === 'read' ? 'read' : read.problem, expected);
    });
  }

  const hostile: Readonly<Record<string, string>> = {
    'a text of more than 256 KiB': '#'.repeat(262_145),
    'lists in lists': '['.repeat(5000) + ']'.repeat(5000),
    'aliases of aliases': [
      '- &l0 [x, x]',
      ...Array.from({ length: 30 }, (_, n) => `- &l${n + 1} [*l${n}, *l${n}]`),
    ].join('\n'),
    'an alias of what it stands in': '&a [*a]',
    'more aliases than anybody writes': `- &a x\n${'- *a\n'.repeat(1000)}`,
    'more values than anybody writes': `[${'x,'.repeat(60_000)}]`,
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`${name} is refused as a whole`, () => {
      const read = readYaml(text);
      assert.ok(read.kind === 'unreadable');
      assert.match(read.problem, /^line \d+, column \d+: (?:the text is|this is not valid YAML)/);
    });
  }

  it('keeps findings short, whatever was written', () => {
    const fields = Array.from({ length: 5000 }, (_, index) => `field${index}: 1`).join('\n  ');
    const hosts = Array.from({ length: 5000 }, (_, index) => `h${index}.example.com`).join();
    const names = Array.from({ length: 5000 }, (_, index) => `N${index}`).join();
    const { findings } = readCold({
      'acr-registry-info': `- ${fields}\n- domains: "${hosts}"\n- domains: "${hosts}"\n`,
      'watch-namespace': `a,${names}`,
      ...Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, ''])),
    });
    assert.equal(findings.length, 4);
    for (const { message } of findings) assert.ok(message.length < 1000, message);
  });
});
