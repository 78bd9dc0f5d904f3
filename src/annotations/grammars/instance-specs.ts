import { accept, refuse, type Grammar } from '../grammar.ts';
import { commaList } from './comma-list.ts';
import { deriveGrammar } from './derive-grammar.ts';
import { matching } from './matching.ts';

/** What an entry of `eci-use-specs` is made of, as far as the kinds must not be mixed. */
export type InstanceSpecKind = 'ordinary' | 'gpu' | 'local-disk' | 'arm';

const families: readonly (readonly [InstanceSpecKind, RegExp])[] = [
  ['gpu', /^(?:ebm|s|v)?gn\d|^ga\d/],
  ['local-disk', /^(?:ebm)?[id]\d/],
  ['arm', /^(?:ebm)?[cgr]\d+[ry]$/],
];

/**
 * Tells the kind of one entry from the name of its ECS family. Families that are not recognised count as ordinary, so that
 * a family announced tomorrow is left to the service to judge.
 * Source: ECS instance family overview (names `gn…`, `vgn…`, `i…`, `d…`, `g6r`, `c8y`).
 */
export function instanceSpecKind(spec: string): InstanceSpecKind {
  const family = /^ecs\.([a-z0-9-]+)\./.exec(spec)?.[1] ?? '';
  return families.find(([, pattern]) => pattern.test(family))?.[0] ?? 'ordinary';
}

const spec = matching({
  pattern: /^(?:\d+(?:\.\d+)?-\d+(?:\.\d+)?Gi|ecs\.[a-z0-9-]+\.[a-z0-9-]+)$/,
  description: 'a size',
  message: 'Not a size. Write vCPU and memory as 2-4Gi, or an ECS type such as ecs.c6.xlarge.',
});

/** Reads the sizes of `eci-use-specs` in order of preference, and joins them as the request wants them. */
export const instanceSpecs: Grammar<string> = deriveGrammar(
  commaList(spec, { noun: 'sizes in order of preference, `2-4Gi` or `ecs.c6.xlarge`, mixed as you like', max: 5 }),
  (specs) =>
    new Set(specs.map(instanceSpecKind)).size > 1
      ? refuse('GPU, local-disk and Arm types must not be mixed with other sizes. Keep one kind.')
      : accept(specs.join(',')),
);
