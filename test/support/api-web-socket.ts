import { once } from 'node:events';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { WebSocket } from 'ws';
import type { Platform } from './platform.ts';
import { WebSocketClient } from './web-socket-client.ts';

/** Opens a WebSocket to a Pod through the API server, as dashboards and the JavaScript and Python clients do. */
export async function openApiWebSocket(
  platform: Platform,
  path: string,
  protocols: readonly string[],
): Promise<WebSocketClient> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(platform.plane.kubeconfigPath);
  const { server = '' } = kubeConfig.getCurrentCluster() ?? {};
  const url = new URL(`/api/v1/namespaces/${platform.sandbox.namespace}/pods/${path}`, server);
  url.protocol = 'wss:';
  const access: RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(access);
  const { ca, headers } = access;
  const socket = new WebSocket(url, [...protocols], {
    ...(ca === undefined ? {} : { ca }),
    ...(headers === undefined || Array.isArray(headers) ? {} : { headers }),
  });
  const client = new WebSocketClient(socket);
  await once(socket, 'open');
  return client;
}
