import type { LogLine } from '../../node/kubelet/pod-access.ts';

/** Above this length an answer may have been cut in the middle of its last line. Source: ECI API reference, at most 1 MB. */
const CUT_LENGTH = 1_000_000;

/** RFC 3339 with up to nine digits, then the blank that separates it from the text. */
const stamped = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})) ?/;

/**
 * Splits the content of a log that was asked for with timestamps. A line without one belongs to the time of the line before it.
 * The last line of an answer that was cut off is left out: the next read gives it whole. Pure.
 */
export function parseLog(content: string): LogLine[] {
  if (content === '') return [];
  const texts = content.split('\n');
  const rest = texts.pop() ?? '';
  if (rest !== '' && content.length < CUT_LENGTH) texts.push(rest);
  let timestamp = '';
  return texts.map((line) => {
    const found = stamped.exec(line);
    if (found?.[1] === undefined) return { timestamp, text: line };
    timestamp = found[1];
    return { timestamp, text: line.slice(found[0].length) };
  });
}
