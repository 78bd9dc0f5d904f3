/**
 * What a YAML parser found, in our own words. The library's messages quote the text that they complain about, and that text may be
 * an access key: only the code of an error and its place are taken over.
 */
import type { ErrorCode, YAMLError } from 'yaml';

import { describePlace, type Place } from './place.ts';

const LINE_UP = 'line up the fields of one entry: every name under the name before it';

const sentences: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'an alias (*) has no name, or stands where none may',
  ALIAS_PROPS: 'an alias (*) has an anchor or a tag',
  BAD_COLLECTION_TYPE: 'a tag (!) does not fit what follows it',
  BAD_DIRECTIVE: 'a directive (%) is not valid',
  BAD_DQ_ESCAPE: 'a backslash in double quotes starts no known sequence; use single quotes, or write two backslashes',
  BAD_INDENT: `the indentation is wrong; ${LINE_UP}`,
  BAD_SCALAR_START: 'a value starts with a reserved character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: `a mapping starts in the middle of a line; ${LINE_UP}, and put a value that contains ": " in quotes`,
  BLOCK_IN_FLOW: 'a list or mapping written over lines stands inside brackets',
  KEY_OVER_1024_CHARS: 'a name is longer than 1024 characters',
  MISSING_CHAR: 'a quote, a bracket, a comma or a colon is missing before this place',
  MULTILINE_IMPLICIT_KEY: `a name goes over more than one line; ${LINE_UP}`,
  MULTIPLE_ANCHORS: 'a value has more than one anchor (&)',
  MULTIPLE_DOCS: 'a second document starts (---); only one is allowed',
  MULTIPLE_TAGS: 'a value has more than one tag (!)',
  TAB_AS_INDENT: 'a tab is used for indentation; use blanks',
  UNEXPECTED_TOKEN: 'something stands where nothing may follow, or of another kind than may follow',
};

/**
 * Says what is wrong with a text, with the advice for mistakes that the vendor's own pages contain.
 * @param text looked at, never repeated.
 * @returns place and sentence.
 */
export function describeYamlError(error: Pick<YAMLError, 'code' | 'pos'>, text: string, at: Place): string {
  const pasted = error.code === 'UNEXPECTED_TOKEN' ? pastedMistake(text, error.pos[0]) : undefined;
  return `${describePlace(at)}: ${pasted ?? sentences[error.code] ?? 'this is not valid YAML'}`;
}

/** Source: ACR documentation, cross-account samples of the credential helper. */
function pastedMistake(text: string, offset: number): string | undefined {
  if (text.startsWith('//', offset)) return '// does not start a comment in YAML; use #';
  if (text[offset] === ',' && /["'][ \t]*$/.test(text.slice(Math.max(0, offset - 80), offset)))
    return 'two quoted values stand on one line; put all names in one quoted string: "a.example.com,b.example.com"';
  return undefined;
}
