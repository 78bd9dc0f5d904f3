import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expandReferences } from '../../../../src/eci/environment/expand-references.ts';

const values: Readonly<Record<string, string>> = {
  VAR_A: 'A',
  VAR_B: 'B',
  VAR_C: 'C',
  VAR_REF: '$(VAR_A)',
  VAR_EMPTY: '',
};
const lookup = (name: string): string | undefined => (Object.hasOwn(values, name) ? values[name] : undefined);

/** Kubelet's table. Source: Kubernetes, third_party/forked/golang/expansion, the cases of its documentation and tests. */
const cases: Readonly<Record<string, readonly [text: string, expected: string]>> = {
  'the whole text': ['$(VAR_A)', 'A'],
  'the same one again': ['$(VAR_A)-$(VAR_A)', 'A-A'],
  'at the beginning': ['$(VAR_A)-1', 'A-1'],
  'in the middle': ['___$(VAR_B)___', '___B___'],
  'at the end': ['___$(VAR_C)', '___C'],
  'several of them': ['$(VAR_A)_$(VAR_B)_$(VAR_C)', 'A_B_C'],
  'an escaped one and another': ['$$(VAR_B)_$(VAR_A)', '$(VAR_B)_A'],
  'escaped ones': ['$$(VAR_A)_$$(VAR_B)', '$(VAR_A)_$(VAR_B)'],
  'an escape before something else': ['f000-$$VAR_A', 'f000-$VAR_A'],
  'backslashes, which escape nothing': ['foo\\$(VAR_C)bar', 'foo\\Cbar'],
  'two backslashes': ['foo\\\\$(VAR_C)bar', 'foo\\\\Cbar'],
  'lots of backslashes': ['foo\\\\\\\\$(VAR_A)bar', 'foo\\\\\\\\Abar'],
  'nested references': ['$(VAR_A$(VAR_B))', '$(VAR_A$(VAR_B))'],
  'nested references that are not closed': ['$(VAR_A$(VAR_B)', '$(VAR_A$(VAR_B)'],
  'a value that is a reference itself': ['$(VAR_REF)', '$(VAR_A)'],
  'such a value twice': ['%%$(VAR_REF)--$(VAR_REF)%%', '%%$(VAR_A)--$(VAR_A)%%'],
  'an empty value': ['foo$(VAR_EMPTY)bar', 'foobar'],
  'a reference that is not closed': ['foo$(VAR_Awhoops!', 'foo$(VAR_Awhoops!'],
  'brackets without a dollar': ['f00__(VAR_A)__', 'f00__(VAR_A)__'],
  'special variables of a shell': ['$?_boo_$!', '$?_boo_$!'],
  'a bare dollar': ['$VAR_A', '$VAR_A'],
  'an unknown name': ['$(VAR_DNE)', '$(VAR_DNE)'],
  'an even number of dollars, unknown name': ['$$$$$$(BIG_MONEY)', '$$$(BIG_MONEY)'],
  'an even number of dollars, known name': ['$$$$$$(VAR_A)', '$$$(VAR_A)'],
  'an odd number of dollars, unknown name': ['$$$$$$$(GOOD_ODDS)', '$$$$(GOOD_ODDS)'],
  'an odd number of dollars, known name': ['$$$$$$$(VAR_A)', '$$$A'],
  'no opening bracket': ['$VAR_A)', '$VAR_A)'],
  'the syntax of a shell': ['${VAR_A}', '${VAR_A}'],
  'one that breaks off': ['$(VAR_B)_______$(A', 'B_______$(A'],
  'one that breaks off at once': ['$(VAR_C)_______$(', 'C_______$('],
  'a dollar at the end': ['$(VAR_A)foobarzab$', 'Afoobarzab$'],
  'a backslash before one that breaks off': ['foo-\\$(VAR_A', 'foo-\\$(VAR_A'],
  'many openings in the middle': ['--$($($($($--', '--$($($($($--'],
  'many openings at the beginning': ['$($($($($--foo$(', '$($($($($--foo$('],
  'many openings at the end': ['foo0--$($($($(', 'foo0--$($($($('],
  'escapes inside a name, which stay': ['$(foo$$var)', '$(foo$$var)'],
  'a line break': ['\n', '\n'],
  'a dollar alone': ['$', '$'],
  'two dollars alone': ['$$', '$'],
  nothing: ['', ''],
  'a name of nothing': ['$()', '$()'],
  'letters beyond ASCII after a dollar': ['$é$(VAR_A)', '$éA'],
};

describe('expandReferences', () => {
  for (const [title, [text, expected]] of Object.entries(cases)) {
    it(`does with ${title} what kubelet does`, () => {
      assert.equal(expandReferences(text, lookup), expected);
    });
  }

  it('changes nothing in a text without dollars', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('$'));
        assert.equal(
          expandReferences(text, () => 'never'),
          text,
        );
      }),
    );
  });

  it('gives back any text whose dollars are doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.equal(
          expandReferences(text.replaceAll('$', '$$$$'), () => 'never'),
          text,
        );
      }),
    );
  });

  it('puts in what it is told to, whatever that is', () => {
    const plain = fc.string().filter((text) => !text.includes('$'));
    fc.assert(
      fc.property(plain, fc.string(), plain, (before, value, after) => {
        assert.equal(
          expandReferences(`${before}$(X)${after}`, () => value),
          `${before}${value}${after}`,
        );
      }),
    );
  });
});
