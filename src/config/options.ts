import type { ValueOf } from './option.ts';
import type { Option } from './option.ts';
import { cloudOptions } from './options-cloud.ts';
import { credentialHelperOptions } from './options-credential-helper.ts';
import { kubeletOptions } from './options-kubelet.ts';
import { nodeOptions } from './options-node.ts';
import { operationOptions } from './options-operation.ts';
import { placementOptions } from './options-placement.ts';

const table = {
  ...cloudOptions,
  ...nodeOptions,
  ...kubeletOptions,
  ...placementOptions,
  ...credentialHelperOptions,
  ...operationOptions,
};

/** The validated configuration. One member per row of the table, so the two cannot drift apart. Durations are milliseconds. */
export type Config = { readonly [Key in keyof typeof table]: ValueOf<(typeof table)[Key]> };

/**
 * The option table: everything that `eci-kubelet run` can be told. Flags, environment names, file keys, validation, help and the
 * reference page all come from here.
 */
export const options: Readonly<Record<keyof Config, Option<unknown>>> = table;

/** The rows in documentation order, each with its member of {@link Config}. */
export const optionRows: readonly (readonly [keyof Config, Option<unknown>])[] = (
  Object.keys(table) as (keyof Config)[]
).map((key) => [key, table[key]] as const);
