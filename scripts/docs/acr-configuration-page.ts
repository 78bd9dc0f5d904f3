import { configKeys, type ConfigKey } from '../../src/credential-helper/config/reading/config-keys.ts';
import { entryFields, type EntryField } from '../../src/credential-helper/config/reading/entry-fields.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** Renders the reference page of the configuration of the credential helper. */
export function acrConfigurationPage(): string {
  const keys: ConfigKey<unknown>[] = Object.values(configKeys);
  const fields: [string, EntryField][] = Object.entries(entryFields);
  return `${generatedFrom('src/credential-helper/config/reading/config-keys.ts and entry-fields.ts')}

# Keys of acr-configuration

The ConfigMap \`kube-system/acr-configuration\`, which \`--acr-config-map\` can rename, or the JSON file of \`--managed-config-file\`. How to
use them, and what happens to a key that is broken: [acr-configuration.md](../acr-configuration.md).

## Keys

${table(
  ['Key', 'In the JSON file', 'Value', 'Default', 'Meaning'],
  keys.map((key) => [
    code(key.name),
    key.managedName === undefined ? '' : code(key.managedName),
    key.grammar,
    key.default,
    key.help,
  ]),
)}

## Fields of an entry

Every element of \`acr-registry-info\` (\`AcrInstanceInfo\`). Case counts in names. A field that is missing, empty or \`null\` has its default.

${table(
  ['Field', 'Value', 'Default', 'Meaning'],
  fields.map(([name, { grammar, default: standard, help }]) => [code(name), grammar, standard, help]),
)}
`;
}
