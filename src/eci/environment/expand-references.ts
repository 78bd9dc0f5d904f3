/**
 * Expands `$(NAME)` the way kubelet does in environment values, commands and arguments: `$$` is a literal `$`, a reference that
 * `lookup` does not know and one that is not closed stay as they are, and the result is not expanded again.
 * Source: Kubernetes API reference, Container v1 core, `command` and `EnvVar.value`.
 *
 * @param lookup gives the value of a name, or undefined when it cannot be resolved.
 */
export function expandReferences(text: string, lookup: (name: string) => string | undefined): string {
  const parts: string[] = [];
  let copied = 0;
  // Where no closing bracket follows there is none for later openings either: each is looked for once.
  let unclosed = false;
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', at)) {
    const end = text[at + 1] === '(' && !unclosed ? text.indexOf(')', at + 2) : -1;
    if (text[at + 1] === '$') {
      parts.push(text.slice(copied, at), '$');
      at += 2;
      copied = at;
    } else if (end !== -1) {
      const value = lookup(text.slice(at + 2, end));
      if (value !== undefined) {
        parts.push(text.slice(copied, at), value);
        copied = end + 1;
      }
      at = end + 1;
    } else {
      unclosed ||= text[at + 1] === '(';
      at += 1;
    }
  }
  return [...parts, text.slice(copied)].join('');
}
