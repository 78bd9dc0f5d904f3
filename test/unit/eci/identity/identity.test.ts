import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { clientToken } from '../../../../src/eci/identity/client-token.ts';
import { containerGroupName } from '../../../../src/eci/identity/container-group-name.ts';
import { ownedPodName, ownedUid, ownershipTags, tagKeys } from '../../../../src/eci/identity/ownership-tags.ts';

const pod = { clusterId: 'c', namespace: 'team', name: 'web.v1', uid: 'u1', fixedIp: false };

describe('containerGroupName', () => {
  it('is readable and replaces what the service does not take', () => {
    assert.match(containerGroupName(pod), /^team-web-v1-[0-9a-f]{10}$/);
  });

  it('differs between a Pod and its successor of the same name', () => {
    assert.notEqual(containerGroupName(pod), containerGroupName({ ...pod, uid: 'u2' }));
  });

  it('is the same for the successor when the address is to be kept', () => {
    const fixed = { ...pod, fixedIp: true };
    assert.equal(containerGroupName(fixed), containerGroupName({ ...fixed, uid: 'u2' }));
    assert.notEqual(containerGroupName(fixed), containerGroupName({ ...fixed, clusterId: 'other' }));
  });

  it('keeps the rule of the service for every name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (namespace, name) => {
        assert.match(containerGroupName({ ...pod, namespace, name }), /^(?!-)[a-z0-9-]{2,128}(?<!-)$/);
      }),
    );
  });
});

describe('clientToken', () => {
  it('derives from UID and attempt', () => {
    assert.equal(clientToken('0a1b', 1), '0a1b-c1');
    assert.notEqual(clientToken('0a1b', 1), clientToken('0a1b', 2));
  });

  it('stays within 64 ASCII characters for every UID', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 1e9 }), (uid, attempt) => {
        assert.match(clientToken(uid, attempt), /^[\x21-\x7e]{1,64}$/);
      }),
    );
  });
});

describe('ownershipTags', () => {
  const owner = {
    clusterId: 'c',
    nodeName: 'n',
    namespace: 'ns',
    podName: 'p'.repeat(253),
    uid: 'u',
    productVersion: '1',
  };

  it('puts user tags behind ours and never lets them override', () => {
    const tags = ownershipTags(owner, [
      { key: tagKeys.uid, value: 'forged' },
      { key: tagKeys.podRest, value: '-of-another' },
      { key: 'env', value: 'test' },
    ]);
    assert.deepEqual(tags.at(-1), { key: 'env', value: 'test' });
    assert.equal(ownedPodName(tags), owner.podName);
    assert.equal(
      ownedPodName(ownershipTags({ ...owner, podName: 'web' }, [{ key: tagKeys.podRest, value: 'x' }])),
      'web',
    );
    assert.deepEqual(
      tags.filter((tag) => tag.key === tagKeys.uid),
      [{ key: tagKeys.uid, value: 'u' }],
    );
  });

  it('keeps the limits of the service', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ key: `k${index}`, value: 'v' }));
    const tags = ownershipTags(owner, many);
    assert.equal(tags.length, 20);
    assert.ok(tags.every((tag) => tag.value.length <= 128 && tag.key.length <= 64));
  });

  it('keeps the whole name of a Pod, however long', () => {
    assert.equal(ownedPodName(ownershipTags(owner)), owner.podName);
    assert.equal(ownedPodName(ownershipTags({ ...owner, podName: 'web' })), 'web');
  });

  it('tells the UID only of groups of our cluster', () => {
    assert.equal(ownedUid(ownershipTags(owner), 'c'), 'u');
    assert.equal(ownedUid(ownershipTags(owner), 'other'), undefined);
    assert.equal(ownedUid([], 'c'), undefined);
  });
});
