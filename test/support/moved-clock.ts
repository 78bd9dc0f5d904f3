import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Environment variable, of no program's own, with the path of the file that holds the offset in milliseconds. */
export const CLOCK_FILE_VARIABLE = 'TEST_MOVED_CLOCK_FILE';

/** The clock of programs in processes of their own, moved by a test. */
export interface MovedClock {
  /** Flags of Node.js with which a program must be started. */
  readonly nodeFlags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** How far the programs are ahead of the machine. */
  offsetMs(): number;
  /** Moves it forward, or back. Programs see it within a few milliseconds, and whatever waits for a time when it looks next. */
  advance(ms: number): void;
}

/** Makes a clock that is not moved yet; its file goes with this process. */
export function createMovedClock(): MovedClock {
  const dir = mkdtempSync(join(tmpdir(), 'eci-kubelet-clock-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'offset');
  let offsetMs = 0;
  const write = (): void => {
    // Renamed into place: nobody reads half a number.
    writeFileSync(`${file}.new`, String(offsetMs));
    renameSync(`${file}.new`, file);
  };
  write();
  const preload = pathToFileURL(join(import.meta.dirname, 'moved-clock-preload.ts')).href;
  return {
    nodeFlags: ['--import', preload],
    env: { [CLOCK_FILE_VARIABLE]: file },
    offsetMs: () => offsetMs,
    advance: (ms) => {
      offsetMs += ms;
      write();
    },
  };
}
