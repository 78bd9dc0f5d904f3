import { lstatSync, readlinkSync } from 'node:fs';
import type { Sandbox } from './sandbox-arguments.ts';

const NAMES = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Finds out where this machine has its programs: distributions with a merged `/usr` have links there. */
export function findRootEntries(): Sandbox['rootEntries'] {
  return NAMES.flatMap((path) => {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) {
      return [];
    }
    return [entry.isSymbolicLink() ? { path, linkTo: readlinkSync(path) } : { path }];
  });
}
