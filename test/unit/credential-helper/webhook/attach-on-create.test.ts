import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ConfigState, HelperConfig } from '../../../../src/credential-helper/config/model.ts';
import { SECRET_NAME } from '../../../../src/credential-helper/names.ts';
import { attachOnCreate } from '../../../../src/credential-helper/webhook/attach-on-create.ts';
import { parseReview, type AdmissionRequest } from '../../../../src/webhook/admission-review.ts';
import { applyJsonPatch } from '../../../support/apply-json-patch.ts';
import { aHelperConfig } from '../../../support/helper-config.ts';

const OURS = { name: SECRET_NAME };
const excluded = ['kube-system', 'kube-public', 'kube-node-lease'];

function aRequest(parts: Partial<AdmissionRequest> = {}, imagePullSecrets?: unknown): AdmissionRequest {
  const object = { metadata: { name: 'default' }, ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }) };
  return { uid: 'u', operation: 'CREATE', kind: 'ServiceAccount', namespace: 'default', object, ...parts };
}

function decide(request: AdmissionRequest, config: Partial<HelperConfig> | ConfigState = {}, conflicts: string[] = []) {
  const state: ConfigState = 'kind' in config ? config : { kind: 'complete', config: aHelperConfig(config) };
  return attachOnCreate(request, { config: state, excluded, isConflicted: (name) => conflicts.includes(name) });
}

/** The list after the patch, as the API server stores it. */
function listAfter(request: AdmissionRequest, config: Partial<HelperConfig> = {}): unknown {
  const { patch = [] } = decide(request, config);
  return (applyJsonPatch(request.object ?? {}, patch) as { imagePullSecrets?: unknown }).imagePullSecrets;
}

describe('attaching a ServiceAccount while it is created', () => {
  const lists: Readonly<Record<string, [before: unknown, after: unknown]>> = {
    'makes the list': [undefined, [OURS]],
    'makes the list where null stands': [null, [OURS]],
    'fills an empty list': [[], [OURS]],
    'keeps what others put there, in its order': [
      [{ name: 'b' }, { name: 'a' }],
      [{ name: 'b' }, { name: 'a' }, OURS],
    ],
    'adds nothing that is there': [
      [OURS, { name: 'a' }],
      [OURS, { name: 'a' }],
    ],
    'leaves it to the API server to refuse what is no list': ['text', 'text'],
    'bears elements that are none': [
      [null, 7, {}],
      [null, 7, {}, OURS],
    ],
  };
  for (const [name, [before, after]] of Object.entries(lists)) {
    it(name, () => assert.deepEqual(listAfter(aRequest({}, before)), after));
  }

  const all = { kind: 'all' } as const;
  const named = (...names: string[]) => ({ kind: 'named', names }) as const;
  const object = (name?: string) => ({
    object: { metadata: name === undefined ? { generateName: 'web-' } : { name } },
  });
  const selection: Readonly<Record<string, [AdmissionRequest, Partial<HelperConfig>, attached: boolean]>> = {
    'a listed one in a watched namespace': [aRequest(), {}, true],
    'another one in a watched namespace': [aRequest(object('builder')), {}, false],
    'any one where all are selected': [aRequest(object('builder')), { serviceAccounts: all }, true],
    'one whose name is yet to be made up, where all are selected': [aRequest(object()), { serviceAccounts: all }, true],
    'one whose name is yet to be made up, where some are': [aRequest(object()), {}, false],
    'a listed one elsewhere': [aRequest({ namespace: 'team-a' }), {}, false],
    'a listed one anywhere, where all are watched': [aRequest({ namespace: 'team-a' }), { namespaces: all }, true],
    'a listed one in a namespace of the cluster, where all are watched': [
      aRequest({ namespace: 'kube-system' }),
      { namespaces: all },
      false,
    ],
    'a listed one in a namespace of the cluster that is watched by name': [
      aRequest({ namespace: 'kube-system' }),
      { namespaces: named('kube-system') },
      true,
    ],
    'a change of one': [aRequest({ operation: 'UPDATE' }), {}, false],
    'a token of one': [aRequest({ subResource: 'token' }), {}, false],
    'another kind': [aRequest({ kind: 'Pod' }), {}, false],
    'a request without a namespace': [
      { uid: 'u', operation: 'CREATE', kind: 'ServiceAccount', ...object('a') },
      {},
      false,
    ],
    'a request without an object': [{ uid: 'u', operation: 'CREATE', kind: 'ServiceAccount' }, {}, false],
  };
  for (const [name, [request, config, attached]] of Object.entries(selection)) {
    it(`${attached ? 'takes' : 'leaves'} ${name}`, () => {
      assert.equal((decide(request, config).patch ?? []).length, attached ? 1 : 0);
    });
  }

  it('leaves all of a namespace where the Secret is somebody else’s', () => {
    assert.deepEqual(decide(aRequest(), {}, ['default']), {});
    assert.notDeepEqual(decide(aRequest(), {}, ['other']), {});
  });

  it('leaves all while the configuration is not known', () => {
    assert.deepEqual(decide(aRequest(), { kind: 'incomplete', why: 'waiting' }), {});
  });

  it('never throws, whatever a review holds, and changes nothing when applied twice', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.array(fc.record({ name: fc.constantFrom('a', SECRET_NAME) }))),
        fc.jsonValue(),
        (list, noise) => {
          const text = JSON.stringify({
            kind: 'AdmissionReview',
            request: {
              uid: 'u',
              operation: 'CREATE',
              kind: { kind: 'ServiceAccount' },
              namespace: 'default',
              dryRun: true,
              object: { metadata: { name: 'default', labels: noise }, imagePullSecrets: list },
            },
          });
          const request = parseReview(text);
          assert.ok(request !== undefined);
          const { patch = [] } = decide(request);
          const after = applyJsonPatch(request.object ?? {}, patch);
          assert.deepEqual(decide({ ...request, object: after }).patch ?? [], []);
        },
      ),
    );
  });

  it('bears metadata that is none', () => {
    for (const metadata of [null, 'text', 7, []]) {
      const review = {
        kind: 'AdmissionReview',
        request: { ...aRequest(), kind: { kind: 'ServiceAccount' }, object: { metadata } },
      };
      const request = parseReview(JSON.stringify(review));
      assert.ok(request !== undefined);
      assert.deepEqual(decide(request), {});
    }
  });
});
