import { request } from 'node:https';
import type { PemPair } from './cluster-authority.ts';

/** An answer of the kubelet API. */
export interface KubeletAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

export interface KubeletCall {
  method?: string;
  path: string;
  token?: string;
  certificate?: PemPair;
  /** Asks for a WebSocket, as an upgrade. */
  webSocket?: boolean;
}

/** Calls a kubelet API directly, on loopback, without verifying its certificate. */
export function callKubelet(port: number, call: KubeletCall): Promise<KubeletAnswer> {
  const { method = 'GET', path, token, certificate, webSocket = false } = call;
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      rejectUnauthorized: false,
      timeout: 20_000,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(webSocket
          ? {
              connection: 'Upgrade',
              upgrade: 'websocket',
              'sec-websocket-version': '13',
              'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
              'sec-websocket-protocol': 'v4.channel.k8s.io',
            }
          : {}),
      },
      ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
    });
    sent.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        const said = webSocket ? messageOf(text) : text;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: said });
      });
      answer.on('error', reject);
    });
    sent.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: '' });
    });
    sent.on('timeout', () => sent.destroy(new Error('the kubelet API does not answer')));
    sent.on('error', reject);
    sent.end();
  });
}

/** A refused upgrade is explained in a `Status`. */
function messageOf(text: string): string {
  return (JSON.parse(text) as { message: string }).message;
}
