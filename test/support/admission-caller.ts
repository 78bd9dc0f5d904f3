import { request, type Agent } from 'node:https';

/** What an API server knows of a webhook. */
export interface AdmissionCall {
  port: number;
  path: string;
  /** PEM of the authorities that it trusts. */
  ca: string;
  request: object;
  /** Keeps connections, as an API server does; without one, each call makes its own. */
  agent?: Agent;
}

/** What a webhook answered. */
export interface AdmissionReply {
  status: number;
  /** The header `connection`. */
  connection: string;
  response: { uid: string; allowed: boolean; patch?: string; warnings?: string[] };
}

/** Calls a webhook on loopback as an API server does. @throws the TLS error of Node.js for a certificate that is not trusted. */
export async function callWebhook(call: AdmissionCall): Promise<AdmissionReply> {
  const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: call.request });
  return await new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port: call.port, path: `${call.path}?timeout=10s`, method: 'POST', ca: call.ca },
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        agent: call.agent ?? false,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          try {
            const { response } = JSON.parse(text) as Pick<AdmissionReply, 'response'>;
            const { connection = '' } = answer.headers;
            resolve({ status: answer.statusCode ?? 0, connection, response });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The patch of an answer. */
export function patchOf({ response }: AdmissionReply): unknown {
  return response.patch === undefined ? undefined : JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8'));
}
