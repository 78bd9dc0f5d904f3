import type { Answer } from './answer.ts';
import type { Fault } from './faults.ts';
import { SimError } from './types.ts';

/** A cut connection, and how the journal calls it. */
export const dropped: { answer: Answer; result: string } = { answer: { kind: 'drop' }, result: 'dropped' };

/**
 * Gives what is answered in place of executing a call.
 * @returns undefined for faults that let the call be executed.
 * @throws SimError for faults that refuse it.
 */
export function answerInstead(fault: Fault): { answer: Answer; result: string } | undefined {
  if (fault.kind === 'error') {
    throw new SimError(fault.status ?? 500, fault.code ?? 'InternalError', fault.message ?? 'An injected fault.');
  }
  if (fault.kind === 'throttle') {
    throw new SimError(
      fault.status ?? 400,
      fault.code ?? 'Throttling.User',
      fault.message ?? 'Request was denied due to user flow control.',
      fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs },
    );
  }
  if (fault.kind === 'reset') return dropped;
  if (fault.kind === 'html') {
    const text = '<html><body><h1>502 Bad Gateway</h1></body></html>';
    return { answer: { kind: 'text', status: fault.status ?? 502, contentType: 'text/html', text }, result: 'html' };
  }
  if (fault.kind === 'garbage') {
    const contentType = 'application/json;charset=utf-8';
    return { answer: { kind: 'text', status: 200, contentType, text: '{"RequestId":"' }, result: 'garbage' };
  }
  return undefined;
}
