import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import {
  flag,
  group,
  integer,
  list,
  parameterNames,
  required,
  text,
} from '../../../../simulator/eci/parameters/grammar.ts';
import { createContainerGroup } from '../../../../simulator/eci/parameters/container-group.ts';
import { createImageCache } from '../../../../simulator/eci/parameters/image-cache.ts';
import { readParameters } from '../../../../simulator/eci/parameters/read-parameters.ts';

const members = {
  Name: required(text({ min: 1 })),
  Item: list(group({ Key: required(text()), Size: integer(), Word: list(text(), 3) }), 5),
  On: flag(),
};

describe('un-flattening of parameters', () => {
  it('gives back what was flattened, in whatever order it arrives', () => {
    const plain = { noNullPrototype: true };
    const words = fc.array(fc.string(), { minLength: 1, maxLength: 3 });
    const item = fc.record({ Key: fc.string({ minLength: 1 }), Size: fc.nat(), Word: words }, plain);
    const items = fc.array(item, { minLength: 1, maxLength: 5 });
    const request = fc.record({ Name: fc.string({ minLength: 1 }), Item: items, On: fc.boolean() }, plain);
    fc.assert(
      fc.property(request, fc.func(fc.nat()), (wanted, order) => {
        const flat = flatten(wanted).sort(([a], [b]) => order(a) - order(b));
        assert.deepEqual(readParameters(members, new Map(flat)), wanted);
      }),
      { numRuns: 50 },
    );
  });

  it('lists the names of a grammar with N for indexes', () => {
    assert.deepEqual(parameterNames(members), ['Name', 'Item.N.Key', 'Item.N.Size', 'Item.N.Word.N', 'On']);
  });

  // The SDK's models are the nearest thing to a specification that can be read by a program.
  const platformLeftovers = /^(Resource)?Owner(Id|Account)$/;
  const notImplemented = new Set(['CpuOptionsNuma', 'Annotations']);
  for (const [name, grammar] of Object.entries({
    CreateContainerGroupRequest: createContainerGroup,
    CreateImageCacheRequest: createImageCache,
  })) {
    it(`knows every parameter that the official SDK can send with ${name}`, () => {
      const sdk = createRequire(import.meta.url)('@alicloud/eci20180808') as Record<string, SdkModel>;
      const model = sdk[name];
      assert.ok(model);
      const known = new Set(parameterNames(grammar));
      const missing = namesOf(model).filter(
        (path) => !known.has(path) && !platformLeftovers.test(path) && !notImplemented.has(path),
      );
      assert.deepEqual(missing, []);
    });
  }
});

interface SdkModel {
  names(): Record<string, string>;
  types(): Record<string, string | SdkModel | { type: string; itemType: string | SdkModel }>;
}

function namesOf(model: SdkModel, prefix = ''): string[] {
  const types = model.types();
  return Object.entries(model.names()).flatMap(([member, wire]) => {
    const type = types[member];
    const isList = typeof type === 'object' && 'itemType' in type;
    const path = `${prefix}${wire}${isList ? '.N' : ''}`;
    const item = isList ? type.itemType : type;
    return typeof item === 'function' ? namesOf(item, `${path}.`) : [path];
  });
}

function flatten(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => flatten(item, `${path}.${index + 1}`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, member]) => flatten(member, path === '' ? name : `${path}.${name}`));
  }
  return [[path, String(value)]];
}
