import type { Config } from '../config/options.ts';
import type { WebhookTarget } from '../webhook/webhook-configuration.ts';

/** Port of the Service, as the option promises. */
const HTTPS_PORT = 443;

/** Finds out how the API server reaches our webhooks, and the names that the certificate needs for it. */
export function webhookAddress(config: Pick<Config, 'webhookUrl' | 'webhookService' | 'clusterDomain'>): {
  target: WebhookTarget;
  hosts: string[];
} {
  const { webhookUrl, webhookService, clusterDomain } = config;
  if (webhookUrl !== undefined) {
    const { hostname } = new URL(webhookUrl);
    return { target: { url: webhookUrl }, hosts: [hostname.replace(/^\[(.*)\]$/, '$1')] };
  }
  const service = splitName(webhookService);
  const host = `${service.name}.${service.namespace}.svc`;
  return { target: { service: { ...service, port: HTTPS_PORT } }, hosts: [host, `${host}.${clusterDomain}`] };
}

/** Takes `namespace/name` apart. */
export function splitName(text: string): { namespace: string; name: string } {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

/** Takes `host:port` apart; an IPv6 address stands in brackets. */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(colon + 1)) };
}
