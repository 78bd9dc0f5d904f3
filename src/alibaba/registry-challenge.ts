import type { RegistryChallenge } from '../credentials/types.ts';

/** First part of the `service` of every registry of this vendor. */
const ACR_SERVICE = 'registry.aliyuncs.com';

/** Longer than any real one; a stranger's header gets no more of our time. */
const LONGEST_HEADER = 4096;

/**
 * Reads the `WWW-Authenticate` header of a registry: `Bearer realm="…",service="registry.aliyuncs.com:<region>:…:cri-…"`.
 * @returns undefined for other schemes, other registries and malformed headers.
 * Source: distribution specification, token authentication. Observed: the parts of `service` vary in number, so the instance
 * is the part that looks like one, not the part at some index.
 */
export function parseRegistryChallenge(header: string): RegistryChallenge | undefined {
  const scheme = /^\s*Bearer\s+/i.exec(header);
  if (scheme === null || header.length > LONGEST_HEADER) return undefined;
  const members = new Map<string, string>();
  for (const [, name, quoted, bare] of header
    .slice(scheme[0].length)
    .matchAll(/(?<![A-Za-z])([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g)) {
    const key = (name ?? '').toLowerCase();
    // The first one counts: a second realm must not replace the one that was looked at.
    if (!members.has(key)) members.set(key, quoted ?? bare ?? '');
  }
  const realm = members.get('realm');
  const service = members.get('service');
  if (!realm || service === undefined) return undefined;
  const [first, regionId, ...others] = service.split(':');
  if (first !== ACR_SERVICE) return undefined;
  const instanceId = others.find((part) => /^cri-[a-z0-9]+$/.test(part));
  return {
    realm,
    service,
    ...(regionId === undefined || regionId === '' ? {} : { regionId }),
    ...(instanceId === undefined ? {} : { instanceId }),
  };
}
