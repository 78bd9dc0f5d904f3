import assert from 'node:assert/strict';
import { startProgram } from '../../support/child-process.ts';
import { createMovedClock } from '../../support/moved-clock.ts';

const HOUR_MS = 3_600_000;

/** Prints how far `Date.now` and `new Date()` are apart, again and again. */
const script =
  'setInterval(() => console.log(`apart ${Math.round((Date.now() - new Date().getTime()) / 1000)} s`), 20)';

describe('the moved clock of programs under test', () => {
  it('shifts Date.now while the program runs, and leaves the dates of requests alone', async () => {
    const clock = createMovedClock();
    const program = startProgram([...clock.nodeFlags, '-e', script], { env: clock.env });
    try {
      await program.waitForOutput(/apart 0 s/);
      clock.advance(HOUR_MS);
      await program.waitForOutput(/apart 3600 s/);
      clock.advance(HOUR_MS / 2);
      await program.waitForOutput(/apart 5400 s/);
      assert.equal(clock.offsetMs(), 1.5 * HOUR_MS);
    } finally {
      await program.kill('SIGKILL');
    }
  });
});
