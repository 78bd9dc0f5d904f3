import { PodAccessError } from '../pod-access-error.ts';
import { instantOf } from './log-time.ts';

/** What `kubectl logs` can ask for. */
export interface LogParameters {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  /** 0 is not the same as absent: nothing of what is there, as opposed to all of it. */
  tailLines?: number;
  /** Counts what is written, timestamps included. */
  limitBytes?: number;
  sinceSeconds?: number;
  /** RFC 3339. */
  sinceTime?: string;
}

/**
 * Reads and checks the query of `/containerLogs`. Pure.
 * Source: kubelet, `getContainerLogs`: what cannot be read is 400, what makes no sense is 422. `ValidatePodLogOptions` for the
 * ranges; `Convert_Slice_string_To_bool`: anything but `false` and `0` is true. `tail` is the name of old clients.
 * @throws PodAccessError 400 or 422.
 */
export function parseLogParameters(query: URLSearchParams): LogParameters {
  const old = query.get('tail');
  const stream = query.get('stream');
  if (stream !== null && stream !== 'All') {
    throw refusal(400, `stream: only "All" is supported: the service does not tell the streams apart`);
  }
  const parameters: LogParameters = {
    follow: readBoolean(query, 'follow'),
    previous: readBoolean(query, 'previous'),
    timestamps: readBoolean(query, 'timestamps'),
  };
  const tailLines =
    old === null ? readInteger(query, 'tailLines') : old === 'all' ? undefined : readInteger(query, 'tail');
  const limitBytes = readInteger(query, 'limitBytes');
  const sinceSeconds = readInteger(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime') || undefined;
  if (sinceTime !== undefined && instantOf(sinceTime) === undefined) {
    throw refusal(400, `sinceTime: ${JSON.stringify(sinceTime)} is not a time in RFC 3339`);
  }
  if (tailLines !== undefined && tailLines < 0) throw refusal(422, 'tailLines: must be greater than or equal to 0');
  if (limitBytes !== undefined && limitBytes < 1) throw refusal(422, 'limitBytes: must be greater than 0');
  if (sinceSeconds !== undefined && sinceSeconds < 1) throw refusal(422, 'sinceSeconds: must be greater than 0');
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    throw refusal(422, 'at most one of `sinceTime` or `sinceSeconds` may be specified');
  }
  return {
    ...parameters,
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  };
}

function readBoolean(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

function readInteger(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^[+-]?\d{1,18}$/.test(value)) throw refusal(400, `${name}: ${JSON.stringify(value)} is not a whole number`);
  return Number(value);
}

function refusal(httpStatus: number, message: string): PodAccessError {
  return new PodAccessError('InvalidLogOptions', message, { httpStatus });
}
