import type { ServiceAccount } from '../../kube/types.ts';
import { selects, type HelperConfig } from '../config/model.ts';
import type { NamespacesStatus } from '../status/model.ts';
import { isAttached } from './attachment.ts';
import { selectedAccounts } from './next-step.ts';

/** What a replica counts that does not lead. */
export const NO_NAMESPACES: NamespacesStatus = {
  watched: 0,
  served: 0,
  conflicts: [],
  serviceAccounts: { selected: 0, attached: 0 },
};

/** Counts what became of the namespaces that are watched. Pure. */
export function countNamespaces(facts: {
  config: HelperConfig | undefined;
  /** All of the cluster. */
  names: readonly string[];
  accountsOf: (namespace: string) => readonly ServiceAccount[];
  isServed: (namespace: string) => boolean;
  isConflicted: (namespace: string) => boolean;
}): NamespacesStatus {
  const { config, names, accountsOf, isServed, isConflicted } = facts;
  if (config === undefined) return NO_NAMESPACES;
  const watched = names.filter((name) => selects(config.namespaces, name));
  const selected = watched.flatMap((name) => selectedAccounts({ config, accounts: accountsOf(name) }));
  return {
    watched: watched.length,
    served: watched.filter(isServed).length,
    conflicts: watched.filter(isConflicted),
    serviceAccounts: { selected: selected.length, attached: selected.filter(isAttached).length },
  };
}
