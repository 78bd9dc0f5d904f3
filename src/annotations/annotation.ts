/**
 * The shape of one row of the annotation table, and the functions that build rows. The builders tie a row to members of the
 * create request by type: a member that does not exist, or a grammar that yields another type, does not compile.
 */
import type { CreateContainerGroupRequest, CreateImageCacheRequest } from '../alibaba/eci-requests.ts';
import { accept, type Grammar, type Reading } from './grammar.ts';
import { deriveGrammar, mapGrammar } from './grammars/derive-grammar.ts';
import type { PodIntent } from './types.ts';

/** Objects whose metadata can carry these annotations. */
export type AnnotatedKind = 'Pod' | 'ImageCache';

/**
 * How it is known what an annotation means.
 *
 * - `documented`: the vendor's page for OpenAPI users names the request field with the same values
 * - `inferred`: names and types match, no document says so
 * - `local`: behaviour of the node, never sent
 * - `none`: no public request field exists
 */
export type Mapping = 'documented' | 'inferred' | 'local' | 'none';

/** A key that older documentation uses for the same thing. */
export interface AnnotationAlias {
  key: string;
  /** The old form of the value, where it differs; the value means what `canonical` means to the row's own grammar. */
  values?: Readonly<Record<string, string>>;
}

/** What a row says about itself on the reference page. */
export interface AnnotationDescription {
  /** With its prefix; keys are case-sensitive. */
  key: string;
  aliases?: readonly AnnotationAlias[];
  /** A plausible value, which the grammar accepts. */
  example: string;
  /** What holds without the annotation; absent when nothing does. */
  default?: string;
  /** What is checked beyond the grammar, and anything else worth knowing. Markdown. */
  notes?: string;
  /** Title of the vendor's page. */
  source: string;
  /** The key for the same idea on the other kind of object, for people who took the wrong one. */
  counterpart?: string;
}

/** What one annotation asks for. */
export interface Effect<Request> {
  request?: Partial<Request>;
  local?: Partial<PodIntent['local']>;
  /** Set when it asks for something that cannot be had. Counts only where the annotation is not ignored anyway. */
  refusal?: string;
}

/** Everything that the annotations of one object ask for together, before any of it is left out. */
export interface Asked<Request> {
  /** @returns true when the annotation or an alias of it is set and not empty. */
  readonly has: (key: string) => boolean;
  /** @returns what one annotation asks for; undefined when it is absent or cannot be read. */
  readonly effectOf: (key: string) => Effect<Request> | undefined;
  request: Readonly<Partial<Request>>;
  local: Readonly<Partial<PodIntent['local']>>;
}

/** When an annotation has no effect because of the others. */
export interface Condition<Request> {
  /** Said to the user when the condition is not met, and on the reference page. */
  otherwise: string;
  readonly met: (asked: Asked<Request>) => boolean;
}

/** A row without its types: enough for documentation. */
export interface AnnotationEntry extends AnnotationDescription {
  objects: readonly AnnotatedKind[];
  mapping: Mapping;
  /** Members of the create request, in camelCase. Empty for `local` and `none`. */
  fields: readonly string[];
  /** What the node does, for `local`; why the annotation is refused, for `none`. */
  behaviour?: string;
  grammar: Grammar<unknown>;
  effectiveIf?: { otherwise: string };
}

/** A row that can be read. */
export interface Annotation<Request> extends AnnotationEntry {
  grammar: Grammar<Effect<Request>>;
  effectiveIf?: Condition<Request>;
}

type Row<Request> = AnnotationDescription & { effectiveIf?: Condition<Request> };
type FieldRow<Request, Field extends keyof Request> = Row<Request> & {
  mapping: 'documented' | 'inferred';
  field: Field;
  grammar: Grammar<NonNullable<Request[Field]>>;
};
type FieldsRow<Request> = Row<Request> & {
  mapping: 'documented' | 'inferred';
  fields: readonly (keyof Request & string)[];
  grammar: Grammar<Partial<Request>>;
};

/** Builds a row whose value becomes one member of CreateContainerGroup. */
export function podField<Field extends keyof CreateContainerGroupRequest>(
  row: FieldRow<CreateContainerGroupRequest, Field>,
): Annotation<CreateContainerGroupRequest> {
  const { field, grammar, ...rest } = row;
  return podFields({
    ...rest,
    fields: [field],
    grammar: mapGrammar(grammar, (value) => {
      const request: Partial<CreateContainerGroupRequest> = {};
      request[field] = value;
      return request;
    }),
  });
}

/** Builds a row whose value becomes several members of CreateContainerGroup, or one in another form. */
export function podFields(row: FieldsRow<CreateContainerGroupRequest>): Annotation<CreateContainerGroupRequest> {
  return { ...row, objects: ['Pod'], grammar: mapGrammar(row.grammar, (request) => ({ request })) };
}

/** Builds a row that steers this program and is never sent. */
export function podLocal(
  row: Row<CreateContainerGroupRequest> & { behaviour: string; grammar: Grammar<Partial<PodIntent['local']>> },
): Annotation<CreateContainerGroupRequest> {
  return {
    ...row,
    objects: ['Pod'],
    mapping: 'local',
    fields: [],
    grammar: mapGrammar(row.grammar, (local) => ({ local })),
  };
}

/** Builds a row whose value becomes one member of CreateImageCache. */
export function imageCacheField<Field extends keyof CreateImageCacheRequest>(
  row: FieldRow<CreateImageCacheRequest, Field>,
): Annotation<CreateImageCacheRequest> {
  const { field, grammar, ...rest } = row;
  return {
    ...rest,
    objects: ['ImageCache'],
    fields: [field],
    grammar: mapGrammar(grammar, (value) => {
      const request: Partial<CreateImageCacheRequest> = {};
      request[field] = value;
      return { request };
    }),
  };
}

/** A row for something that no public request field expresses. */
export type UnsupportedRow<Request, T> = Row<Request> & {
  objects: readonly AnnotatedKind[];
  grammar: Grammar<T>;
  /** True for values that ask for what happens anyway: they are accepted. */
  isDefault?: (value: T) => boolean;
  /** Why it is refused and what to do instead, for the user. */
  behaviour: string;
};

/**
 * Builds a row for an annotation that the create request cannot express. It is refused rather than ignored: whoever wrote it
 * expects an effect on network, price or placement.
 */
export function unsupported<Request, T>(row: UnsupportedRow<Request, T>): Annotation<Request> {
  const { isDefault, grammar, ...rest } = row;
  return {
    ...rest,
    mapping: 'none',
    fields: [],
    grammar: deriveGrammar(grammar, (value): Reading<Effect<Request>> =>
      accept(isDefault?.(value) === true ? {} : { refusal: row.behaviour }),
    ),
  };
}
