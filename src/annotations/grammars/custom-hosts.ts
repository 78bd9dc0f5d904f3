import { isIP } from 'node:net';

import { accept, refuse, type Grammar } from '../grammar.ts';
import { deriveGrammar } from './derive-grammar.ts';
import { jsonRecords } from './json-record.ts';

/** Reads the JSON of `eci-custom-hosts` and groups the host names by address, in the order of first mention. */
export const customHosts: Grammar<{ ip: string; hostname: string[] }[]> = deriveGrammar(
  jsonRecords(['host', 'ip']),
  (records) => {
    const hostnamesByIp = new Map<string, string[]>();
    for (const [index, { host, ip }] of records.entries()) {
      if (isIP(ip) === 0) return refuse(`Item ${index + 1}: The member ip is not an IP address.`);
      if (!/^[A-Za-z0-9_.-]+$/.test(host)) return refuse(`Item ${index + 1}: The member host is not a host name.`);
      hostnamesByIp.set(ip, [...(hostnamesByIp.get(ip) ?? []), host]);
    }
    return accept([...hostnamesByIp].map(([ip, hostname]) => ({ ip, hostname })));
  },
);
