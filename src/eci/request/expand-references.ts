/**
 * Expands `$(NAME)` the way kubelet does in environment values, commands and arguments: `$$` is a literal `$`, a reference that
 * `lookup` does not know and one that is not closed stay as they are, and the result is not expanded again.
 * Source: Kubernetes API reference, Container v1 core, `command` and `EnvVar.value`.
 *
 * @param lookup gives the value of a name, or undefined when it cannot be resolved.
 */
export function expandReferences(text: string, lookup: (name: string) => string | undefined): string {
  return text.replaceAll(/\$(?:\$|\((?<name>[^)]*)\))/g, (whole: string, name: string | undefined) => {
    if (whole === '$$') return '$';
    return (name === undefined ? undefined : lookup(name)) ?? whole;
  });
}
