import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageNodeFlags } from '../../../bench/build-product.ts';

interface Instruction {
  name: string;
  value: string;
}

/** Splits a Dockerfile into instructions; comments and continuations are resolved. */
function instructionsOf(text: string): Instruction[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => /^(?<name>[A-Z]+)\s+(?<value>.*)$/.exec(line.trim())?.groups)
    .map((groups) => ({ name: groups?.['name'] ?? 'UNREADABLE', value: groups?.['value'] ?? '' }));
}

/** What is wrong with a Dockerfile for a program that holds cloud credentials. */
function problemsOf(text: string): string[] {
  const instructions = instructionsOf(text);
  const lastFrom = instructions.findLastIndex(({ name }) => name === 'FROM');
  const final = instructions.slice(lastFrom);
  const valueOf = (wanted: string) => final.findLast(({ name }) => name === wanted)?.value;
  const problems: string[] = [];
  if (!/^[1-9]\d*(:\d+)?$/.test(valueOf('USER') ?? '')) problems.push('the final user is not a number above 0');
  for (const { value } of instructions.filter(({ name }) => name === 'FROM')) {
    const image = value.replace(/--\S+\s+/, '').split(/\s+/)[0] ?? '';
    if (!/:[^/]+$/.test(image) || image.endsWith(':latest')) problems.push(`${image} has no tag, or the tag latest`);
  }
  for (const name of ['ENTRYPOINT', 'CMD']) {
    const value = valueOf(name);
    if (value !== undefined && !value.startsWith('[')) problems.push(`${name} is a shell line, which swallows SIGTERM`);
  }
  for (const { name, value } of instructions) {
    if (['ENV', 'ARG'].includes(name) && /secret|token|password|access_?key/i.test(value)) {
      problems.push(`${name} ${value} puts a secret into a layer`);
    }
    if (name === 'ADD') problems.push('ADD fetches and unpacks; use COPY');
    if (name === 'UNREADABLE') problems.push('a line is no instruction');
  }
  if (final.some(({ name }) => name === 'RUN')) problems.push('the final image has no shell to RUN anything with');
  return problems;
}

describe('the Dockerfile', () => {
  it('runs as a number that is not root, from pinned tags, in exec form, without secrets', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'Dockerfile'), 'utf8');
    assert.deepEqual(problemsOf(text), []);
  });

  it('starts Node.js as the measurements do', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'Dockerfile'), 'utf8');
    const start = instructionsOf(text).findLast(({ name }) => name === 'ENTRYPOINT')?.value ?? '[]';
    assert.deepEqual(JSON.parse(start), ['/nodejs/bin/node', ...imageNodeFlags, '/app/main.mjs']);
  });

  it('copies nothing but the bundle and the licence into the final image', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'Dockerfile'), 'utf8');
    const instructions = instructionsOf(text);
    const final = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
    assert.deepEqual(
      final.filter(({ name }) => name === 'COPY').map(({ value }) => value),
      ['--from=build /build/dist/bundle ./', 'LICENSE ./'],
    );
  });

  const broken: Record<string, [text: string, problem: RegExp]> = {
    root: ['FROM a:1\nUSER 0\n', /final user/],
    'a user that cannot be verified': ['FROM a:1\nUSER node\n', /final user/],
    'the tag latest': ['FROM a:latest\nUSER 1\n', /tag latest/],
    'no tag behind a port': ['FROM localhost:5000/a\nUSER 1\n', /no tag/],
    'a shell line': ['FROM a:1\nUSER 1\nENTRYPOINT node main.mjs\n', /SIGTERM/],
    'a secret': ['FROM a:1\nUSER 1\nENV ALIBABA_CLOUD_ACCESS_KEY_SECRET=x\n', /secret/],
  };
  for (const [name, [text, problem]] of Object.entries(broken)) {
    it(`would be refused with ${name}`, () => assert.match(problemsOf(text).join('\n'), problem));
  }
});
