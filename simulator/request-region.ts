/**
 * Tells which region's service a request was sent to. In the cloud the host name says so. On one loopback address it cannot,
 * because names under `.localhost` do not resolve everywhere (glibc without systemd or nss-myhostname says "no such host") and
 * the SDKs take an endpoint without a path. So, in this order:
 *
 * 1. a host name `<service>[-vpc].<region>.aliyuncs.com` or `<service>.<region>.localhost`, where names resolve;
 * 2. the header `x-acs-region-id`, for clients that send every region to one address;
 * 3. the port: the main one is of the fixture's region, and each other region of the fixture has one of its own.
 *
 * @param portRegionId the region of the port that the request came in by.
 */
export function requestRegion(headers: Readonly<Record<string, string>>, portRegionId: string): string {
  const [, fromHost] =
    /^[a-z]+(?:-vpc)?\.([a-z0-9-]+)\.(?:aliyuncs\.com|localhost)(?::[0-9]+)?$/i.exec(headers['host'] ?? '') ?? [];
  return fromHost?.toLowerCase() ?? headers['x-acs-region-id'] ?? portRegionId;
}
