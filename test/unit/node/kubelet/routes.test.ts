import assert from 'node:assert/strict';
import { accessAttributes } from '../../../../src/node/kubelet/access-attributes.ts';
import { matchRoute, routes } from '../../../../src/node/kubelet/routes.ts';

describe('the routes of the kubelet API', () => {
  const cases: Record<string, { path: string; answer: string; parameters?: Record<string, string> }> = {
    'health is told': { path: '/healthz', answer: 'health' },
    'a slash at the end makes no difference': { path: '/runningpods/', answer: 'running-pods' },
    'logs name namespace, Pod and container': {
      path: '/containerLogs/default/web/app',
      answer: 'log',
      parameters: { namespace: 'default', pod: 'web', container: 'app' },
    },
    'exec takes a UID or none': {
      path: '/exec/default/web/0b1c/app',
      answer: 'exec',
      parameters: { namespace: 'default', pod: 'web', uid: '0b1c', container: 'app' },
    },
    'exec without UID': {
      path: '/exec/default/web/app',
      answer: 'exec',
      parameters: { namespace: 'default', pod: 'web', container: 'app' },
    },
    'port-forward names no container': {
      path: '/portForward/default/web/0b1c',
      answer: 'portForward',
      parameters: { namespace: 'default', pod: 'web', uid: '0b1c' },
    },
    'escapes are read': {
      path: '/containerLogs/default/web%2E1/app',
      answer: 'log',
      parameters: { namespace: 'default', pod: 'web.1', container: 'app' },
    },
    'a missing name is no route': { path: '/containerLogs/default//app', answer: 'absent' },
    'a path with two slashes is another path': { path: '//pods', answer: 'absent' },
    'dots are not followed': { path: '/stats/../pods', answer: 'absent' },
    'broken escapes are no route': { path: '/pods%', answer: 'absent' },
    'what kubelet has and we do not is absent': { path: '/configz', answer: 'absent' },
    'cadvisor is absent': { path: '/metrics/cadvisor', answer: 'absent' },
    'case matters': { path: '/Pods', answer: 'absent' },
    'the root is nothing': { path: '/', answer: 'absent' },
  };
  for (const [sentence, { path, answer, parameters }] of Object.entries(cases)) {
    it(sentence, () => {
      const match = matchRoute(path);
      assert.equal(match.route.answer, answer);
      if (parameters !== undefined) assert.deepEqual(match.parameters, parameters);
    });
  }
});

describe('what a caller must be allowed', () => {
  const cases: [method: string, path: string, verb: string, subresources: string[]][] = [
    ['GET', '/stats/summary', 'get', ['stats']],
    ['POST', '/stats/summary', 'create', ['stats']],
    ['GET', '/stats/anything/else', 'get', ['stats']],
    ['GET', '/metrics', 'get', ['metrics']],
    ['GET', '/metrics/resource', 'get', ['metrics']],
    ['GET', '/metrics/cadvisor', 'get', ['metrics']],
    ['GET', '/logs/', 'get', ['log']],
    ['GET', '/logs/syslog', 'get', ['log']],
    ['GET', '/pods', 'get', ['pods', 'proxy']],
    ['GET', '/runningpods/', 'get', ['pods', 'proxy']],
    ['GET', '/healthz', 'get', ['healthz', 'proxy']],
    ['GET', '/configz', 'get', ['configz', 'proxy']],
    ['GET', '/containerLogs/a/b/c', 'get', ['proxy']],
    ['HEAD', '/containerLogs/a/b/c', 'get', ['proxy']],
    ['PUT', '/containerLogs/a/b/c', 'update', ['proxy']],
    ['PATCH', '/nowhere', 'patch', ['proxy']],
    ['DELETE', '/nowhere', 'delete', ['proxy']],
    ['OPTIONS', '/nowhere', 'options', ['proxy']],
    ['GET', '/exec/a/b/c', 'create', ['proxy']],
    ['POST', '/exec/a/b/c', 'create', ['proxy']],
    ['GET', '/attach/a/b/uid/c', 'create', ['proxy']],
    ['GET', '/portForward/a/b', 'create', ['proxy']],
    ['GET', '/run/a/b/c', 'create', ['proxy']],
    ['GET', '/exec/too/many/segments/to/be/one', 'create', ['proxy']],
  ];
  for (const [method, path, verb, subresources] of cases) {
    it(`${method} ${path} is ${verb} on ${subresources.join(' or ')}`, () => {
      assert.deepEqual(accessAttributes(method, matchRoute(path).route), { verb, subresources });
    });
  }

  it('every route that runs something is hardened', () => {
    const running = routes.filter(({ pattern }) => /^\/(exec|attach|run|portForward)\//.test(pattern));
    assert.equal(running.length, 12);
    assert.ok(running.every(({ hardened }) => hardened === true));
  });
});
