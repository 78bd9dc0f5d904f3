import assert from 'node:assert/strict';
import { effectOf, needNamespace, parseSelectors, type ProfileSelector } from '../../../src/profile/selector.ts';
import { aPod } from '../../support/pod-builder.ts';

const vendor = JSON.stringify([
  {
    name: 'by-department',
    namespaceSelector: { matchLabels: { department: 'hr' } },
    objectSelector: { matchLabels: { app: 'web', tier: 'front' } },
    effect: { annotations: { 'k8s.aliyun.com/eci-vswitch': 'vsw-hr' }, labels: { 'created-by-eci': 'true' } },
  },
  { name: 'everything', effect: { annotations: { 'k8s.aliyun.com/eci-vswitch': 'vsw-all', x: 'y' } } },
]);

function selectors(text = vendor): ProfileSelector[] {
  const parsed = parseSelectors(text);
  assert.ok('selectors' in parsed, JSON.stringify(parsed));
  return parsed.selectors;
}

describe('selectors of eci-profile', () => {
  const web = aPod({ metadata: { labels: { app: 'web', tier: 'front' } } });
  const cases: Readonly<
    Record<string, [labels: object, namespace: Record<string, string> | undefined, vSwitch: string]>
  > = {
    'the first that matches wins for a key': [{ app: 'web', tier: 'front' }, { department: 'hr' }, 'vsw-hr'],
    'all labels of the Pod must match': [{ app: 'web' }, { department: 'hr' }, 'vsw-all'],
    'the labels of the namespace must match as well': [{ app: 'web', tier: 'front' }, { department: 'it' }, 'vsw-all'],
    'a namespace that is not known matches no labels': [{ app: 'web', tier: 'front' }, undefined, 'vsw-all'],
  };
  for (const [name, [labels, namespace, vSwitch]] of Object.entries(cases)) {
    it(name, () => {
      const pod = aPod({ metadata: { labels: labels as Record<string, string> } });
      assert.equal(effectOf(selectors(), pod, namespace).annotations['k8s.aliyun.com/eci-vswitch'], vSwitch);
    });
  }

  it('that match together add up', () => {
    assert.deepEqual(effectOf(selectors(), web, { department: 'hr' }), {
      annotations: { 'k8s.aliyun.com/eci-vswitch': 'vsw-hr', x: 'y' },
      labels: { 'created-by-eci': 'true' },
    });
  });

  it('add nothing when none matches', () => {
    const [first] = selectors();
    assert.ok(first !== undefined);
    assert.deepEqual(effectOf([first], aPod(), {}), { annotations: {}, labels: {} });
  });

  it('need the namespace only when one of them names its labels', () => {
    assert.equal(needNamespace(selectors()), true);
    assert.equal(needNamespace(selectors().slice(1)), false);
  });

  it('may be left out', () => assert.deepEqual(selectors('  '), []));

  const wrong: Readonly<Record<string, [text: string, problem: RegExp]>> = {
    'a text that is no JSON': ['[{', /^selectors: is not a JSON list/],
    'an object in place of the list': ['{}', /^selectors: is not a JSON list/],
    'a selector that is no object': ['["a"]', /^selectors\[0\]: is not an object/],
    'a selector without a name': ['[{"effect":{}}]', /^selectors\[0\]\.name: is missing/],
    'a misspelt member': ['[{"name":"a","objectSelecter":{}}]', /^selectors\[0\]\.objectSelecter: is not known/],
    'expressions, which the vendor has not': [
      '[{"name":"a","objectSelector":{"matchExpressions":[]}}]',
      /^selectors\[0\]\.objectSelector\.matchExpressions: is not known; known are matchLabels/,
    ],
    'a value that is no text': [
      '[{"name":"a","effect":{"annotations":{"k8s.aliyun.com/eci-image-cache":true}}}]',
      /^selectors\[0\]\.effect\.annotations\.k8s\.aliyun\.com\/eci-image-cache: true is not a text/,
    ],
  };
  for (const [name, [text, problem]] of Object.entries(wrong)) {
    it(`are refused as a whole for ${name}`, () => {
      const parsed = parseSelectors(text);
      assert.ok('problems' in parsed);
      assert.match(parsed.problems.join('\n'), problem);
    });
  }

  it('tell every problem at once', () => {
    const parsed = parseSelectors('[{"name":1},{"name":"b","effect":{"labels":{"x":1,"y":2}}}]');
    assert.ok('problems' in parsed);
    assert.equal(parsed.problems.length, 3);
  });
});
