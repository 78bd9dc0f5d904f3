import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { accept, refuse, type Grammar, type Reading } from '../grammar.ts';
import { commaList } from './comma-list.ts';
import { deriveGrammar } from './derive-grammar.ts';
import { ipAddress } from './ip-address.ts';
import { jsonRecord } from './json-record.ts';
import { matching } from './matching.ts';

const mostNameServers = 2;

const nameServers = commaList(ipAddress, { noun: 'name servers' });
const searches = commaList(
  matching({
    pattern: /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/,
    description: 'a domain',
    message: 'Not a domain.',
  }),
  { noun: 'domains', max: 32 },
);
const options = commaList(
  matching({
    pattern: /^[a-z0-9-]+(?::\d+)?$/i,
    description: 'a resolver option',
    message: 'Not a resolver option. Write name or name:number.',
  }),
  { noun: 'resolver options' },
);

/** A member that is absent or empty asks for nothing. */
function read<T>(member: string, grammar: Grammar<T[]>, text: string | undefined): Reading<T[]> {
  if (text === undefined || text === '') return accept([]);
  const reading = grammar.parse(text);
  return reading.ok ? reading : refuse(`Member ${member}: ${reading.message}`);
}

/**
 * Reads the JSON of `eci-custom-dnsconfig`, whose members are themselves comma-separated texts.
 * The policy becomes `None` only where name servers are given: without any, nothing would resolve names.
 */
export const dnsConfig: Grammar<Pick<CreateContainerGroupRequest, 'dnsPolicy' | 'dnsConfig'>> = deriveGrammar(
  jsonRecord(['nameservers', 'searches', 'options']),
  (record) => {
    const servers = read('nameservers', nameServers, record.nameservers);
    if (!servers.ok) return servers;
    const domains = read('searches', searches, record.searches);
    if (!domains.ok) return domains;
    const resolver = read('options', options, record.options);
    if (!resolver.ok) return resolver;
    const config: NonNullable<CreateContainerGroupRequest['dnsConfig']> = {};
    if (servers.value.length > 0) config.nameServer = servers.value.slice(0, mostNameServers);
    if (domains.value.length > 0) config.search = domains.value;
    if (resolver.value.length > 0) {
      config.option = resolver.value.map((option) => {
        const [name = option, value] = option.split(':');
        return value === undefined ? { name } : { name, value };
      });
    }
    if (Object.keys(config).length === 0) return accept({});
    return accept(
      servers.value.length > 0 ? { dnsPolicy: 'None', dnsConfig: config } : { dnsConfig: config },
      servers.value.length > mostNameServers ? [`Only the first ${mostNameServers} name servers are used.`] : [],
    );
  },
  'a JSON object with `nameservers`, `searches` and `options`, each a comma-separated text',
);
