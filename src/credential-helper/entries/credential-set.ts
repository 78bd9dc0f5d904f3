import { credentialKey } from './credential-key.ts';
import type { EntryPlan, PlannedEntry } from './model.ts';
import { SharedCredential } from './shared-credential.ts';

/** The credentials of the present configuration, and which entry is served by which. */
export class CredentialSet {
  /** In the order of the configuration. */
  planned: readonly PlannedEntry[] = [];
  #byKey: ReadonlyMap<string, SharedCredential> = new Map();

  /**
   * Takes other entries. What is still asked for is kept, what is not is forgotten; what fails is tried soon, because the change may
   * have been made to mend it.
   */
  replan(planned: readonly PlannedEntry[]): void {
    this.planned = planned;
    const plansByKey = new Map<string, [EntryPlan, ...EntryPlan[]]>();
    for (const plan of this.plans()) {
      const plans = plansByKey.get(credentialKey(plan));
      if (plans === undefined) plansByKey.set(credentialKey(plan), [plan]);
      else plans.push(plan);
    }
    const byKey = new Map<string, SharedCredential>();
    for (const [key, plans] of plansByKey) {
      const credential = this.#byKey.get(key) ?? new SharedCredential(plans);
      credential.plans = plans;
      credential.retrySoon();
      byKey.set(key, credential);
    }
    this.#byKey = byKey;
  }

  /** @returns the entries that are served, in the order of the configuration. */
  plans(): EntryPlan[] {
    return this.planned.flatMap((planned) => (planned.kind === 'served' ? [planned.plan] : []));
  }

  all(): SharedCredential[] {
    return [...this.#byKey.values()];
  }

  of(plan: EntryPlan): SharedCredential | undefined {
    return this.#byKey.get(credentialKey(plan));
  }

  /** Asks whether a credential is one of the present configuration. */
  has(credential: SharedCredential): boolean {
    return this.all().includes(credential);
  }
}
