/** Tells whether a resource carries every tag of a filter; a filter without value asks for the key alone. */
export function hasTags(
  tags: ReadonlyMap<string, string>,
  filter: readonly { Key: string; Value?: string }[] = [],
): boolean {
  return filter.every(({ Key, Value }) => tags.has(Key) && (Value === undefined || tags.get(Key) === Value));
}

/** Reads requested tags; a missing value is an empty one. @throws SimError never; duplicate keys keep the last. */
export function toTagMap(tags: readonly { Key: string; Value?: string }[] = []): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key, Value ?? '']));
}
