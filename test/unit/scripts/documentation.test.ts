import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { optionRows } from '../../../src/config/options.ts';
import { bootstrapOptions } from '../../../src/config/bootstrap-options.ts';
import { flagOf } from '../../../src/config/option-names.ts';
import { usage as simulatorUsage } from '../../../simulator/options.ts';
import manifest from '../../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..', '..', '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** Every match of the first group, with its page. */
function mentions(pattern: RegExp): { file: string; found: string }[] {
  return pages.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map((match) => ({ file, found: match[1] ?? '' })),
  );
}

describe('the documentation', () => {
  it('links to pages that exist', () => {
    for (const { file, found } of mentions(/\]\((?!https?:)([^)#]+)/g)) {
      assert.ok(existsSync(join(root, dirname(file), found)), `${file} links to ${found}`);
    }
  });

  it('names source files that exist', () => {
    for (const { file, found } of mentions(/`((?:src|scripts|deploy|crds|samples|test)\/[\w./-]+)`/g)) {
      assert.ok(existsSync(join(root, found)), `${file} names ${found}`);
    }
  });

  it('names npm scripts that exist', () => {
    const scripts = new Set(Object.keys(manifest.scripts));
    for (const { file, found } of mentions(/npm run (?:--\w+ )?([\w:-]+)/g)) {
      assert.ok(scripts.has(found), `${file} names npm run ${found}`);
    }
  });

  it('names flags that exist', () => {
    const known = new Set([...optionRows.map(([, option]) => option), ...Object.values(bootstrapOptions)].map(flagOf));
    for (const [flag] of simulatorUsage.matchAll(/--[a-z-]+/g)) known.add(flag);
    // Flags of plan, deregister, uninstall, status, check and demo, and of other people's programs.
    for (const flag of [
      '--force',
      '--dry-run',
      '--from',
      '--ignore-daemonsets',
      '--delete-emptydir-data',
      '--replicas',
    ])
      known.add(flag);
    for (const flag of [
      '--help',
      '--raw',
      '--namespace',
      '--all-namespaces',
      '--service-account',
      '--verbose',
      '--keep',
      '--from-literal',
      '--field-selector',
      '--no',
      '--silent',
    ])
      known.add(flag);
    for (const flag of ['--previous', '--tail', '--since', '--since-time', '--timestamps', '--limit-bytes'])
      known.add(flag);
    for (const flag of [
      '--kubelet-certificate-authority',
      '--kubelet-insecure-tls',
      '--kubelet-preferred-address-types',
      '--service-account-extend-token-expiration',
    ])
      known.add(flag);
    for (const { file, found } of mentions(/(?:^|[\s`(])(--[a-z][a-z-]*[a-z])/gm)) {
      assert.ok(known.has(found), `${file} names ${found}`);
    }
  });
});
