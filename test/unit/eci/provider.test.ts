import assert from 'node:assert/strict';
import { toWireParams } from '../../../src/alibaba/wire-params.ts';
import { CredentialError } from '../../../src/credentials/errors.ts';
import { Secret } from '../../../src/secret.ts';
import { clusterObjects } from '../../support/cluster-objects.ts';
import { aContainer, aPod, aTokenVolume } from '../../support/pod-builder.ts';
import { noCredentials, restart, setUp, tagsOf } from './provider-setup.ts';

const pod = aPod();
const uid = pod.metadata?.uid ?? '';
/** As the API server shows a Pod that an earlier process has dealt with. */
const touched = aPod({ status: { phase: 'Pending', startTime: '2026-01-01T00:00:00Z' } });

describe('createEciProvider: create', () => {
  it('creates one group, says so, and shows it at once', async () => {
    const { eci, provider } = setUp();
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.equal(outcome.instanceId, 'eci-1');
    assert.deepEqual(outcome.annotations, {
      'k8s.aliyun.com/eci-instance-id': 'eci-1',
      'k8s.aliyun.com/eci-client-token': `${uid}-c1`,
      'k8s.aliyun.com/eci-request-id': 'request-1',
      'k8s.aliyun.com/eci-instance-spec': '2.0-4.0Gi',
      'k8s.aliyun.com/eci-instance-cpu': '2.0',
      'k8s.aliyun.com/eci-instance-mem': '4.0',
      'eci.alibabacloud.com/placed-in': 'cn-hangzhou',
    });
    assert.deepEqual(
      outcome.notes.map((note) => note.reason),
      ['ProviderCreateSuccess'],
    );
    assert.equal(provider.get(uid)?.phase, 'pending');
    assert.equal(eci.groups.size, 1);
  });

  it('creates one group when asked twice, at the same time or later', async () => {
    const { eci, provider } = setUp();
    await Promise.all([provider.create(pod, { number: 1 }), provider.create(pod, { number: 1 })]);
    await provider.create(pod, { number: 1 });
    assert.equal(eci.count('createContainerGroup'), 1);
  });

  it('takes over what a call with a lost answer made, without sending it again', async () => {
    const { eci, provider } = setUp();
    eci.fail('createContainerGroup', 'Local.Timeout', { lost: true });
    await assert.rejects(provider.create(pod, { number: 1 }));
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.equal(outcome.notes[0]?.reason, 'ProviderAdopted');
    assert.equal(eci.groups.size, 1);
    assert.equal(eci.count('createContainerGroup'), 1);
  });

  it('repeats the same bytes with the same token when the lost call made nothing visible', async () => {
    let token = 0;
    const { eci, provider } = setUp({
      references: clusterObjects(
        {},
        {
          createToken: () => Promise.resolve({ token: new Secret(`token-${++token}`), expiresAtMs: 0 }),
        },
      ),
    });
    const volume = aTokenVolume();
    const withToken = aPod({
      spec: { containers: [aContainer({ volumeMounts: [{ name: volume.name, mountPath: '/t' }] })], volumes: [volume] },
    });
    eci.canList = false;
    eci.fail('createContainerGroup', 'Local.Timeout', { lost: true });
    await assert.rejects(provider.create(withToken, { number: 1 }));
    const outcome = await provider.create(withToken, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.equal(eci.groups.size, 1);
    const [first, second] = eci.requests.map((request) => toWireParams(request));
    assert.deepEqual(first, second);
    assert.equal(Object.values(first ?? {}).includes(Buffer.from('token-1').toString('base64')), true);
  });

  it('does not send while it cannot find out whether the lost call made something', async () => {
    const { eci, provider } = setUp();
    eci.fail('createContainerGroup', 'Local.Timeout', { lost: true });
    await assert.rejects(provider.create(pod, { number: 1 }));
    eci.fail('describeContainerGroups', 'Throttling');
    await assert.rejects(provider.create(pod, { number: 1 }), { code: 'Throttling' });
    assert.equal(eci.count('createContainerGroup'), 1);
  });

  it('sends the same request again after throttling, without a lookup', async () => {
    const { eci, provider } = setUp();
    eci.fail('createContainerGroup', 'Throttling');
    await assert.rejects(provider.create(pod, { number: 1 }));
    await provider.create(pod, { number: 1 });
    assert.equal(eci.count('describeContainerGroups'), 0);
    assert.equal(eci.groups.size, 1);
  });

  it('takes a new token for a new attempt after a definite refusal', async () => {
    const { eci, provider } = setUp();
    eci.fail('createContainerGroup', 'OperationDenied.NoStock', { httpStatus: 403 });
    await assert.rejects(provider.create(pod, { number: 1 }));
    await provider.create(pod, { number: 2 });
    assert.deepEqual(
      eci.requests.map((request) => request.clientToken),
      [`${uid}-c2`],
    );
  });

  it('looks for what an earlier process may have sent', async () => {
    const world = setUp();
    world.eci.fail('createContainerGroup', 'Local.Timeout', { lost: true });
    await assert.rejects(world.provider.create(pod, { number: 1 }));
    const second = restart(world);
    const outcome = await second.provider.create(touched, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.equal(world.eci.groups.size, 1);
    assert.equal(world.eci.count('createContainerGroup'), 1);
  });

  it('takes over the group when the token was used with other parameters', async () => {
    const world = setUp();
    world.eci.fail('createContainerGroup', 'Local.Timeout', { lost: true });
    await assert.rejects(world.provider.create(pod, { number: 1 }));
    const changed = aPod({ spec: { containers: [aContainer({ image: 'registry.example.com/app:2' })] } });
    const outcome = await restart(world).provider.create(changed, { number: 1 });
    assert.ok(outcome.kind === 'created' && outcome.instanceId === 'eci-1');
    assert.equal(world.eci.groups.size, 1);
  });

  it('says that a new attempt is needed when a used token made nothing', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-other', tags: tagsOf('other') });
    await run(2);
    eci.fail('createContainerGroup', 'IdempotentParameterMismatch');
    const refused = await provider.create(pod, { number: 1 }).catch((error: unknown) => error);
    assert.equal(provider.classify(refused).class, 'permanent');
    await provider.create(pod, { number: 2 });
    assert.equal(eci.groups.size, 2);
    await stop();
  });

  it('asks for no new attempt while it may not see what a used token made', async () => {
    const { eci, provider } = setUp();
    eci.canList = false;
    eci.fail('createContainerGroup', 'IdempotentParameterMismatch');
    const refused = await provider.create(pod, { number: 1 }).catch((error: unknown) => error);
    const failure = provider.classify(refused);
    assert.equal(failure.class, 'transient');
    assert.match(failure.message, /DescribeContainerGroups/);
  });

  it('falls back to a regular instance when spot is out of stock and the Pod accepts it', async () => {
    const { eci, provider } = setUp();
    const spot = aPod({
      annotations: {
        'k8s.aliyun.com/eci-spot-strategy': 'SpotAsPriceGo',
        'k8s.aliyun.com/eci-spot-fallback': 'true',
      },
    });
    eci.fail('createContainerGroup', 'OperationDenied.NoStock', { httpStatus: 403 });
    await assert.rejects(provider.create(spot, { number: 1 }));
    await provider.create(spot, { number: 2, after: 'OperationDenied.NoStock' });
    assert.equal(eci.requests[0]?.spotStrategy, undefined);
  });

  it('looks image caches up again when the one that matched is refused, soon and as a new attempt', async () => {
    const { clock, eci, provider } = setUp();
    const pod = aPod({ annotations: { 'k8s.aliyun.com/imc-perfect-match': 'true' } });
    const images = (pod.spec?.containers ?? []).map(({ image }) => image ?? '');
    const cache = (imageCacheId: string) => ({ imageCacheId, status: 'Ready', images, tags: [], events: [] });
    eci.imageCaches = [cache('imc-old')];
    eci.fail('createContainerGroup', 'ImageSnapshot.IncorrectStatus');
    const error: unknown = await provider.create(pod, { number: 1 }).catch((reason: unknown) => reason);
    const failure = provider.classify(error);
    assert.deepEqual([failure.class, failure.code], ['capacity', 'ImageSnapshot.IncorrectStatus']);
    assert.match(failure.message, /imc-old/);
    assert.equal(failure.requestId, 'request-of-a-failure');

    eci.imageCaches = [cache('imc-new')];
    await clock.advance(12_000);
    await provider.create(pod, { number: 2 });
    assert.deepEqual(
      eci.requests.map(({ imageSnapshotId }) => imageSnapshotId),
      ['imc-new'],
    );
  });

  it('asks for the same in another process: an attempt is its number and what ended the one before', async () => {
    const [one, other] = [setUp(), setUp()];
    const attempt = { number: 2, after: 'NoStock vsw-a' };
    await one.provider.create(aPod(), attempt);
    await other.provider.create(aPod(), attempt);
    assert.deepEqual(one.eci.requests, other.eci.requests);
    assert.equal(one.eci.requests[0]?.vSwitchId, 'vsw-b,vsw-a');
    assert.equal(one.eci.requests[0]?.scheduleStrategy, 'VSwitchOrdered');
  });

  it('finds out where an accepted group was tried, so that the next attempt begins elsewhere', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    await provider.create(aPod(), { number: 1 });
    const group = eci.groups.get('eci-1');
    if (group !== undefined) Object.assign(group, { status: 'ScheduleFailed', vSwitchId: 'vsw-b' });
    await run(10);
    const unplaced = provider.get(uid);
    assert.ok(unplaced);
    assert.match((await provider.placementFailure(aPod(), unplaced)).after ?? '', / vsw-b$/);
    await stop();
  });

  for (const fallback of ['true', 'false']) {
    it(`takes eci-spot-fallback: ${fallback} at its word when an accepted group finds no place later`, async () => {
      const { eci, provider, run, stop } = setUp();
      const spot = aPod({
        annotations: {
          'k8s.aliyun.com/eci-spot-strategy': 'SpotAsPriceGo',
          'k8s.aliyun.com/eci-spot-fallback': fallback,
        },
      });
      await run(1);
      await provider.create(spot, { number: 1 });
      const group = eci.groups.get('eci-1');
      if (group !== undefined) group.status = 'ScheduleFailed';
      await run(10);
      const unplaced = provider.get(uid);
      assert.equal(unplaced?.phase, 'unschedulable');
      const { after = '' } = unplaced === undefined ? {} : await provider.placementFailure(spot, unplaced);
      assert.equal(await provider.delete(uid, { force: false }), true);
      await run(10);
      await provider.create(spot, { number: 2, after });
      assert.equal(eci.requests[1]?.spotStrategy, fallback === 'true' ? undefined : 'SpotAsPriceGo');
      await stop();
    });
  }
});

