import assert from 'node:assert/strict';
import { resolveEnvironment } from '../../../../src/eci/request/environment.ts';
import { expandReferences } from '../../../../src/eci/request/expand-references.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';

describe('expandReferences', () => {
  const lookup = (name: string): string | undefined => ({ A: 'x', B: '$(A)', EMPTY: '' })[name];
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'replaces a reference': ['a$(A)b', 'axb'],
    'replaces by nothing when the variable is empty': ['[$(EMPTY)]', '[]'],
    'does not expand the result again': ['$(B)', '$(A)'],
    'keeps an unknown reference': ['$(NOPE)', '$(NOPE)'],
    'unescapes a doubled dollar': ['$$(A)', '$(A)'],
    'unescapes two of them': ['$$$$(A)', '$$(A)'],
    'expands behind an escape': ['$$$(A)', '$x'],
    'keeps an unterminated reference': ['$(A', '$(A'],
    'keeps a trailing dollar': ['cost$', 'cost$'],
    'keeps other dollars': ['$A ${A}', '$A ${A}'],
  };
  for (const [title, [text, expected]] of Object.entries(cases)) {
    it(title, () => {
      assert.equal(expandReferences(text, lookup), expected);
    });
  }
});

describe('resolveEnvironment', () => {
  const context = { nodeName: 'eci-node', hostIp: '192.168.1.5' };
  const pod = aPod({ metadata: { labels: { tier: 'front' } }, spec: { serviceAccountName: 'robot' } });
  const field = (
    name: string,
    fieldPath: string,
  ): { name: string; valueFrom: { fieldRef: { fieldPath: string } } } => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  });

  it('expands against earlier variables only and lets later ones replace earlier ones', () => {
    const { variables } = resolveEnvironment(
      pod,
      aContainer({
        env: [
          { name: 'EARLY', value: '$(LATE)' },
          { name: 'LATE', value: '1' },
          { name: 'BOTH', value: '$(LATE)$(EARLY)' },
          { name: 'LATE', value: '2' },
        ],
      }),
      context,
    );
    assert.deepEqual(variables, [
      { key: 'EARLY', value: '$(LATE)' },
      { key: 'LATE', value: '2' },
      { key: 'BOTH', value: '1$(LATE)' },
    ]);
  });

  it('keeps a variable that is set to nothing', () => {
    const { variables } = resolveEnvironment(
      pod,
      aContainer({ env: [{ name: 'A' }, { name: 'B', value: '' }] }),
      context,
    );
    assert.deepEqual(variables, [
      { key: 'A', value: '' },
      { key: 'B', value: '' },
    ]);
  });

  it('resolves fields of the Pod and passes its address through to the service', () => {
    const env = [
      field('NAME', 'metadata.name'),
      field('TIER', "metadata.labels['tier']"),
      field('NONE', "metadata.labels['none']"),
      field('NODE', 'spec.nodeName'),
      field('ACCOUNT', 'spec.serviceAccountName'),
      field('HOST', 'status.hostIP'),
      field('POD_IP', 'status.podIP'),
      { name: 'URL', value: 'http://$(POD_IP)/$(NAME)' },
    ];
    const { variables, expand } = resolveEnvironment(pod, aContainer({ env }), context);
    assert.deepEqual(Object.fromEntries(variables.map((variable) => [variable.key, variable.value])), {
      NAME: 'web',
      TIER: 'front',
      NONE: '',
      NODE: 'eci-node',
      ACCOUNT: 'robot',
      HOST: '192.168.1.5',
      POD_IP: undefined,
      URL: 'http://$(POD_IP)/web',
    });
    assert.deepEqual(variables[6], { key: 'POD_IP', fieldRef: { fieldPath: 'status.podIP' } });
    assert.equal(expand('--name=$(NAME)'), '--name=web');
  });

  it('leaves out names that the service does not take', () => {
    const env = [
      { name: 'a.b', value: '1' },
      { name: '1A', value: '1' },
      { name: 'OK', value: '$(a.b)' },
    ];
    assert.deepEqual(resolveEnvironment(pod, aContainer({ env }), context).variables, [{ key: 'OK', value: '1' }]);
  });
});
