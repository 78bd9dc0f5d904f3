/** A value as YAML, JSON or a parsed flag can say it, before it is given a type. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** The sections in which options are documented and shown by `--help`. */
export const optionGroups = [
  'Cloud',
  'Identity',
  'Kubernetes',
  'Node',
  'Kubelet API',
  'Pods',
  'Image caches',
  'Placement',
  'Credential helper',
  'Operation',
] as const;

export type OptionGroup = (typeof optionGroups)[number];

/** What every option says about itself. One word list for flags, environment, file, help text and reference page. */
export interface OptionDetails {
  /** Flag without dashes. The environment name and the file key derive from it (`option-names.ts`). */
  name: string;
  group: OptionGroup;
  /** One sentence, without the default and the range: those are printed from the table. */
  help: string;
  /** File-shaped; absent means that the option has no value unless somebody sets it. */
  default?: Plain;
  required?: true;
  /** Names that other programs use for the same thing, accepted after our own. */
  alsoEnvironment?: readonly string[];
  /** The names of `alsoEnvironment` are parts of one value, which this puts together. */
  joinEnvironment?: (parts: readonly (string | undefined)[]) => string;
  /** Key of the `eci-profile` ConfigMap that stands beneath the configuration file. */
  profileKey?: string;
  /** Kept out of the flags, because command lines are readable by everybody on the machine. */
  noFlag?: true;
}

/** One row of the option table: details, and how a value of its kind is read. `T` is the type in {@link Config}. */
export interface Option<out T> extends OptionDetails {
  /** Word for the kind of value, as help and reference print it: `duration`, `list of text`. */
  type: string;
  /** The accepted values in words that complete "give …". */
  accepts: string;
  /** JSON schema of the file-shaped value. */
  schema: Readonly<Record<string, unknown>>;
  /** What the members of an item accept, in the same words, where the value is a list of mappings. */
  fields?: Readonly<Record<string, string>>;
  /** Never printed. */
  secret: boolean;
  /** The flag may be repeated, and `--no-<name>` empties it. */
  repeatable: boolean;
  /** Turns the text of a flag or variable into the file-shaped value; text that makes no sense is left for the schema to refuse. */
  fromText(text: string): Plain;
  /** Turns a valid file-shaped value into its type. */
  toValue(plain: Plain): T;
}

/** The type in {@link Config} of a row. */
export type ValueOf<Row> = Row extends Option<infer T> ? T : never;

/** `undefined` unless the details promise a value. */
export type AbsentOf<Details extends OptionDetails> = Details extends { default: Plain } | { required: true }
  ? never
  : undefined;
