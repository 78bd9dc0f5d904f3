import { PodAccessError } from '../pod-access-error.ts';
import type { StreamUpgrade } from '../stream-handlers.ts';
import { agreeOnSpdy } from './accept-spdy.ts';
import { agreeOnWebSocket } from './accept-web-socket.ts';

/** What carries a stream, and which protocol is spoken over it. */
export interface AgreedProtocol {
  carrier: 'SPDY' | 'WebSocket';
  name: string;
}

/** What a server speaks over one carrier, best first, and with a client that names nothing. */
export interface ProtocolOffer {
  known: readonly string[];
  absent: string;
}

/**
 * Agrees with a client on a protocol, before anything is done for it.
 * @returns undefined when there is none that both speak; the client has been told.
 * @throws PodAccessError 400 for a carrier that is neither.
 */
export function agreeOnProtocol(
  { request, socket }: StreamUpgrade,
  offers: { spdy: ProtocolOffer; webSocket: ProtocolOffer },
): AgreedProtocol | undefined {
  const carrier = carrierOf(request.headers.upgrade?.toLowerCase());
  const name =
    carrier === 'WebSocket'
      ? agreeOnWebSocket(request, socket, offers.webSocket)
      : agreeOnSpdy(request, socket, offers.spdy);
  return name === undefined ? undefined : { carrier, name };
}

function carrierOf(upgrade: string | undefined): AgreedProtocol['carrier'] {
  if (upgrade === 'websocket') return 'WebSocket';
  if (upgrade === 'spdy/3.1') return 'SPDY';
  const message = 'unable to upgrade: only SPDY/3.1 and WebSocket are spoken here';
  throw new PodAccessError('UnknownUpgrade', message, { httpStatus: 400 });
}
