import assert from 'node:assert/strict';
import { parsePodAnnotations } from '../../../../src/annotations/parse-pod-annotations.ts';
import type { PodIntent } from '../../../../src/annotations/types.ts';
import { applyPlacement } from '../../../../src/eci/placement/apply-placement.ts';

const NODE = ['vsw-a', 'vsw-b'];

function asked(annotations: Readonly<Record<string, string>>): PodIntent {
  const prefixed = Object.entries(annotations).map(([key, value]) => [`k8s.aliyun.com/${key}`, value]);
  const parsed = parsePodAnnotations(Object.fromEntries(prefixed), {});
  assert.ok(parsed.ok);
  return parsed.intent;
}

describe('applyPlacement', () => {
  it('changes and says nothing at the first attempt', () => {
    const intent = asked({ 'eci-vswitch': 'vsw-x,vsw-y', 'eci-spot-strategy': 'SpotAsPriceGo' });
    const placed = applyPlacement(intent, { number: 1 }, NODE);
    assert.deepEqual(placed, { intent, vSwitchIds: NODE, notes: [] });
  });

  it('reorders the vSwitches of the node and leaves the field of the Pod unset', () => {
    const placed = applyPlacement(asked({}), { number: 2, after: 'NoStock vsw-a' }, NODE);
    assert.deepEqual(placed.vSwitchIds, ['vsw-b', 'vsw-a']);
    assert.equal(placed.intent.request.vSwitchId, undefined);
    assert.equal(placed.intent.request.scheduleStrategy, 'VSwitchOrdered');
    assert.equal(placed.notes[0]?.message, 'after NoStock attempt 2 asks in another order: vsw-b, vsw-a');
  });

  it('reorders what the Pod names, and never adds the vSwitches of the node', () => {
    const intent = asked({ 'eci-vswitch': 'vsw-x,vsw-y', 'eci-use-specs': '2-4Gi,4-8Gi' });
    const placed = applyPlacement(intent, { number: 3, after: 'OperationDenied.NoStock' }, NODE);
    assert.equal(placed.intent.request.vSwitchId, 'vsw-x,vsw-y');
    assert.equal(placed.intent.request.instanceType, '4-8Gi,2-4Gi');
    assert.deepEqual(placed.vSwitchIds, NODE);
    assert.equal(placed.notes[0]?.reason, 'PlacementRotated');
  });

  it('drops everything about spot with the spot instance, and says so', () => {
    const intent = asked({
      'eci-spot-strategy': 'SpotWithPriceLimit',
      'eci-spot-price-limit': '0.1',
      'eci-spot-duration': '0',
      'eci-spot-fallback': 'true',
    });
    const placed = applyPlacement(intent, { number: 2, after: 'Spot.NotMatched' }, ['vsw-a']);
    const { spotStrategy, spotPriceLimit, spotDuration } = placed.intent.request;
    assert.deepEqual([spotStrategy, spotPriceLimit, spotDuration], [undefined, undefined, undefined]);
    assert.deepEqual(
      placed.notes.map(({ reason }) => reason),
      ['SpotDegraded'],
    );
    assert.equal(intent.request.spotStrategy, 'SpotWithPriceLimit', 'what was asked is not changed');
  });

  it('takes an annotation that somebody scribbled on for no failure at all', () => {
    const intent = asked({});
    assert.deepEqual(applyPlacement(intent, { number: 2, after: 'rm -rf /' }, NODE).vSwitchIds, NODE);
  });
});
