import { causes } from '../../src/cli/check/causes.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** Renders the reference page of causes for which an image cannot be pulled. */
export function pullCausesPage(): string {
  return `${generatedFrom('src/cli/check/causes.ts')}

# Causes of pulls that fail

What \`eci-kubelet check image\` and \`eci-kubelet check pod\` look for, the most decisive first. All that are found are told, but for those that
merely follow from another one that is told as well. The names are stable: scripts can rely on \`causes[].id\` of \`-o json\`.

${table(
  ['Cause', 'When', 'What to do'],
  causes.map(({ id, when, remedy }) => [code(id), when, remedy]),
)}
`;
}
