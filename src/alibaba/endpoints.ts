/**
 * Where the services live. Source: ECI help centre, Service endpoints; STS and Container Registry API references.
 * The generated clients' own rules are not used: without an endpoint they fall back to central hosts or to `undefined`.
 */
import { EciKubeletError } from '../errors.ts';

export interface Endpoint {
  protocol: 'http' | 'https';
  /** Host, with port where it is not the default one. */
  host: string;
}

/** `vpc` hosts resolve only inside a VPC. */
export type Network = 'public' | 'vpc';

export interface EndpointOptions {
  /** `public` when absent. */
  network?: Network;
  /** `host[:port]` or `http(s)://host[:port]`; `{region}` in it is replaced by the region of the call. Wins over the rules. */
  override?: string;
}

/** Public ECI hosts of these regions have lost the number; the VPC hosts keep it. */
const eciPublicRegion: Readonly<Record<string, string>> = {
  'cn-shanghai-finance-1': 'cn-shanghai-finance',
  'cn-shenzhen-finance-1': 'cn-shenzhen-finance',
  'cn-beijing-finance-1': 'cn-beijing-finance',
};

/** STS has no host of its own in this region. */
const stsRegion: Readonly<Record<string, string>> = { 'cn-hangzhou-finance': 'cn-hangzhou' };

/** @returns the ECI endpoint of a region. @throws EciKubeletError `InvalidEndpoint`. */
export function eciEndpoint(regionId: string, options: EndpointOptions = {}): Endpoint {
  const publicRegion = eciPublicRegion[regionId] ?? regionId;
  return endpointOf(regionId, options, {
    public: `eci.${publicRegion}.aliyuncs.com`,
    vpc: `eci-vpc.${regionId}.aliyuncs.com`,
  });
}

/** @returns the regional STS endpoint, which stays up when the central one does not. @throws EciKubeletError `InvalidEndpoint`. */
export function stsEndpoint(regionId: string, options: EndpointOptions = {}): Endpoint {
  const region = stsRegion[regionId] ?? regionId;
  return endpointOf(regionId, options, { public: `sts.${region}.aliyuncs.com`, vpc: `sts-vpc.${region}.aliyuncs.com` });
}

/** @returns the Container Registry API endpoint of a region. @throws EciKubeletError `InvalidEndpoint`. */
export function crEndpoint(regionId: string, options: EndpointOptions = {}): Endpoint {
  return endpointOf(regionId, options, {
    public: `cr.${regionId}.aliyuncs.com`,
    vpc: `cr-vpc.${regionId}.aliyuncs.com`,
  });
}

/**
 * Reads an endpoint as users write it.
 * @param protocol where the text names none.
 * @throws EciKubeletError `InvalidEndpoint` for paths, user names and other schemes.
 */
export function parseEndpoint(
  text: string,
  { regionId = '', protocol = 'https' }: { regionId?: string; protocol?: Endpoint['protocol'] } = {},
): Endpoint {
  const filled = text.trim().replaceAll('{region}', regionId);
  const parts = /^(?:(?<scheme>https?):\/\/)?(?<host>(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?)\/?$/.exec(
    filled,
  )?.groups;
  if (parts?.['host'] === undefined) {
    throw new EciKubeletError(
      'InvalidEndpoint',
      `"${text}" is not an endpoint: write host, host:port, or either of them after http:// or https://`,
    );
  }
  const scheme = parts['scheme'] === 'http' || parts['scheme'] === 'https' ? parts['scheme'] : protocol;
  return { protocol: scheme, host: parts['host'].toLowerCase() };
}

function endpointOf(regionId: string, options: EndpointOptions, hosts: { public: string; vpc: string }): Endpoint {
  // The region becomes part of a host name, and in requests for registries it comes from an annotation.
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(regionId)) {
    throw new EciKubeletError('InvalidEndpoint', `"${regionId}" is not a region id`);
  }
  if (options.override !== undefined && options.override !== '') return parseEndpoint(options.override, { regionId });
  return { protocol: 'https', host: hosts[options.network ?? 'public'] };
}
