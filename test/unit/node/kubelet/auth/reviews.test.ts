import assert from 'node:assert/strict';
import type { AccessAttributes } from '../../../../../src/node/kubelet/access-attributes.ts';
import { accessReview, createAccessReviewer } from '../../../../../src/node/kubelet/auth/access-review.ts';
import { bearerToken } from '../../../../../src/node/kubelet/auth/authenticate.ts';
import { certificateUser } from '../../../../../src/node/kubelet/auth/certificate-user.ts';
import { ReviewGate } from '../../../../../src/node/kubelet/auth/review-gate.ts';
import { createTokenReviewer } from '../../../../../src/node/kubelet/auth/token-review.ts';
import type { KubeletUser } from '../../../../../src/node/kubelet/kubelet-user.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';

const user: KubeletUser = { name: 'monitor', uid: 'u-1', groups: ['agents'], extra: { scope: ['a'] } };

/** Answers the calls of a client one after the other with what `answer` says. */
function asked<T>(answer: (body: object) => T | Promise<T>) {
  const bodies: object[] = [];
  const client = {
    create: async <R>(_path: string, body: object): Promise<R> => {
      bodies.push(body);
      return (await answer(body)) as unknown as R;
    },
  };
  return { client, bodies };
}

describe('the user in a client certificate', () => {
  const cases: Record<string, { subject: Record<string, unknown>; user: KubeletUser | undefined }> = {
    'is the common name, with the organizations as groups': {
      subject: { CN: 'kube-apiserver', O: ['system:masters', 'b'] },
      user: { name: 'kube-apiserver', groups: ['system:masters', 'b'] },
    },
    'may be in one group or none': { subject: { CN: 'a', O: 'g' }, user: { name: 'a', groups: ['g'] } },
    'is nobody without a common name': { subject: { O: 'system:masters' }, user: undefined },
    'is nobody with an empty one': { subject: { CN: '' }, user: undefined },
  };
  for (const [sentence, { subject, user: expected }] of Object.entries(cases)) {
    it(sentence, () => {
      const certificate = { subject } as unknown as Parameters<typeof certificateUser>[0];
      assert.deepEqual(certificateUser(certificate), expected);
    });
  }
});

describe('the token of a header', () => {
  const cases: [header: string | undefined, token: string | undefined][] = [
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    [undefined, undefined],
  ];
  for (const [header, token] of cases) {
    it(`${header} is ${token}`, () => assert.equal(bearerToken(header), token));
  }
});

describe('reviews of tokens', () => {
  const known = { status: { authenticated: true, user: { username: 'monitor', groups: ['agents'] } } };
  const setUp = (answer: () => object | Promise<object>) => {
    const clock = new FakeClock();
    const { client, bodies } = asked(answer);
    return { clock, bodies, review: createTokenReviewer({ client, clock, gate: new ReviewGate() }) };
  };

  it('are shared by callers at the same time, and remembered for two minutes', async () => {
    const { clock, bodies, review } = setUp(() => known);
    const users = await Promise.all(Array.from({ length: 20 }, () => review('t')));
    assert.deepEqual(users[19], { name: 'monitor', groups: ['agents'] });
    assert.equal(bodies.length, 1);
    await clock.advance(119_000);
    await review('t');
    assert.equal(bodies.length, 1);
    await clock.advance(2000);
    await review('t');
    assert.equal(bodies.length, 2);
    await review('another');
    assert.equal(bodies.length, 3);
  });

  it('remember strangers as well', async () => {
    const { bodies, review } = setUp(() => ({ status: { authenticated: false, error: 'unknown' } }));
    assert.equal(await review('t'), undefined);
    assert.equal(await review('t'), undefined);
    assert.equal(bodies.length, 1);
  });

  it('recognise nobody without a name', async () => {
    const { review } = setUp(() => ({ status: { authenticated: true, user: {} } }));
    assert.equal(await review('t'), undefined);
  });

  it('do not remember that nothing could be asked', async () => {
    let failures = 1;
    const { review } = setUp(() => {
      failures -= 1;
      if (failures >= 0) throw new Error('the API server is away');
      return known;
    });
    await assert.rejects(review('t'), /away/);
    assert.equal((await review('t'))?.name, 'monitor');
  });
});

