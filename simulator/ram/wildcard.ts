/**
 * Matches a text against a policy pattern: `*` stands for any run of characters, also none; `?`, where allowed, for one.
 * @param options.ignoreCase for actions and ARNs of principals. @param options.questionMark for the `StringLike` operator.
 */
export function matchesPattern(
  pattern: string,
  text: string,
  options: { ignoreCase?: boolean; questionMark?: boolean } = {},
): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\?]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\\\?/g, options.questionMark === true ? '.' : '\\?');
  return new RegExp(`^${source}$`, options.ignoreCase === true ? 'is' : 's').test(text);
}
