import type { ServiceAccount } from '../../kube/types.ts';

/** What the API server calls us, after our user agent. */
const OWN_MANAGER = 'eci-kubelet';
/** Writes the tokens of ServiceAccounts in older clusters, and never their pull Secrets. */
const TOKEN_MANAGER = 'kube-controller-manager';

/** Who writes a ServiceAccount besides us. */
export interface ListEditors {
  /** Wrote `imagePullSecrets` last. Absent also where the list was emptied: nobody holds an empty one. */
  owner?: string;
  /** Wrote something else in it, sorted. */
  others: readonly string[];
}

/**
 * Reads who wrote a ServiceAccount, which only the API server knows. To be asked before we write the list, which is then ours.
 * Observed: kube-apiserver 1.20 keeps a list as a whole for the last writer, and forgets who emptied it.
 */
export function listEditors({ metadata }: ServiceAccount): ListEditors {
  const fields = (metadata?.managedFields ?? []).flatMap(({ manager, fieldsV1 }) =>
    manager === undefined || manager === OWN_MANAGER || manager === TOKEN_MANAGER
      ? []
      : [{ manager, hasList: typeof fieldsV1 === 'object' && 'f:imagePullSecrets' in fieldsV1 }],
  );
  const owner = fields.find(({ hasList }) => hasList)?.manager;
  const others = new Set(fields.flatMap(({ manager }) => (manager === owner ? [] : [manager])));
  return { ...(owner === undefined ? {} : { owner }), others: [...others].toSorted() };
}

/** Says it in a sentence. */
export function describeEditors({ owner, others }: ListEditors): string {
  if (owner !== undefined) return `The list was last written by ${owner}.`;
  if (others.length === 0) return 'The API server does not say by whom.';
  return `The API server does not say by whom; others who write this ServiceAccount: ${others.join(', ')}.`;
}
