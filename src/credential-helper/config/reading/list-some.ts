/** What fits into an event and into a person's patience. */
const MOST_LISTED = 10;

/** Lists what was found in a sentence: all of it, or the first ones and how many more there are. */
export function listSome(items: readonly string[]): string {
  const shown = items.slice(0, MOST_LISTED);
  const more = items.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
