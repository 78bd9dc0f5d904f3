import { credentialHelperDefaults } from '../../src/cli/credential-helper-options.ts';
import { bootstrapOptions } from '../../src/config/bootstrap-options.ts';
import { environmentOf, fileKeyOf, flagOf } from '../../src/config/option-names.ts';
import { optionGroups } from '../../src/config/option.ts';
import type { Option } from '../../src/config/option.ts';
import { optionRows } from '../../src/config/options.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** Renders the reference page of options. */
export function optionsPage(): string {
  const rows = optionRows.map(([, option]) => option);
  return `${generatedFrom('src/config/options.ts')}

# Options

Every option of \`eci-kubelet run\` and of \`eci-kubelet credential-helper\`. The latter has a chapter of its own, with its defaults where they differ, and
shares those about region, services, API server, webhooks and operation; \`--help\` lists what each takes.

A flag wins over the environment, the environment over the configuration file, the file over the mounted ConfigMap \`eci-profile\`, and that over
the default. All problems are reported at once; unknown names are refused.

- Durations carry their unit: \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`7d\`.
- Lists are written \`[a, b]\` in the file, and \`a,b\` or as a repeated flag on the command line.
- Maps are written \`{key: value}\` in the file, and \`key=value,key=value\` on the command line.
- \`--no-<name>\` turns a boolean off and empties a list or map. An empty environment variable counts as unset.
- Secrets have no flag: command lines can be read by everybody on the machine.

## Where the other options come from

${table(
  ['Flag', 'Environment', 'What it does'],
  Object.values(bootstrapOptions).map((option) => [code(flagOf(option)), code(environmentOf(option)), option.help]),
)}

${optionGroups
  .map(
    (group) =>
      `## ${group}\n\n${rows
        .filter((option) => option.group === group)
        .map(section)
        .join('\n\n')}${group === 'Credential helper' ? `\n\n${helperDefaults()}` : ''}`,
  )
  .join('\n\n')}
`;
}

/** What the credential helper assumes where nobody says anything. */
function helperDefaults(): string {
  const rows = Object.entries(credentialHelperDefaults).map(([key, value]) => [code(key), code(String(value))]);
  return `### Defaults of the credential helper\n\nWhere they differ from those of \`run\`. Its region is that of the machine, unless it is given.\n\n${table(['Option', 'Default'], rows)}`;
}

function section(option: Option<unknown>): string {
  const environment = [environmentOf(option), ...(option.alsoEnvironment ?? [])].map(code).join(', ');
  return `### ${fileKeyOf(option)}

${option.help}

${table(
  ['Flag', 'Environment', 'Type', 'Accepts', 'Default'],
  [[option.noFlag === true ? '' : code(flagOf(option)), environment, option.type, option.accepts, defaultOf(option)]],
)}${option.profileKey === undefined ? '' : `\n\nIn \`eci-profile\`: ${code(option.profileKey)}.`}${namesOf(option)}`;
}

/** The names that a map with known keys takes. */
function namesOf(option: Option<unknown>): string {
  const names = Object.keys(option.schema['properties'] ?? {});
  return names.length === 0 ? '' : `\n\nNames: ${names.map(code).join(', ')}.`;
}

function defaultOf(option: Option<unknown>): string {
  if (option.required === true) return 'required';
  if (option.default === undefined) return '';
  const text = typeof option.default === 'string' ? option.default : JSON.stringify(option.default);
  return code(text);
}
