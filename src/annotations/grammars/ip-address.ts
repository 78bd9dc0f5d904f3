import { isIP, isIPv4 } from 'node:net';

import { accept, refuse, type Grammar } from '../grammar.ts';

/** Reads an IPv4 or IPv6 address. */
export const ipAddress: Grammar<string> = {
  describe: () => 'an IP address',
  parse: (text) => (isIP(text) === 0 ? refuse('Not an IP address. A host name does not do here.') : accept(text)),
};

/** Reads an IPv4 address. */
export const ipv4Address: Grammar<string> = {
  describe: () => 'an IPv4 address',
  parse: (text) => (isIPv4(text) ? accept(text) : refuse('Not an IPv4 address. Write four numbers with dots.')),
};
