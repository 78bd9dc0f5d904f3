import { StringDecoder } from 'node:string_decoder';

/** A process that never ends its line must not fill the memory: its line is ended for it. */
const LONGEST_LINE = 256 * 1024;

/** Cuts an output into lines. */
export interface LineSplitter {
  write(chunk: Buffer): void;
  /** Gives what is left as a line. */
  end(): void;
}

/** @param onLine told of each line, without its end. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(line);
    }
    while (rest.length > LONGEST_LINE) {
      onLine(rest.slice(0, LONGEST_LINE));
      rest = rest.slice(LONGEST_LINE);
    }
  };
  return {
    write: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (rest !== '') {
        onLine(rest);
        rest = '';
      }
    },
  };
}
