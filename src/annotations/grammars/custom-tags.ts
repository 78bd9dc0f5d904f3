import type { Tag } from '../../alibaba/eci-requests.ts';
import { accept, refuse, type Grammar } from '../grammar.ts';
import { commaList } from './comma-list.ts';
import { deriveGrammar } from './derive-grammar.ts';

const url = /https?:\/\//i;

/** One `key:value`, split at the first colon. Source: ECI API reference, CreateContainerGroup, Tag. */
const tag: Grammar<Tag> = {
  describe: () => 'a tag',
  parse: (text) => {
    const colon = text.indexOf(':');
    if (colon < 0) return refuse('Not a tag. Write key:value.');
    const key = text.slice(0, colon).trim();
    const value = text.slice(colon + 1).trim();
    if (key.length < 1 || key.length > 64) return refuse('The key of a tag has 1 to 64 characters.');
    if (value.length > 128) return refuse('The value of a tag has at most 128 characters.');
    // The other reserved start, acs:, cannot occur: the key ends at the first colon.
    if (/^aliyun/i.test(key)) return refuse('The key of a tag must not start with aliyun.');
    if (/^acs:/i.test(value)) return refuse('The value of a tag must not start with acs:.');
    if (url.test(text)) return refuse('A tag must not contain http:// or https://.');
    return accept({ key, value });
  },
};

/** Reads the tags of `eci-custom-tags`. */
export const customTags: Grammar<Tag[]> = deriveGrammar(
  commaList(tag, { noun: 'tags, `key:value`', max: 3 }),
  (tags) =>
    new Set(tags.map(({ key }) => key)).size === tags.length
      ? accept(tags)
      : refuse('Two tags have the same key. Keep one of them.'),
);
