import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerAndEnd } from './answer-and-end.ts';

/**
 * Answers an upgrade with a plain HTTP failure: there is no response object once a client has asked for another protocol. The text is
 * in a `Status`, which is what clients look for.
 * Observed: kubectl 1.32 reads any text with a colon in it as YAML, and then prints an error without a message.
 */
export function refuseUpgrade(socket: Duplex, httpStatus: number, text: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: text, code: httpStatus };
  const head = [
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`,
    'Content-Type: application/json',
    'X-Content-Type-Options: nosniff',
  ];
  answerAndEnd(socket, head, `${JSON.stringify(status)}\n`);
}
