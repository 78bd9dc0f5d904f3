import { toRfc3339 } from '../clock.ts';
import { describeChain, describeRegistry } from './describe-chain.ts';
import type { TriedHost } from './host-outcome.ts';
import { idleInstanceNote, type Candidate, type CredentialPlan } from './plan.ts';
import type { Note } from './types.ts';

/** One line per chain, not per host: hosts of one instance share it. */
export function resolvedNotes(tried: readonly TriedHost[]): Note[] {
  const lines = tried.flatMap(({ plan, result }) =>
    result.kind === 'resolved'
      ? [
          {
            host: plan.host,
            text: `${result.candidate.chain}, password until ${toRfc3339(result.password.expiresAtMs)}`,
          },
        ]
      : [],
  );
  return groupHosts(lines).map((message) => ({ type: 'Normal', reason: 'ImageCredentialsResolved', message }));
}

/** Says for which hosts ECI runs the chain, and why it is not run here. */
export function forwardNotes(tried: readonly TriedHost[]): Note[] {
  const lines = tried.flatMap(({ plan, result }) => {
    if (result.kind !== 'forward') return [];
    const chains = result.candidates.map(chainAtEci).join('; ');
    const reasons = result.why.length === 0 ? '' : ` because ${[...new Set(result.why)].join('; ')}`;
    return [{ host: plan.host, text: `ECI runs the chain itself at each pull (${chains})${reasons}` }];
  });
  return groupHosts(lines).map((message) => ({ type: 'Normal', reason: 'ImageCredentialsForwarded', message }));
}

/** Warns about hosts of ACR that no instance is proven to own, and about named instances that serve nothing. */
export function strangerNotes(plan: CredentialPlan, tried: readonly TriedHost[], idle: ReadonlySet<string>): Note[] {
  const unowned = tried.flatMap(({ plan: host, result }) => (result.kind === 'not-owned' ? [{ host, result }] : []));
  const ofDefaultHosts = unowned.filter(({ host }) => host.registry.kind !== 'other');
  const explained = new Set(ofDefaultHosts.flatMap(({ result }) => result.instanceIds));
  const names = plan.hosts.map(({ host }) => host);
  return [
    ...ofDefaultHosts.map(({ host, result }): Note => ({
      type: 'Warning',
      reason: 'RegistryHostNotOwned',
      message: `${host.host}: ${result.why.join('; ')}. No password was handed out; it is pulled as if nothing had been named for it.`,
    })),
    ...[...idle]
      .filter((instanceId) => !explained.has(instanceId))
      .map((instanceId) => {
        const why = unowned.find(({ result }) => result.instanceIds.includes(instanceId))?.result.why.join('; ');
        return idleInstanceNote(instanceId, names, why);
      }),
  ];
}

function chainAtEci({ entry, regionId }: Candidate): string {
  const registry = entry.instanceId === undefined ? '' : ` → ${describeRegistry(entry.instanceId, regionId)}`;
  return `${describeChain(entry, 'ECI')}${registry}`;
}

/** Joins the hosts for which the same is to be said. */
function groupHosts(lines: readonly { host: string; text: string }[]): string[] {
  const groups = Map.groupBy(lines, ({ text }) => text);
  return [...groups].map(([text, group]) => `${group.map(({ host }) => host).join(', ')}: ${text}`);
}
