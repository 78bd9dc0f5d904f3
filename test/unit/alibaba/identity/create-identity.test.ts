import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentity, type IdentityDependencies } from '../../../../src/alibaba/identity/create-identity.ts';
import type { MetadataClient } from '../../../../src/alibaba/metadata.ts';
import type { OidcRequest, StsClient } from '../../../../src/alibaba/sts.ts';
import type { AccessKey } from '../../../../src/credentials/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const unused = (): Promise<never> => Promise.reject(new Error('not part of this test'));

function dependencies(parts: {
  sts?: Partial<StsClient>;
  metadata?: Partial<MetadataClient>;
  clock?: FakeClock;
}): IdentityDependencies {
  return {
    clock: parts.clock ?? new FakeClock(),
    log: noLog,
    sessionName: 'eci-kubelet',
    sts: { assumeRole: unused, assumeRoleWithOidc: unused, getCallerIdentity: unused, ...parts.sts },
    metadata: { regionId: unused, roleName: unused, roleCredentials: unused, ...parts.metadata },
  };
}

function session(clock: FakeClock, accessKeyId: string): AccessKey {
  return { accessKeyId, accessKeySecret: new Secret('s'), expiresAtMs: clock.nowMs() + 3_600_000 };
}

describe('identities', () => {
  it('of a fixed key show a part of its id and nothing else', async () => {
    const key = { accessKeyId: 'LTAI5tABCDEFGHIJK', accessKeySecret: new Secret('CANARY') };
    const identity = createIdentity({ kind: 'access-key', key }, dependencies({}));
    assert.equal(identity.description, 'access key LTAI5tAB…');
    assert.equal(await identity.accessKey(), key);
  });

  it('of a fixed key refuse an empty secret', () => {
    const key = { accessKeyId: 'LTAI', accessKeySecret: new Secret('') };
    assert.throws(() => createIdentity({ kind: 'access-key', key }, dependencies({})), { code: 'EmptyAccessKey' });
  });

  it('of a service account read the token again for every session, trimmed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rrsa-'));
    try {
      const clock = new FakeClock();
      const tokenFile = join(folder, 'token');
      const seen: [string, number][] = [];
      const sts = {
        assumeRoleWithOidc: (request: OidcRequest) => {
          seen.push([request.token.reveal(), request.durationSeconds]);
          return Promise.resolve(session(clock, `key-${seen.length}`));
        },
      };
      const choice = { kind: 'rrsa', roleArn: 'acs:ram::1:role/r', oidcProviderArn: 'p', tokenFile } as const;
      const identity = createIdentity(choice, dependencies({ sts, clock }));
      assert.equal(identity.description, 'service account role acs:ram::1:role/r');
      await writeFile(tokenFile, 'first\n');
      await identity.accessKey();
      await writeFile(tokenFile, 'second\n');
      await clock.advance(3_600_000);
      await identity.accessKey();
      assert.deepEqual(seen, [
        ['first', 3600],
        ['second', 3600],
      ]);
      await writeFile(tokenFile, ' \n');
      await clock.advance(3_600_000);
      await assert.rejects(identity.accessKey(), { code: 'TokenFileUnreadable' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of a machine look the role up unless it is configured', async () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    const metadata = {
      roleName: () => Promise.resolve('attached'),
      roleCredentials: (roleName: string) => {
        asked.push(roleName);
        return Promise.resolve(session(clock, 'k'));
      },
    };
    await createIdentity({ kind: 'ecs-role' }, dependencies({ metadata, clock })).accessKey();
    await createIdentity({ kind: 'ecs-role', roleName: 'named' }, dependencies({ metadata, clock })).accessKey();
    assert.deepEqual(asked, ['attached', 'named']);
  });
});
