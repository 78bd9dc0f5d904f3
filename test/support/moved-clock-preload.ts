/**
 * Loaded with `--import` before a program under test: shifts `Date.now`, and nothing else. `new Date()` still tells the real time, by
 * which the vendor's SDK dates requests, so that signatures stay valid; timers run as ever.
 */
import { readFileSync } from 'node:fs';
import { CLOCK_FILE_VARIABLE } from './moved-clock.ts';

const POLL_MS = 20;

const file = process.env[CLOCK_FILE_VARIABLE];
if (file !== undefined) {
  const realNow = Date.now.bind(Date);
  const readOffsetMs = (): number => Number(readFileSync(file, 'utf8')) || 0;
  let offsetMs = readOffsetMs();
  Date.now = () => realNow() + offsetMs;
  setInterval(() => {
    offsetMs = readOffsetMs();
  }, POLL_MS).unref();
}
