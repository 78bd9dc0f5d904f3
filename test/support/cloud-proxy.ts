import { once } from 'node:events';
import { createServer, request as sendRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** One call as the product sent it, secrets included: for comparing calls with each other, never for printing. */
export interface ProxiedCall {
  readonly action: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Where a call can be stopped: before the simulator sees it, or after it was carried out and before the product knows. */
export type HoldPoint = 'request' | 'answer';

/** A call that will be, or is, stopped on its way. */
export interface Hold {
  /** Resolves when a call has reached the point. Never before: what the test does next happens while the call is in flight. */
  readonly reached: Promise<ProxiedCall>;
  /** Lets the call go on, even when its sender is gone. Resolves once the simulator has answered it, or cut it off. */
  release(): Promise<void>;
}

/** Stands between the product and the simulator, so that a test decides when a call gets through. */
export interface CloudProxy {
  /** Options for `eci-kubelet run` that send its calls through here; they follow those of the simulator. */
  readonly flags: readonly string[];
  /** Every call of an action that has arrived, in order. */
  calls(action: string): ProxiedCall[];
  /** Stops the next call of an action that fits `matches`. */
  hold(action: string, point: HoldPoint, matches?: (call: ProxiedCall) => boolean): Hold;
  /** Answers the calls of an action that fit `matches` with 500 itself, until the function that it gives back is called. */
  refuse(action: string, matches: (call: ProxiedCall) => boolean): () => void;
  /** Ends every connection. Calls that are still held are lost. */
  close(): Promise<void>;
}

interface Trap {
  readonly action: string;
  readonly point: HoldPoint;
  readonly matches: (call: ProxiedCall) => boolean;
  readonly reached: PromiseWithResolvers<ProxiedCall>;
  readonly released: PromiseWithResolvers<void>;
  readonly finished: PromiseWithResolvers<void>;
}

/** Whole creation requests travel in the URL. */
const MAX_HEADER_BYTES = 8 << 20;

/** Starts a proxy on loopback. @param targetUrl main port of a simulator. */
export async function startCloudProxy(targetUrl: string): Promise<CloudProxy> {
  const seen: ProxiedCall[] = [];
  const traps = new Set<Trap>();
  const refusals = new Set<{ action: string; matches: (call: ProxiedCall) => boolean }>();

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Before it is stopped: what a sender who has died since then had sent can no longer be read.
    const body = await buffer(incoming);
    const call = readCall(incoming);
    seen.push(call);
    const refused = [...refusals].some(({ action, matches }) => action === call.action && matches(call));
    if (refused) {
      const refusal = { Code: 'InternalError', Message: 'refused by the test', RequestId: 'test' };
      response.writeHead(500, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(refusal));
      return;
    }
    const trap = [...traps].find(({ action, matches }) => action === call.action && matches(call));
    if (trap !== undefined) traps.delete(trap);
    try {
      if (trap?.point === 'request') await stop(trap, call);
      const forwarded = await forward(targetUrl, incoming, body);
      if (trap?.point === 'answer') await stop(trap, call);
      response.writeHead(forwarded.statusCode ?? 502, forwarded.headers);
      forwarded.pipe(response);
    } finally {
      trap?.finished.resolve();
    }
  };

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 65_000 }, (incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const url = `http://127.0.0.1:${port}`;
  return {
    flags: ['--eci-endpoint', url, '--sts-endpoint', url, '--cr-endpoint', url],
    calls: (action) => seen.filter((call) => call.action === action),
    hold(action, point, matches = () => true) {
      const trap: Trap = {
        ...{ action, point, matches },
        reached: Promise.withResolvers(),
        released: Promise.withResolvers(),
        finished: Promise.withResolvers(),
      };
      traps.add(trap);
      return {
        reached: trap.reached.promise,
        release: async () => {
          trap.released.resolve();
          await trap.finished.promise;
        },
      };
    },
    refuse(action, matches) {
      const refusal = { action, matches };
      refusals.add(refusal);
      return () => void refusals.delete(refusal);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function stop(trap: Trap, call: ProxiedCall): Promise<void> {
  trap.reached.resolve(call);
  await trap.released.promise;
}

/** The product sends no body unless it is told to; the parameters are in the URL. */
function readCall(incoming: IncomingMessage): ProxiedCall {
  const { searchParams } = new URL(incoming.url ?? '/', 'http://proxy');
  const action = incoming.headers['x-acs-action'];
  return { action: typeof action === 'string' ? action : '', parameters: new Map(searchParams) };
}

/** Passes a request on with its headers as they are: the signature covers the Host header. */
async function forward(targetUrl: string, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const outgoing = sendRequest(new URL(incoming.url ?? '/', targetUrl), {
    method: incoming.method ?? 'GET',
    headers: incoming.headers,
    setHost: false,
    agent: false,
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}