describe('createEciProvider: held and waiting', () => {
  it('holds a Pod with several faults, tells them all, and sends nothing', async () => {
    const { eci, provider } = setUp();
    const outcome = await provider.create(
      aPod({ annotations: { 'k8s.aliyun.com/eci-use-specs': 'huge' }, spec: { hostNetwork: true } }),
      { number: 1 },
    );
    assert.ok(outcome.kind === 'held');
    assert.equal(outcome.reason, 'InvalidAnnotation');
    assert.deepEqual(
      outcome.problems.map((problem) => problem.key),
      ['k8s.aliyun.com/eci-use-specs', 'spec.hostNetwork'],
    );
    assert.deepEqual(
      outcome.notes.map((note) => note.reason),
      ['InvalidAnnotation', 'UnsupportedPodSpec'],
    );
    assert.equal(eci.journal.length, 0);
  });

  it('waits for the root certificates', async () => {
    const { eci, provider } = setUp({
      references: clusterObjects({}, { configMap: () => Promise.resolve(undefined) }),
    });
    const volume = aTokenVolume();
    const outcome = await provider.create(
      aPod({
        spec: {
          containers: [aContainer({ volumeMounts: [{ name: volume.name, mountPath: '/t' }] })],
          volumes: [volume],
        },
      }),
      { number: 1 },
    );
    assert.equal(outcome.kind, 'waiting');
    assert.equal(eci.journal.length, 0);
  });

  const failure = (errorClass: 'permission' | 'transient'): CredentialError =>
    new CredentialError({
      code: 'NoPermission',
      message: 'Role a may not be assumed.',
      advice: 'Correct its trust policy.',
      class: errorClass,
      requestId: 'r-1',
    });

  it('holds a Pod whose chain needs somebody to change something', async () => {
    const { eci, provider } = setUp({ credentials: { resolve: () => Promise.reject(failure('permission')) } });
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'held');
    assert.equal(outcome.reason, 'ImageCredentialsFailed');
    assert.deepEqual(
      outcome.conditions.map((condition) => [condition.type, condition.status, condition.reason]),
      [['ImageCredentials', 'False', 'ImageCredentialsFailed']],
    );
    assert.match(outcome.notes[0]?.message ?? '', /trust policy/);
    assert.equal(eci.journal.length, 0);
  });

  it('passes on a chain that failed for the moment, with its class', async () => {
    const { provider } = setUp({ credentials: { resolve: () => Promise.reject(failure('transient')) } });
    const error: unknown = await provider.create(pod, { number: 1 }).catch((caught: unknown) => caught);
    const { class: errorClass, code, requestId } = provider.classify(error);
    assert.deepEqual([errorClass, code, requestId], ['transient', 'NoPermission', 'r-1']);
  });

  it('says in a condition which chain served which host', async () => {
    const { provider } = setUp({
      credentials: {
        resolve: () =>
          Promise.resolve({
            ...noCredentials,
            hosts: [
              {
                host: 'r.example.com',
                kind: 'resolved',
                entry: {},
                chain: 'identity -> role a',
                regionId: 'cn-hangzhou',
                expiresAtMs: Date.UTC(2026, 0, 1, 1),
              },
            ],
          }),
      },
    });
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.equal(outcome.conditions[0]?.message, 'r.example.com: identity -> role a, until 2026-01-01T01:00:00Z');
    const instance = provider.get(uid);
    assert.ok(instance !== undefined);
    const status = provider.status(pod, instance, 0);
    assert.ok(status.conditions?.some((condition) => condition.type === 'ImageCredentials'));
  });
});

