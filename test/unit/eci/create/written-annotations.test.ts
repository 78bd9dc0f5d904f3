import assert from 'node:assert/strict';
import { writeBackAnnotations } from '../../../../src/annotations/sections/write-back.ts';
import {
  createdAnnotations,
  createdInstanceId,
  missingAnnotations,
} from '../../../../src/eci/create/written-annotations.ts';
import { newInstance } from '../../../../src/eci/instance/merge-observation.ts';
import { aPod } from '../../../support/pod-builder.ts';

const PREFIX = 'k8s.aliyun.com/';
const pod = aPod();
const uid = pod.metadata?.uid ?? '';

const created = createdAnnotations(
  {
    regionId: 'cn-hangzhou',
    containerGroupName: 'web',
    clientToken: `${uid}-c1`,
    container: [],
    cpu: 2,
    memory: 4,
    imageSnapshotId: 'imc-1',
    eipInstanceId: 'eip-1',
  },
  { containerGroupId: 'eci-1', requestId: 'request-1' },
);

describe('createdInstanceId', () => {
  const cases: Readonly<Record<string, readonly [annotations: Record<string, string>, id: string | undefined]>> = {
    'reads an id': [{ 'eci-instance-id': 'eci-bp1a2b3c' }, 'eci-bp1a2b3c'],
    'reads an id beside the token of this Pod': [
      { 'eci-instance-id': 'eci-bp1a2b3c', 'eci-client-token': `${uid}-c2` },
      'eci-bp1a2b3c',
    ],
    'does not believe an id beside the token of another Pod': [
      { 'eci-instance-id': 'eci-bp1a2b3c', 'eci-client-token': 'other-c1' },
      undefined,
    ],
    'takes no empty text for one': [{ 'eci-instance-id': '' }, undefined],
    'takes no other text for one': [{ 'eci-instance-id': 'TODO: fill in' }, undefined],
    'takes no id of something else for one': [{ 'eci-instance-id': 'imc-bp1a2b3c' }, undefined],
    'takes no list for one': [{ 'eci-instance-id': 'eci-a","eci-b' }, undefined],
  };
  for (const [title, [annotations, id]] of Object.entries(cases)) {
    it(title, () => {
      const full = Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${PREFIX}${key}`, value]));
      assert.equal(createdInstanceId(aPod({ annotations: full })), id);
    });
  }
});

describe('annotations that are written back', () => {
  it('name the image cache and the address that the Pod asked for', () => {
    assert.equal(created[`${PREFIX}eci-matched-image-cache`], 'imc-1');
    assert.equal(created[`${PREFIX}allocated-eipInstanceId`], 'eip-1');
  });

  it('are those that the reference page says, and no others', () => {
    const instance = {
      ...newInstance({ uid, namespace: 'default', name: 'web', instanceId: 'eci-1' }),
      podIps: ['10.0.0.1', 'fd00::1'],
      facts: {
        cpu: 2,
        memoryGiB: 4,
        computeCategory: 'economy',
        zoneId: 'cn-hangzhou-h',
        vpcId: 'vpc-1',
        eniInstanceId: 'eni-1',
        internetIp: '47.0.0.1',
      },
    };
    const written = { ...created, ...missingAnnotations(pod, instance) };
    const listed = writeBackAnnotations.filter((row) => row.written !== undefined).map((row) => row.key);
    assert.deepEqual(Object.keys(written).sort(), listed.sort());
  });
});
