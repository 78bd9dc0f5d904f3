import type { ContainerGroup } from '../group/container-group.ts';
import { hostName } from './container-environment.ts';

/** Writes `/etc/hosts` of a group as kubelet does. */
export function hostsFile(group: Pick<ContainerGroup, 'name' | 'request' | 'network'>): string {
  const aliases = (group.request.HostAliase ?? []).map(({ Ip, Hostname = [] }) => `${Ip}\t${Hostname.join('\t')}`);
  return lines([
    '# Written by the simulator.',
    '127.0.0.1\tlocalhost',
    `${group.network.intranetIp}\t${hostName(group)}`,
    ...aliases,
  ]);
}

/**
 * Writes `/etc/resolv.conf` of a group.
 * @param ofMachine content of the machine's own, which stands unless the group has a configuration of its own.
 */
export function resolverFile({ request }: Pick<ContainerGroup, 'request'>, ofMachine: string): string {
  const { NameServer = [], Search = [], Option = [] } = request.DnsConfig ?? {};
  const options = Option.map(({ Name, Value }) => (Value === undefined || Value === '' ? Name : `${Name}:${Value}`));
  const configured = [
    ...NameServer.map((address) => `nameserver ${address}`),
    ...(Search.length === 0 ? [] : [`search ${Search.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
  ];
  const keepsMachines = request.DnsPolicy !== 'None' && NameServer.length === 0;
  return keepsMachines ? `${ofMachine}${lines(configured)}` : lines(configured);
}

function lines(content: readonly string[]): string {
  return content.map((line) => `${line}\n`).join('');
}
