import assert from 'node:assert/strict';
import { parseLog } from '../../../../src/eci/access/parse-log.ts';
import type { LogLine } from '../../../../src/node/kubelet/pod-access.ts';

const at = '2026-01-02T03:04:05.000000001Z';

describe('the content of a log', () => {
  const cases: Record<string, { content: string; lines: LogLine[] }> = {
    'is nothing when it is empty': { content: '', lines: [] },
    'is split into time and text': {
      content: `${at} one\n2026-01-02T03:04:06Z two  words\n`,
      lines: [
        { timestamp: at, text: 'one' },
        { timestamp: '2026-01-02T03:04:06Z', text: 'two  words' },
      ],
    },
    'keeps empty lines': {
      content: `${at} \n${at}\n`,
      lines: [
        { timestamp: at, text: '' },
        { timestamp: at, text: '' },
      ],
    },
    'keeps a blank at the start of a text': { content: `${at}   x\n`, lines: [{ timestamp: at, text: '  x' }] },
    'keeps a last line without an end': { content: `${at} prompt`, lines: [{ timestamp: at, text: 'prompt' }] },
    'gives lines without a time that of the line before': {
      content: `${at} trace\n  at main\n`,
      lines: [
        { timestamp: at, text: 'trace' },
        { timestamp: at, text: '  at main' },
      ],
    },
    'reads other zones': {
      content: '2026-01-02T03:04:05.5+08:00 x\n',
      lines: [{ timestamp: '2026-01-02T03:04:05.5+08:00', text: 'x' }],
    },
  };
  for (const [sentence, { content, lines }] of Object.entries(cases)) {
    it(sentence, () => assert.deepEqual(parseLog(content), lines));
  }

  it('leaves out the last line of an answer that was cut off', () => {
    const long = `${at} ${'x'.repeat(999_000)}\n${at} ${'y'.repeat(5000)}`;
    assert.deepEqual(
      parseLog(long).map(({ text }) => text[0]),
      ['x'],
    );
  });
});
