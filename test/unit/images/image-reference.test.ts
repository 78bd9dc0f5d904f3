import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ImageReferenceError, parseImageReference, type ImageReference } from '../../../src/images/image-reference.ts';

const HEX = 'a'.repeat(64);

const valid: Record<string, [string, ImageReference]> = {
  'a bare name belongs to the library of Docker Hub': ['nginx', { host: 'docker.io', repository: 'library/nginx' }],
  'a name with an owner belongs to Docker Hub': [
    'bitnami/redis:7',
    { host: 'docker.io', repository: 'bitnami/redis', tag: '7' },
  ],
  'the legacy name of Docker Hub is the same host': [
    'index.docker.io/nginx:1.27',
    { host: 'docker.io', repository: 'library/nginx', tag: '1.27' },
  ],
  'an explicit docker.io gets library, too': ['docker.io/nginx', { host: 'docker.io', repository: 'library/nginx' }],
  'localhost is a host': ['localhost/app', { host: 'localhost', repository: 'app' }],
  'a port makes a host of a single label': [
    'registry:5000/app:v1',
    { host: 'registry:5000', repository: 'app', tag: 'v1' },
  ],
  'an upper-case first component is a host, lower-cased': ['MyHost/app', { host: 'myhost', repository: 'app' }],
  'an IPv4 host keeps its port': ['127.0.0.1:5000/a/b:t', { host: '127.0.0.1:5000', repository: 'a/b', tag: 't' }],
  'an IPv6 host keeps brackets and port': ['[::1]:5000/a', { host: '[::1]:5000', repository: 'a' }],
  'an IPv6 host may have no port': ['[2001:db8::1]/a:b', { host: '[2001:db8::1]', repository: 'a', tag: 'b' }],
  'a digest stands alone': [`a.b/c@sha256:${HEX}`, { host: 'a.b', repository: 'c', digest: `sha256:${HEX}` }],
  'tag and digest stand together': [
    `a.b/c/d/e:t@sha256:${HEX}`,
    { host: 'a.b', repository: 'c/d/e', tag: 't', digest: `sha256:${HEX}` },
  ],
  'an ACR host is lower-cased': [
    'Demo-Registry.CN-Beijing.cr.aliyuncs.com/ns/app:v1',
    { host: 'demo-registry.cn-beijing.cr.aliyuncs.com', repository: 'ns/app', tag: 'v1' },
  ],
  'separators inside a component may be dots, underscores and dashes': [
    'a.b/c__d/e--f/g.h_i',
    { host: 'a.b', repository: 'c__d/e--f/g.h_i' },
  ],
};

const invalid: Record<string, [string, RegExp]> = {
  'nothing at all': ['', /is empty/],
  'white space': ['nginx latest', /white space/],
  'a scheme': ['https://a.b/c', /scheme/],
  'an image id': [HEX, /image id/],
  'a host without a repository': ['a.b/', /names no repository/],
  'an empty path component': ['a.b/c//d', /empty path component/],
  'upper case in the repository': ['a.b/App', /upper-case/],
  'upper case in a Docker Hub name': ['Nginx', /upper-case/],
  'an empty tag': ['nginx:', /invalid tag/],
  'a tag that begins with a dash': ['nginx:-1', /invalid tag/],
  'a tag of 129 characters': [`nginx:${'x'.repeat(129)}`, /invalid tag/],
  'two tags': ['nginx:a:b', /invalid tag/],
  'a digest without an algorithm': ['nginx@abc', /algorithm:hex/],
  'a sha256 digest that is too short': [`nginx@sha256:${'a'.repeat(32)}`, /64 lower-case/],
  'a sha256 digest in upper case': [`nginx@sha256:${'A'.repeat(64)}`, /64 lower-case/],
  'a port that does not exist': ['a.b:70000/c', /port 70000/],
  'a port that is no number': ['a.b:x/c', /host "a.b:x"/],
  'a host with a trailing dot': ['registry.cn-hangzhou.aliyuncs.com./a', /host/],
  'a host with an empty label': ['a..b/c', /host/],
  'credentials in the host': ['user@a.b/c', /algorithm:hex/],
  'a component that ends in a dash': ['a.b/c-/d', /path component "c-"/],
  'a name that is too long': [`a.b/${'c'.repeat(255)}`, /more than 255/],
  'an unclosed bracket': ['[::1/a', /host/],
};

describe('parseImageReference', () => {
  for (const [sentence, [text, expected]] of Object.entries(valid)) {
    it(sentence, () => assert.deepEqual(parseImageReference(text), expected));
  }

  for (const [what, [text, message]] of Object.entries(invalid)) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => parseImageReference(text),
        (error) =>
          error instanceof ImageReferenceError && error.code === 'InvalidImageReference' && message.test(error.message),
      );
    });
  }

  it('reads back what it has written out', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const reference = fc.record(
      {
        host: fc
          .tuple(label, label, fc.option(fc.integer({ min: 1, max: 65_535 })))
          .map(([a, b, port]) => `${a}.${b}${port === null ? '' : `:${port}`}`),
        repository: fc.array(label, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
        tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(reference, (value) => {
        assert.deepEqual(parseImageReference(`${value.host}/${value.repository}:${value.tag}`), value);
      }),
      { numRuns: 200 },
    );
  });

  it('either parses or throws its own error, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        try {
          const { host, repository } = parseImageReference(text);
          assert.equal(host, host.toLowerCase());
          assert.ok(repository.length > 0);
        } catch (error) {
          assert.ok(error instanceof ImageReferenceError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