describe('reviews of access', () => {
  const read: AccessAttributes = { verb: 'get', subresources: ['pods', 'proxy'] };
  const setUp = (allowed: readonly string[]) => {
    const clock = new FakeClock();
    const permitted = new Set(allowed);
    const { client, bodies } = asked((body) => {
      const { spec } = body as ReturnType<typeof accessReview>;
      return { status: { allowed: permitted.has(spec.resourceAttributes?.subresource ?? '') } };
    });
    const gate = new ReviewGate();
    return { clock, bodies, permitted, may: createAccessReviewer({ client, clock, gate, nodeName: 'virtual' }) };
  };

  it('ask for the node by name, as kubelet does', () => {
    assert.deepEqual(accessReview(user, { nodeName: 'virtual', verb: 'get', subresource: 'stats' }).spec, {
      user: 'monitor',
      uid: 'u-1',
      groups: ['agents'],
      extra: { scope: ['a'] },
      resourceAttributes: {
        verb: 'get',
        group: '',
        version: 'v1',
        resource: 'nodes',
        subresource: 'stats',
        name: 'virtual',
      },
    });
  });

  it('ask for the fine subresource first, and for the broad one only where that is denied', async () => {
    const fine = setUp(['pods']);
    assert.equal(await fine.may(user, read), true);
    assert.equal(fine.bodies.length, 1);
    const broad = setUp(['proxy']);
    assert.equal(await broad.may(user, read), true);
    assert.equal(broad.bodies.length, 2);
    assert.equal(await setUp([]).may(user, read), false);
  });

  it('remember what is allowed for five minutes, and what is not for half a minute', async () => {
    const { clock, bodies, permitted, may } = setUp([]);
    const log: AccessAttributes = { verb: 'get', subresources: ['proxy'] };
    assert.equal(await may(user, log), false);
    permitted.add('proxy');
    await clock.advance(29_000);
    assert.equal(await may(user, log), false);
    await clock.advance(2000);
    assert.equal(await may(user, log), true);
    permitted.delete('proxy');
    await clock.advance(299_000);
    assert.equal(await may(user, log), true);
    await clock.advance(2000);
    assert.equal(await may(user, log), false);
    assert.equal(bodies.length, 3);
  });

  it('never take the answer of one user for another', async () => {
    const { bodies, may } = setUp(['proxy']);
    const log: AccessAttributes = { verb: 'get', subresources: ['proxy'] };
    await may(user, log);
    await may({ ...user, groups: ['others'] }, log);
    await may({ ...user, name: 'other' }, log);
    await may(user, { ...log, verb: 'create' });
    assert.equal(bodies.length, 4);
  });

  it('allow nothing where the API server says yes and no', async () => {
    const { client } = asked(() => ({ status: { allowed: true, denied: true } }));
    const may = createAccessReviewer({ client, clock: new FakeClock(), gate: new ReviewGate(), nodeName: 'virtual' });
    assert.equal(await may(user, read), false);
  });
});

describe('the gate in front of reviews', () => {
  it('lets 8 through at a time, and refuses when 200 wait', async () => {
    const gate = new ReviewGate();
    const open = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const review = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await open.promise;
      running -= 1;
    };
    const all = Array.from({ length: 208 }, () => gate.run(review));
    await assert.rejects(gate.run(review), { httpStatus: 429 });
    open.resolve();
    await Promise.all(all);
    assert.equal(most, 8);
    await gate.run(review);
  });

  it('gives a place back after a failure', async () => {
    const gate = new ReviewGate();
    for (let time = 0; time < 20; time += 1) {
      await assert.rejects(
        gate.run(() => Promise.reject(new Error('no'))),
        /no/,
      );
    }
    assert.equal(await gate.run(() => Promise.resolve(1)), 1);
  });
});
