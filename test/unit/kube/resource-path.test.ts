import assert from 'node:assert/strict';
import { isNotFound } from '../../../src/kube/errors.ts';
import { assertApiPath, resourcePath } from '../../../src/kube/resource-path.ts';

describe('resourcePath', () => {
  it('builds paths of the core group and of others', () => {
    assert.equal(resourcePath({ apiVersion: 'v1', resource: 'pods' }), '/api/v1/pods');
    const pod = { apiVersion: 'v1', resource: 'pods', namespace: 'web', name: 'a', subresource: 'status' };
    assert.equal(resourcePath(pod), '/api/v1/namespaces/web/pods/a/status');
    const cache = { apiVersion: 'eci.alibabacloud.com/v1', resource: 'imagecaches', name: 'c' };
    assert.equal(resourcePath(cache), '/apis/eci.alibabacloud.com/v1/imagecaches/c');
  });

  for (const name of [
    '../../kube-system/secrets/x',
    '..',
    '.',
    '',
    'a/b',
    'a%2fb',
    'a?b',
    'a#b',
    'a b',
    'a\\b',
    'a\nb',
  ]) {
    it(`treats the name ${JSON.stringify(name)} as that of an absent object`, () => {
      const location = { apiVersion: 'v1', resource: 'secrets', namespace: 'web', name };
      assert.throws(() => resourcePath(location), isNotFound);
    });
  }
});

describe('assertApiPath', () => {
  for (const path of [
    '/api/v1/namespaces/web/secrets/../../x',
    'api/v1',
    '/',
    '',
    '//host/api',
    '/api/v1/pods?watch=true',
  ]) {
    it(`refuses ${JSON.stringify(path)}`, () => {
      assert.throws(() => assertApiPath(path), isNotFound);
    });
  }

  it('lets names of RBAC objects pass', () => {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node';
    assert.equal(assertApiPath(path), path);
  });
});
