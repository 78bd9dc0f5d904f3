/** Port of HTTPS, where none is written. */
const DEFAULT_PORT = 443;

/** What an address may look like: a host name, an IPv4 address, or an IPv6 address in brackets, with or without a port. */
export const hostAndPortPattern =
  '^([a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?|\\[[0-9a-fA-F:.]+\\])(:[1-9][0-9]{0,4})?$';

/** Takes an address of the form `host:port` apart. @param address fits {@link hostAndPortPattern}. */
export function hostAndPort(address: string): { host: string; port: number } {
  const { host, port } = /^\[?(?<host>[^\]]*?)\]?(?::(?<port>\d+))?$/.exec(address)?.groups ?? {};
  return { host: host ?? address, port: port === undefined ? DEFAULT_PORT : Number(port) };
}
