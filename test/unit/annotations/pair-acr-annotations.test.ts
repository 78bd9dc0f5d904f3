import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import { pairAcrAnnotations } from '../../../src/annotations/pair-acr-annotations.ts';
import { acrKeys } from '../../../src/annotations/sections/acr.ts';
import type { AcrEntry } from '../../../src/credentials/types.ts';

const S = 'acs:ram::1111111111111111:role/s';
const S1 = 'acs:ram::1111111111111111:role/s1';
const S2 = 'acs:ram::1111111111111111:role/s2';
const U = 'acs:ram::2222222222222222:role/u';
const U1 = 'acs:ram::2222222222222222:role/u1';
const U2 = 'acs:ram::3333333333333333:role/u2';

interface Written {
  ids?: string;
  singular?: string;
  service?: string;
  user?: string;
}

function annotate({ ids, singular, service, user }: Written): Record<string, string> {
  return {
    ...(ids === undefined ? {} : { [acrKeys.instanceIds]: ids }),
    ...(singular === undefined ? {} : { [acrKeys.instanceId]: singular }),
    ...(service === undefined ? {} : { [acrKeys.serviceArns]: service }),
    ...(user === undefined ? {} : { [acrKeys.userArns]: user }),
  };
}

const many = (count: number): string => Array.from({ length: count }, (_, index) => `cri-${index}`).join(',');

