import { posix } from 'node:path';
import { exempt, importRules } from './import-rules.ts';

/** A line that breaks a rule. */
export interface Violation {
  file: string;
  line: number;
  message: string;
}

/** `from '…'`, `import '…'`, `import('…')`; comments that quote one are refused as well, which has never hurt. */
const importPattern = /\b(?:from|import)\s*\(?\s*(['"])(?<target>[^'"]+)\1/g;

/** Folders of one person's machine. Documentation of container paths (`/app`, `/etc`, `/var`) is not meant. */
const machinePath = /(?:^|[\s'"`(=:])(?<path>(?:\/home\/|\/Users\/|\/work\/|[A-Z]:\\Users\\)[\w.-]+)/;

/**
 * Checks one file against the import rules and for paths of somebody's machine. Pure.
 * @param file path from the root of the repository, with slashes.
 */
export function findViolations(file: string, text: string): Violation[] {
  return text.split('\n').flatMap((content, index) => {
    const found: string[] = [];
    const path = machinePath.exec(content)?.groups?.['path'];
    if (path !== undefined) found.push(`${path}… is a path of one machine; derive it or take it as an option`);
    if (file.endsWith('.ts')) {
      for (const match of content.matchAll(importPattern))
        found.push(...brokenRules(file, match.groups?.['target'] ?? ''));
    }
    return found.map((message) => ({ file, line: index + 1, message }));
  });
}

function brokenRules(file: string, target: string): string[] {
  const resolved = target.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), target)) : target;
  if (resolved.startsWith('..')) return [`imports ${target}, which is outside the repository`];
  const allowed = exempt.filter((row) => file.startsWith(row.file)).flatMap((row) => row.from);
  if (allowed.some((prefix) => resolved.startsWith(prefix))) return [];
  return importRules
    .filter(
      (rule) =>
        rule.in.some((prefix) => file.startsWith(prefix)) &&
        rule.never.some((prefix) => resolved.startsWith(prefix)) &&
        rule.except?.includes(resolved) !== true,
    )
    .map((rule) => `imports ${resolved}, but ${rule.because}`);
}
