import type { AnnotationEntry, Mapping } from '../../src/annotations/annotation.ts';
import { annotationTable } from '../../src/annotations/annotation-table.ts';
import { podRules } from '../../src/annotations/rules/pod-rules.ts';
import { writeBackAnnotations } from '../../src/annotations/sections/write-back.ts';
import { code, generatedFrom, table } from './markdown.ts';
import { pairingChapter } from './pairing-chapter.ts';

const prefix = 'k8s.aliyun.com/';

/** Keys are long, so tables leave out the prefix that nearly all of them have. */
const shortKey = (key: string): string => code(key.replace(prefix, ''));

/** The parameter as it travels, for people who compare with the API reference; lists are numbered. */
function wireName(field: string): string {
  const name = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  const isList = ['acrRegistryInfo', 'computeCategory', 'hostAliase', 'ntpServer', 'tag'].includes(field);
  return code(isList ? `${name}.N` : name);
}

function keyCell({ key, aliases = [] }: AnnotationEntry): string {
  const older = aliases.map((alias) => shortKey(alias.key)).join(', ');
  return older === '' ? shortKey(key) : `${shortKey(key)}; older key ${older}`;
}

function effectCell({ fields, mapping, behaviour = '' }: AnnotationEntry): string {
  const parameters = fields.map(wireName).join(', ');
  const cells: Readonly<Record<Mapping, string>> = {
    documented: parameters,
    inferred: `${parameters} (inferred)`,
    local: `Not sent. ${behaviour}`,
    none: `**Refused.** ${behaviour}`,
  };
  return cells[mapping];
}

function notesCell({ notes = '', effectiveIf }: AnnotationEntry): string {
  return [notes, effectiveIf === undefined ? '' : `May be ignored, with the warning “${effectiveIf.otherwise}”`].join(
    ' ',
  );
}

function sectionTable(entries: readonly AnnotationEntry[]): string {
  return table(
    ['Annotation', 'On', 'Value', 'Example', 'Default', 'Becomes', 'Notes', 'Vendor page'],
    entries.map((entry) => [
      keyCell(entry),
      entry.objects.join(', '),
      entry.grammar.describe(),
      code(entry.example),
      entry.default ?? '',
      effectCell(entry),
      notesCell(entry),
      entry.source,
    ]),
  );
}

function writeBackTable(): string {
  return table(
    ['Annotation', 'Content', 'From', 'Known', 'Written by eci-kubelet'],
    writeBackAnnotations.map(({ key, content, field = '', known, written = 'never' }) => [
      shortKey(key),
      content,
      field,
      known,
      written,
    ]),
  );
}

/** Renders the reference page of annotations. */
export function annotationsPage(): string {
  const sections = annotationTable.map(({ title, entries }) => {
    const pairing = title === 'Registry credentials' ? `\n\n${pairingChapter()}` : '';
    return `## ${title}\n\n${sectionTable(entries)}${pairing}`;
  });
  return `${generatedFrom('src/annotations')}

# Annotations

Every annotation that eci-kubelet reads from Pods and ImageCaches. Names and meanings are those of Alibaba Cloud's own component for
ECI, so that manifests from its documentation work unchanged. Keys start with \`${prefix}\` unless they are written in full with
\`kubernetes.io/\`; the tables leave the prefix out. Keys are case-sensitive.

## Rules for all of them

- On a Pod they stand in the metadata of the **Pod**. In a Deployment or Job that is \`spec.template.metadata.annotations\`; in the
  workload's own metadata they do nothing. On an ImageCache they stand in its own metadata.
- They are read once, when the container group or the image cache is created. Later changes have no effect.
- Values are text, so quote them: \`"true"\`, \`"20"\`.
- Booleans are \`true\` or \`false\` in any case. Words from a fixed choice are also accepted in any case, and sent in the vendor's spelling.
- Lists are separated by commas. Blanks around items do not count. An empty item, a trailing comma included, is an error.
- **An empty value is the same as no annotation.** Templates often leave such values behind.
- An older key counts only where the current one is absent. If both are set and differ, the current one wins, with a warning.
- Keys under \`${prefix}\` that are not listed here are ignored and named in the debug log.

## What happens to bad values

The vendor does not document what its component does. Here nothing that was asked for is dropped without a word, because
credentials, network and price depend on it:

- A value that does not have the form in the table holds the Pod, or fails the ImageCache, before anything is created and paid for. One
  event \`InvalidAnnotation\` for each problem names key, value and remedy; all problems are reported at once.
- **Refused** in the column “Becomes” means that no public request field exists for it, so it cannot be had through the API; a value that asks
  for what happens anyway is accepted.
- An annotation that has no effect in its combination is left out with an event \`AnnotationIgnored\`. Its value is checked all the same.
- An annotation that belongs on the other kind of object gets the same event, with the right key where there is one.
- “(inferred)” means that no document ties the annotation to that request field; names and types match.

${sections.join('\n\n')}

## Combinations that are refused on Pods

${podRules.map(({ key, message }) => `- ${shortKey(key)}: ${message}`).join('\n')}

Some of these need facts about the Pod, such as its images or its node selector.

## Written on the Pod by the provider

The vendor's provider writes these after placement; eci-kubelet writes those that the last column says, and no others. They are never
read as wishes, and are ignored silently on input, because exported Pods carry them. “Observed” ones are not in the vendor's documentation.

${writeBackTable()}

## What is not documented

- Separator and pairing of several ACR values: [the rule above](#several-values-and-how-they-pair) is ours.
- Whether an id without a region means the region of the Pod. No region is sent then, and the service decides.
- Several security groups in one \`SecurityGroupId\`; the API reference shows one.
- The base of the bandwidth units. Powers of ten are used: the vendor equates \`40M\` with 320 Mbit/s, which is exact only then, and the
  smaller reading can only limit more than was meant.
- What \`eci-reschedule-enable: "false"\` does beyond the default; here nothing.
`;
}
