import assert from 'node:assert/strict';
import { parseManifest } from '../../../../src/cli/plan/parse-manifest.ts';

describe('parseManifest', () => {
  it('numbers documents, skips empty ones and finds the lines of fields', () => {
    const { objects, problems } = parseManifest(
      'a.yaml',
      'kind: A\n---\n# nothing\n---\nkind: B\nspec:\n  list:\n    - x: 1\n    - x: 2\n',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      objects.map(({ document, value }) => [document, value['kind']]),
      [
        [1, 'A'],
        [3, 'B'],
      ],
    );
    assert.equal(objects[1]?.lineOf(['spec', 'list', 1, 'x']), 9);
    assert.equal(objects[1]?.lineOf(['spec', 'list', 7]), 7, 'the nearest line that exists');
    assert.equal(objects[1]?.lineOf(['spec']), 6);
  });

  it('reads JSON', () => {
    const { objects } = parseManifest('a.json', '{"kind": "Pod",\n "metadata": {"name": "web"}}');
    assert.equal(objects[0]?.lineOf(['metadata', 'name']), 2);
  });

  it('takes lists apart, and keeps the lines of their items', () => {
    const { objects } = parseManifest('a.yaml', 'kind: List\nitems:\n  - kind: A\n  - kind: B\n    spec: {}\n');
    assert.deepEqual(
      objects.map(({ value }) => value['kind']),
      ['A', 'B'],
    );
    assert.equal(objects[1]?.lineOf(['spec']), 5);
  });

  const problems: Record<string, [text: string, message: RegExp, line: number]> = {
    'a document that is no YAML': ['kind: A\n---\na: [1\nb: 2\n', /./, 4],
    'a duplicate key': ['a: 1\na: 2\n', /unique/, 2],
    'a document that is no mapping': ['- 1\n', /no Kubernetes object/, 1],
    'a list item that is no mapping': ['kind: List\nitems:\n  - 3\n', /no Kubernetes object/, 3],
  };
  for (const [name, [text, message, line]] of Object.entries(problems)) {
    it(`reports ${name}`, () => {
      const [problem] = parseManifest('a.yaml', text).problems;
      assert.match(problem?.message ?? '', message);
      assert.equal(problem?.line, line);
    });
  }

  it('refuses a document that unfolds without end', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${`*${of}, `.repeat(9)}]`;
    const bomb = ['a: &a [x]', level('b', 'a'), level('c', 'b'), level('d', 'c')];
    assert.equal(parseManifest('a.yaml', bomb.join('\n')).problems.length, 1);
  });
});
