import { SimError, type Handler } from '../types.ts';
import { INSTANCE_NOT_EXIST } from './acr-state.ts';

/** Refusals that CR tells in a successful HTTP answer. */
const toldWithStatus200: readonly string[] = [INSTANCE_NOT_EXIST, 'INSTANCE_STATUS_INVALID'];

/** Marks an answer of CR 2018-12-01 as successful. */
export function succeeded(members: Record<string, unknown>): Record<string, unknown> {
  return { IsSuccess: true, Code: 'success', ...members };
}

/**
 * Runs a handler and turns the refusals that CR tells with HTTP 200 into `IsSuccess: false`.
 * Observed: in public clients of the API, which look at `Code` of an unsuccessful 200.
 */
export async function unsuccessful(handle: () => ReturnType<Handler>): Promise<Record<string, unknown>> {
  try {
    return await handle();
  } catch (error) {
    if (!(error instanceof SimError) || !toldWithStatus200.includes(error.code)) throw error;
    return { IsSuccess: false, Code: error.code, Message: error.message };
  }
}
