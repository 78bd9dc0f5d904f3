import { group, list, required, text } from './grammar.ts';
import type { Read } from './grammar.ts';

/** Tags of a resource; keys reserved for the platform are refused. Source: ECI API reference, CreateContainerGroup, Tag. */
export const tags = list(
  group({
    Key: required(text({ min: 1, max: 64, pattern: /^(?!aliyun|acs:)(?!.*https?:\/\/)/ })),
    Value: text({ max: 128, pattern: /^(?!acs:)(?!.*https?:\/\/)/ }),
  }),
  20,
);

/** Tags as a filter: a key without value matches every value. */
export const tagFilter = list(group({ Key: required(text({ min: 1, max: 64 })), Value: text({ max: 128 }) }), 10);

/** A tag as requested. */
export type RequestedTag = Read<typeof tags>[number];