const INSTANCE_ID = 'k8s.aliyun.com/eci-instance-id';

describe('createEciProvider: delete', () => {
  it('proves that the group is gone and tells the node', async () => {
    const { eci, provider, run, changed, stop } = setUp();
    await run(1);
    await provider.create(pod, { number: 1 });
    await run(5);
    await provider.delete(uid, { force: false });
    changed.length = 0;
    await run(5);
    assert.equal(provider.isVerifiedAbsent(uid), true);
    assert.equal(provider.get(uid), undefined);
    assert.deepEqual(changed, [uid]);
    assert.equal(eci.groups.size, 0);
    await stop();
  });

  it('goes on showing a group that still runs its preStop hook', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    await provider.create(pod, { number: 1 });
    await run(5);
    await provider.delete(uid, { force: false });
    eci.seed({ containerGroupId: 'eci-1', status: 'Terminating', tags: tagsOf(uid) });
    await run(20);
    assert.equal(provider.get(uid)?.phase, 'terminating');
    assert.equal(provider.isVerifiedAbsent(uid), false);
    eci.groups.delete('eci-1');
    await run(5);
    assert.equal(provider.isVerifiedAbsent(uid), true);
    await stop();
  });

  it('deletes what a create with a lost answer made', async () => {
    const { eci, provider } = setUp();
    eci.fail('createContainerGroup', 'Local.Timeout', { lost: true });
    await assert.rejects(provider.create(pod, { number: 1 }));
    await provider.delete(uid, { force: true });
    assert.equal(eci.groups.size, 0);
  });

  it('knows that there is nothing when every call was refused, or none was sent', async () => {
    const { eci, provider } = setUp();
    eci.fail('createContainerGroup', 'Throttling');
    await assert.rejects(provider.create(pod, { number: 1 }));
    await provider.delete(uid, { force: false });
    assert.equal(provider.isVerifiedAbsent(uid), true);
    assert.equal(eci.count('deleteContainerGroup'), 0);
  });

  it('is in no hurry to believe that such a create made nothing', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-other', tags: tagsOf('other') });
    await run(1);
    eci.fail('createContainerGroup', 'Local.Timeout');
    await assert.rejects(provider.create(pod, { number: 1 }));
    await provider.delete(uid, { force: false });
    await run(20);
    assert.equal(provider.isVerifiedAbsent(uid), false);
    await run(30);
    assert.equal(provider.isVerifiedAbsent(uid), true);
    await stop();
  });

  it('lets a deleted Pod go whose group vanished with everything else in the account', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    const restarted = { ...pod, metadata: { ...pod.metadata, annotations: { [INSTANCE_ID]: 'eci-gone' } } };
    assert.equal(provider.createdInstanceId(restarted), 'eci-gone');
    await run(120);
    assert.equal(provider.isVerifiedAbsent(uid), false, 'an empty listing alone proves nothing');
    await provider.delete(uid, { force: false });
    await run(590);
    assert.equal(provider.isVerifiedAbsent(uid), false, 'nor does it soon after the deletion');
    await run(120);
    assert.equal(provider.isVerifiedAbsent(uid), true, 'ten minutes of nothing else do');
    assert.equal(eci.count('deleteContainerGroup'), 0, 'no group is deleted on the word of an annotation');
    await stop();
  });

  it('starts to wait anew when the cloud failed to answer in between', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    provider.createdInstanceId({ ...pod, metadata: { ...pod.metadata, annotations: { [INSTANCE_ID]: 'eci-gone' } } });
    await provider.delete(uid, { force: false });
    await run(400);
    eci.fail('describeContainerGroups', 'InternalError', { times: 3, httpStatus: 500 });
    await run(400);
    assert.equal(provider.isVerifiedAbsent(uid), false);
    await run(500);
    assert.equal(provider.isVerifiedAbsent(uid), true);
    await stop();
  });

  it('deletes no group that a credential without permission to list is only told of by the Pod', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.canList = false;
    eci.seed({ containerGroupId: 'eci-victim', tags: tagsOf('somebody-else') });
    await run(1);
    provider.createdInstanceId({ ...pod, metadata: { ...pod.metadata, annotations: { [INSTANCE_ID]: 'eci-victim' } } });
    for (let time = 0; time < 20; time++) {
      await provider.delete(uid, { force: true });
      await run(60);
    }
    assert.ok(eci.groups.has('eci-victim'));
    await stop();
  });

  it('passes a failed delete on', async () => {
    const { eci, provider } = setUp();
    await provider.create(pod, { number: 1 });
    eci.fail('deleteContainerGroup', 'OperationConflict');
    await assert.rejects(provider.delete(uid, { force: false }), { code: 'OperationConflict' });
    assert.equal(provider.isVerifiedAbsent(uid), false);
  });

  it('allows a new attempt once the old group is gone, and forgets that it was', async () => {
    const { provider, run, stop } = setUp();
    await run(1);
    await provider.create(pod, { number: 1 });
    await run(5);
    await provider.delete(uid, { force: false });
    await assert.rejects(provider.create(pod, { number: 2 }), { code: 'Eci.DeletionInProgress' });
    await run(5);
    const outcome = await provider.create(pod, { number: 2 });
    assert.ok(outcome.kind === 'created' && outcome.instanceId === 'eci-2');
    assert.equal(provider.isVerifiedAbsent(uid), false);
    await stop();
  });
});

