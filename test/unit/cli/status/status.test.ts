import assert from 'node:assert/strict';
import { runProgram } from '../../../../src/cli/program.ts';
import { json, startScriptedServer } from '../../../support/scripted-server.ts';
import { recordingIo } from '../recording-io.ts';
import { leaderStatus } from './helper-status.ts';

const nowhere = { environment: { KUBECONFIG: '/nonexistent' } };

describe('eci-kubelet status --from', () => {
  it('needs no cluster when a helper answers', async () => {
    const server = await startScriptedServer(json(200, leaderStatus));
    try {
      const io = recordingIo(['status', '--from', server.url, '-o', 'json'], nowhere);
      assert.equal(await runProgram(io), 0, io.err());
      assert.deepEqual(JSON.parse(io.out()).status, leaderStatus);
      assert.deepEqual(
        server.requests.map(({ path }) => path),
        ['/status'],
      );
    } finally {
      await server.close();
    }
  });

  it('says what is wrong with the helper and with the cluster when neither answers', async () => {
    const server = await startScriptedServer(json(404, {}));
    try {
      const io = recordingIo(['status', '--from', server.url], nowhere);
      assert.equal(await runProgram(io), 1);
      assert.match(io.err(), /^No credential helper answered: http:\S+\/status: HTTP 404\n/);
      assert.match(io.err(), /kubeconfig \/nonexistent does not exist/);
      assert.equal(io.out(), '');
    } finally {
      await server.close();
    }
  });
});
