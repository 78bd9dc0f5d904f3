import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

const program = `
  const { processIo } = await import('./src/cli/process-io.ts');
  const { createLogger } = await import('./src/telemetry/logger.ts');
  processIo();
  const logger = await createLogger({ level: 'info', format: 'json', scrub: (text) => text });
  for (let line = 0; line < 3; line += 1) {
    logger.info('a line');
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log('still at work');
`;

describe('the streams of the process', () => {
  it('go on where the log cannot be written, as on a full disk', function () {
    if (process.platform !== 'linux') this.skip();
    const full = openSync('/dev/full', 'w');
    try {
      const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'pipe', full],
        encoding: 'utf8',
      });
      assert.deepEqual([run.status, run.stdout], [0, 'still at work\n']);
    } finally {
      closeSync(full);
    }
  });
});