describe('createEciProvider: while answers are on their way', () => {
  it('does not take a group of another process for surplus of one that is being deleted', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-old', tags: tagsOf(uid) });
    eci.seed({ containerGroupId: 'eci-other', tags: tagsOf('other') });
    await run(1);
    await provider.delete(uid, { force: false });
    eci.seed({ containerGroupId: 'eci-new', creationTime: '2026-01-01T00:05:00Z', tags: tagsOf(uid) });
    await run(20);
    assert.ok(eci.groups.has('eci-new'));
    await stop();
  });
});

describe('createEciProvider: annotations', () => {
  it('writes back what a Pod lacks, and nothing when it lacks nothing', async () => {
    const { eci, provider, run, stop } = setUp();
    eci.seed({ containerGroupId: 'eci-1', cpu: 2, memory: 4, zoneId: 'cn-hangzhou-h', tags: tagsOf(uid) });
    await run(1);
    const instance = provider.get(uid);
    assert.ok(instance !== undefined);
    const missing = provider.missingAnnotations(pod, instance);
    assert.deepEqual(missing, {
      'k8s.aliyun.com/eci-instance-id': 'eci-1',
      'k8s.aliyun.com/eci-instance-spec': '2.0-4.0Gi',
      'k8s.aliyun.com/eci-instance-cpu': '2.0',
      'k8s.aliyun.com/eci-instance-mem': '4.0',
      'k8s.aliyun.com/eci-instance-zone': 'cn-hangzhou-h',
    });
    assert.equal(provider.missingAnnotations(aPod({ annotations: missing ?? {} }), instance), undefined);
    await stop();
  });
});
