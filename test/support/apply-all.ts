import { eventually } from './eventually.ts';
import { listOf } from './pod-manifest.ts';
import type { Platform } from './platform.ts';

/** Applies objects with one call of kubectl, in the sandbox's namespace where they have one. */
export async function applyAll(platform: Platform, objects: readonly object[]): Promise<void> {
  // A namespace that was just made has no ServiceAccount yet, and Pods without one are refused.
  await eventually('the objects are accepted', () => platform.kubectl(['apply', '-f', '-'], listOf(objects)));
}
