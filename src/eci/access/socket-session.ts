import { PassThrough, Writable } from 'node:stream';
import type { ExecResult, ExecSession } from '../../node/kubelet/pod-access.ts';
import { readExecFrame, resizeFrame, stdinEnd, stdinFrame } from './exec-frames.ts';
import type { MessageSocket } from './message-socket.ts';

/**
 * Offers the command behind a socket as streams. A socket that ends cleanly without a status stands for success: the service does not
 * document that it sends one.
 */
export function socketSession(socket: MessageSocket): ExecSession {
  const outputs = { stdout: new PassThrough(), stderr: new PassThrough() };
  const result = Promise.withResolvers<ExecResult>();
  let told: ExecResult | undefined;
  for (const output of Object.values(outputs)) {
    // An output that is closed must not hold the other up, one that is full has to: else what waits in memory has no limit.
    const taken = (): void => {
      if (Object.values(outputs).every((one) => one.destroyed || !one.writableNeedDrain)) socket.resume();
    };
    output.on('drain', taken).on('close', taken);
  }
  socket.onMessage((message) => {
    const frame = readExecFrame(message);
    if (frame.kind === 'result') told = frame.result;
    if (frame.kind === 'output' && !outputs[frame.stream].destroyed) {
      if (!outputs[frame.stream].write(frame.content)) socket.pause();
    }
  });
  socket.onClose((clean) => {
    outputs.stdout.end();
    outputs.stderr.end();
    const broken: ExecResult = { kind: 'failed', message: 'the connection to ECI broke off' };
    result.resolve(told ?? (clean ? { kind: 'exited', exitCode: 0 } : broken));
  });
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => socket.send(stdinFrame(chunk), () => done()),
    final: (done) => socket.send(stdinEnd, () => done()),
  });
  // Writing to a command that has ended is nobody's fault.
  stdin.on('error', () => {});
  return {
    stdin,
    ...outputs,
    resize: (size) => socket.send(resizeFrame(size), () => {}),
    result: result.promise,
    close: () => socket.close(),
  };
}