describe('pairAcrAnnotations', () => {
  describe('pairs', () => {
    const cases: Record<string, [Written, AcrEntry[]]> = {
      'nothing to no entry': [{}, []],
      'empty values to no entry': [{ ids: '', service: ' ', user: '\t' }, []],
      'one id': [{ ids: 'cri-a' }, [{ instanceId: 'cri-a' }]],
      'an id of another region': [{ ids: 'cn-beijing:cri-a' }, [{ regionId: 'cn-beijing', instanceId: 'cri-a' }]],
      'the misspelt region of the documentation, which only the service can refuse': [
        { ids: 'cn-beijng:cri-a' },
        [{ regionId: 'cn-beijng', instanceId: 'cri-a' }],
      ],
      'a service role alone': [{ service: S }, [{ serviceRoleArn: S }]],
      'two service roles alone': [{ service: `${S1},${S2}` }, [{ serviceRoleArn: S1 }, { serviceRoleArn: S2 }]],
      'a service role and a user role': [{ service: S, user: U }, [{ serviceRoleArn: S, userRoleArn: U }]],
      'all three': [
        { ids: 'cri-a', service: S, user: U },
        [{ instanceId: 'cri-a', serviceRoleArn: S, userRoleArn: U }],
      ],
      'one role of each kind with every id': [
        { ids: 'cri-a, cn-beijing:cri-b', service: S, user: U },
        [
          { instanceId: 'cri-a', serviceRoleArn: S, userRoleArn: U },
          { regionId: 'cn-beijing', instanceId: 'cri-b', serviceRoleArn: S, userRoleArn: U },
        ],
      ],
      'lists of one length by position': [
        { ids: 'cri-a,cri-b', service: `${S1},${S2}`, user: `${U1},${U2}` },
        [
          { instanceId: 'cri-a', serviceRoleArn: S1, userRoleArn: U1 },
          { instanceId: 'cri-b', serviceRoleArn: S2, userRoleArn: U2 },
        ],
      ],
      'one service role with every user role': [
        { service: S, user: `${U1},${U2}` },
        [
          { serviceRoleArn: S, userRoleArn: U1 },
          { serviceRoleArn: S, userRoleArn: U2 },
        ],
      ],
      'service and user roles by position': [
        { service: `${S1},${S2}`, user: `${U1},${U2}` },
        [
          { serviceRoleArn: S1, userRoleArn: U1 },
          { serviceRoleArn: S2, userRoleArn: U2 },
        ],
      ],
      'one user role with every id': [
        { ids: 'cri-a,cri-b', service: `${S1},${S2}`, user: U },
        [
          { instanceId: 'cri-a', serviceRoleArn: S1, userRoleArn: U },
          { instanceId: 'cri-b', serviceRoleArn: S2, userRoleArn: U },
        ],
      ],
      'an id that is written twice once': [
        { ids: 'cri-a,cri-b,cri-a' },
        [{ instanceId: 'cri-a' }, { instanceId: 'cri-b' }],
      ],
      'the same id with and without a region as two entries': [
        { ids: 'cri-a,cn-beijing:cri-a' },
        [{ instanceId: 'cri-a' }, { regionId: 'cn-beijing', instanceId: 'cri-a' }],
      ],
      'the same id with two roles as two entries': [
        { ids: 'cri-a,cri-a', service: `${S1},${S2}` },
        [
          { instanceId: 'cri-a', serviceRoleArn: S1 },
          { instanceId: 'cri-a', serviceRoleArn: S2 },
        ],
      ],
      'the old key when the new one is absent': [
        { singular: 'cn-beijing:cri-a' },
        [{ regionId: 'cn-beijing', instanceId: 'cri-a' }],
      ],
      'the old key when the new one is empty': [{ ids: '', singular: 'cri-a' }, [{ instanceId: 'cri-a' }]],
    };
    for (const [name, [written, entries]] of Object.entries(cases)) {
      it(name, () => {
        assert.deepEqual(pairAcrAnnotations(annotate(written)), { entries, problems: [], warnings: [] });
      });
    }

    it('20 ids, and 21 when two of them are equal', () => {
      assert.equal(pairAcrAnnotations(annotate({ ids: many(20) })).entries.length, 20);
      assert.equal(pairAcrAnnotations(annotate({ ids: `${many(20)},cri-0` })).entries.length, 20);
    });
  });

  describe('refuses', () => {
    const { instanceIds, instanceId, serviceArns, userArns } = acrKeys;
    const cases: Record<string, [Written, string[]]> = {
      'a user role without a service role': [{ user: U }, [userArns]],
      'a user role without a service role, next to an id': [{ ids: 'cri-a', user: U }, [userArns]],
      'three ids with two roles': [{ ids: 'cri-a,cri-b,cri-c', service: `${S1},${S2}` }, [serviceArns]],
      'one id with two service roles': [{ ids: 'cri-a', service: `${S1},${S2}` }, [serviceArns]],
      'one id with two user roles': [{ ids: 'cri-a', service: S, user: `${U1},${U2}` }, [userArns]],
      'two service roles with one user role': [{ service: `${S1},${S2}`, user: U }, [serviceArns]],
      'two service roles with three user roles': [{ service: `${S1},${S2}`, user: `${U},${U1},${U2}` }, [serviceArns]],
      'two lists of wrong lengths, both at once': [
        { ids: 'cri-a,cri-b,cri-c', service: `${S1},${S2}`, user: `${U1},${U2}` },
        [serviceArns, userArns],
      ],
      'more than 20 ids': [{ ids: many(21) }, [instanceIds]],
      'more than 20 user roles': [
        { service: S, user: Array.from({ length: 21 }, (_, index) => `${U}${index}`).join(',') },
        [userArns],
      ],
      'more than 20 service roles': [
        { service: Array.from({ length: 21 }, (_, index) => `${S}${index}`).join(',') },
        [serviceArns],
      ],
      'an empty item': [{ ids: 'cri-a,,cri-b' }, [instanceIds]],
      'a trailing comma': [{ service: `${S},` }, [serviceArns]],
      'a comma alone': [{ ids: ',' }, [instanceIds]],
      'an id without cri-': [{ ids: 'j36zhodptmyq' }, [instanceIds]],
      'an id in capitals': [{ ids: 'CRI-A' }, [instanceIds]],
      'a region without an id': [{ ids: 'cn-beijing:' }, [instanceIds]],
      'a region alone': [{ ids: 'cn-beijing' }, [instanceIds]],
      'an empty region': [{ ids: ':cri-a' }, [instanceIds]],
      'a region in capitals': [{ ids: 'CN-beijing:cri-a' }, [instanceIds]],
      'id and region the wrong way round': [{ ids: 'cri-a:cn-beijing' }, [instanceIds]],
      'blanks around the colon': [{ ids: 'cn-beijing: cri-a' }, [instanceIds]],
      'semicolons as separators': [{ ids: 'cri-a;cri-b' }, [instanceIds]],
      'masked digits': [{ ids: 'cri-j36zhodptmyq****' }, [instanceIds]],
      'a RAM user': [{ service: 'acs:ram::1111111111111111:user/alice' }, [serviceArns]],
      'an account': [{ service: 'acs:ram::1111111111111111:root' }, [serviceArns]],
      'an ARN with one colon too few': [{ service: 'acs:ram:1111111111111111:role/a' }, [serviceArns]],
      'an ARN of another cloud': [{ service: 'arn:aws:iam::111111111111:role/a' }, [serviceArns]],
      'an ARN in capitals': [{ service: 'ACS:RAM::1111111111111111:ROLE/A' }, [serviceArns]],
      'an ARN without a role name': [{ service: 'acs:ram::1111111111111111:role/' }, [serviceArns]],
      'two ids in the old key': [{ singular: 'cri-a,cri-b' }, [instanceId]],
      'an unusable old key, under its own name': [{ singular: 'nonsense' }, [instanceId]],
      'every bad value at once': [{ ids: 'x', service: 'y', user: 'z' }, [instanceIds, serviceArns, userArns]],
    };
    for (const [name, [written, keys]] of Object.entries(cases)) {
      it(name, () => {
        const pairing = pairAcrAnnotations(annotate(written));
        assert.deepEqual(pairing.entries, []);
        assert.deepEqual(
          pairing.problems.map(({ key }) => key),
          keys,
        );
      });
    }

    it('a RAM user with a message that asks for a role', () => {
      const [problem] = pairAcrAnnotations(annotate({ service: 'acs:ram::1111111111111111:user/alice' })).problems;
      assert.match(problem?.message ?? '', /RAM user.*RAM role/);
    });

    it('bad items with their positions', () => {
      const [problem] = pairAcrAnnotations(annotate({ ids: 'cri-a,b,cri-c,d' })).problems;
      assert.match(problem?.message ?? '', /Item 2: .*Item 4: /);
    });
  });

  describe('with both the old and the new key', () => {
    it('uses the new one and warns when they differ', () => {
      const pairing = pairAcrAnnotations(annotate({ ids: 'cri-a', singular: 'cri-b' }));
      assert.deepEqual(pairing.entries, [{ instanceId: 'cri-a' }]);
      assert.deepEqual(
        pairing.warnings.map(({ key, value }) => ({ key, value })),
        [{ key: acrKeys.instanceId, value: 'cri-b' }],
      );
    });

    it('says nothing when they agree', () => {
      assert.deepEqual(pairAcrAnnotations(annotate({ ids: 'cri-a', singular: ' cri-a ' })).warnings, []);
    });

    it('does not fall back to the old one when the new one is unusable', () => {
      const pairing = pairAcrAnnotations(annotate({ ids: 'nonsense', singular: 'cri-a' }));
      assert.deepEqual(pairing.entries, []);
      assert.equal(pairing.problems[0]?.key, acrKeys.instanceIds);
    });
  });

  describe('as a law', () => {
    const idItem = fc
      .tuple(fc.constantFrom('', 'cn-beijing:', 'ap-southeast-1:'), fc.stringMatching(/^[a-z0-9]{1,6}$/))
      .map(([region, id]) => `${region}cri-${id}`);
    const arnItem = fc.stringMatching(/^[A-Za-z0-9-]{1,6}$/).map((name) => `acs:ram::1111111111111111:role/${name}`);
    const ids = fc.uniqueArray(idItem, { maxLength: 6 });
    const arns = fc.uniqueArray(arnItem, { maxLength: 6 });

    it('accepts exactly the documented combinations of lengths', () => {
      fc.assert(
        fc.property(ids, arns, arns, (idItems, serviceItems, userItems) => {
          const [n, s, u] = [idItems.length, serviceItems.length, userItems.length];
          const base = n > 0 ? n : u > 0 ? u : s;
          const fits = (length: number): boolean => length <= 1 || length === base;
          const legal = fits(s) && fits(u) && !(u > 0 && s === 0);
          const { entries, problems } = pairAcrAnnotations(
            annotate({ ids: idItems.join(','), service: serviceItems.join(', '), user: userItems.join(' ,') }),
          );
          assert.equal(problems.length === 0, legal);
          assert.equal(entries.length, legal ? base : 0);
        }),
      );
    });

    it('keeps the order of ids and invents nothing', () => {
      fc.assert(
        fc.property(ids, fc.option(arnItem), (idItems, service) => {
          fc.pre(idItems.length > 0);
          const { entries } = pairAcrAnnotations(annotate({ ids: idItems.join(','), service: service ?? '' }));
          assert.deepEqual(
            entries.map(({ regionId, instanceId }) =>
              regionId === undefined ? instanceId : `${regionId}:${instanceId}`,
            ),
            idItems,
          );
          for (const entry of entries) {
            assert.equal(entry.serviceRoleArn, service ?? undefined);
            assert.equal(entry.userRoleArn, undefined);
          }
        }),
      );
    });

    it('never throws, names a key of its own, and keeps every problem to one line', () => {
      const text = fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        idItem,
        arnItem,
        fc.constant('a\nb\r\u2028c'.repeat(60)),
      );
      fc.assert(
        fc.property(text, text, text, text, (plural, singular, service, user) => {
          const written = annotate({ ids: plural, singular, service, user });
          const { problems, warnings } = pairAcrAnnotations(written);
          for (const { key, value, message } of [...problems, ...warnings]) {
            assert.ok(Object.keys(written).includes(key));
            assert.ok(value.length <= 128);
            assert.doesNotMatch(value + message, /[\r\n\u2028\u2029]/);
          }
        }),
      );
    });
  });
});
