/** A container group as far as choosing among several of one Pod goes. */
export interface CandidateGroup {
  containerGroupId: string;
  groupStatus: string | undefined;
  createdAtMs: number | undefined;
}

/**
 * Chooses which of several container groups of one Pod is kept: one that was placed before one that was not, then the oldest.
 * The others are surplus, left by a create whose answer was lost and whose token had expired.
 */
export function chooseGroup<Group extends CandidateGroup>(
  groups: readonly [Group, ...Group[]],
): {
  kept: Group;
  surplus: Group[];
} {
  const age = (group: Group) => group.createdAtMs ?? Number.MAX_SAFE_INTEGER;
  const rank = (group: Group) => (group.groupStatus === 'ScheduleFailed' ? 1 : 0);
  const before = (a: Group, b: Group) =>
    rank(a) - rank(b) || age(a) - age(b) || (a.containerGroupId < b.containerGroupId ? -1 : 1);
  const kept = groups.reduce((best, group) => (before(group, best) < 0 ? group : best));
  return { kept, surplus: groups.filter((group) => group.containerGroupId !== kept.containerGroupId) };
}
