import assert from 'node:assert/strict';
import { formatMap } from '../../../../src/eci/downward-api/format-map.ts';

describe('formatMap', () => {
  /** Expected values are those of Go 1.22, `fmt.Sprintf("%q")`. */
  const quoted: Readonly<Record<string, readonly [text: string, expected: string]>> = {
    'plain text': ['a b', '"a b"'],
    'quotes and backslashes': ['a"b\\c', '"a\\"b\\\\c"'],
    'the escapes that have names': ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    'other control characters': ['\u0000\u001b\u007f', '"\\x00\\x1b\\x7f"'],
    'letters of other scripts as they are': ['äß漢字😀', '"äß漢字😀"'],
    'spaces that are not the ordinary one': ['\u00a0\u2003', '"\\u00a0\\u2003"'],
    'characters that nobody sees': ['\u200b\u{e0001}', '"\\u200b\\U000e0001"'],
  };
  for (const [title, [text, expected]] of Object.entries(quoted)) {
    it(`writes ${title}`, () => {
      assert.equal(formatMap({ k: text }), `k=${expected}`);
    });
  }

  it('sorts keys and ends without a line break', () => {
    assert.equal(formatMap({ b: '2', a: '1', B: '3' }), 'B="3"\na="1"\nb="2"');
    assert.equal(formatMap({}), '');
  });
});
