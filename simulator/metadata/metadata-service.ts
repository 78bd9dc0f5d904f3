/**
 * The ECS instance metadata service: session tokens and the credentials of the instance's role.
 * Source: ECS help centre, Instance metadata.
 */
import { toRfc3339 } from '../../src/clock.ts';
import type { Answer } from '../answer.ts';
import type { Fixture, FixtureMetadata } from '../fixtures/fixture.ts';
import type { RamAuthorizer } from '../ram/authorizer.ts';
import type { SessionCredentials, SessionStore } from '../sts/session-store.ts';
import { SimError, type Principal } from '../types.ts';

const MAX_TOKEN_TTL_SECONDS = 21_600;
const CREDENTIALS_SECONDS = 6 * 3600;

/** New credentials are to be had this long before the old ones end. */
const RENEWED_BEFORE_MS = 3600_000;

const ROLE_PATH = 'ram/security-credentials/';

export interface MetadataService {
  answer(request: { method: string; path: string; headers: Readonly<Record<string, string>> }): Answer;
  setMode(mode: NonNullable<FixtureMetadata['mode']>): void;
  mode(): NonNullable<FixtureMetadata['mode']>;
}

/** Creates the service of one instance, which stands in the fixture's own region. */
export function createMetadataService(
  fixture: Fixture,
  parts: {
    authorizer: RamAuthorizer;
    sessions: SessionStore;
    nowMs(): number;
    randomText(length: number): string;
  },
): MetadataService {
  const settings = fixture.metadata ?? {};
  const owner = settings.roleArn?.split(':')[3] ?? fixture.accounts[0]?.accountId ?? '';
  const vSwitch = fixture.accounts.find(({ accountId }) => accountId === owner)?.vSwitches?.[0];
  const instanceId = settings.instanceId ?? 'i-simulated00000000000';
  const service: Principal = { kind: 'service', accountId: owner, arn: 'ecs.aliyuncs.com', accessKeyId: '' };
  const tokens = new Map<string, number>();
  let mode = settings.mode ?? 'optional';
  let current: (SessionCredentials & { issuedAtMs: number }) | undefined;

  const credentials = (roleArn: string): SessionCredentials & { issuedAtMs: number } => {
    const nowMs = parts.nowMs();
    if (current === undefined || current.expiresAtMs - nowMs <= RENEWED_BEFORE_MS) {
      const role = parts.authorizer.requireAssumable(service, roleArn);
      const session = parts.sessions.create(
        {
          kind: 'role-session',
          accountId: role.accountId,
          arn: role.arn,
          sessionName: instanceId,
          chainDepth: 1,
        },
        CREDENTIALS_SECONDS,
      );
      current = { ...session, issuedAtMs: nowMs };
    }
    return current;
  };

  const items: Readonly<Record<string, string | undefined>> = {
    'region-id': fixture.regionId,
    'zone-id': settings.zoneId ?? vSwitch?.zoneId,
    'owner-account-id': owner,
    'instance-id': instanceId,
    'vpc-id': vSwitch?.vpcId,
    'vswitch-id': vSwitch?.vSwitchId,
  };

  const issueToken = (headers: Readonly<Record<string, string>>): Answer => {
    if (headers['x-forwarded-for'] !== undefined) return plain(403, 'Forbidden');
    const ttlSeconds = Number(headers['x-aliyun-ecs-metadata-token-ttl-seconds']);
    if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TOKEN_TTL_SECONDS) {
      return plain(400, 'Missing or Invalid Parameters');
    }
    const token = parts.randomText(56);
    tokens.set(token, parts.nowMs() + ttlSeconds * 1000);
    return plain(200, token);
  };

  const read = (item: string): Answer => {
    const value = items[item];
    if (value !== undefined) return plain(200, value);
    const { roleArn } = settings;
    const roleName = roleArn?.split('/').at(-1);
    if (roleArn === undefined || roleName === undefined || !item.startsWith(ROLE_PATH.slice(0, -1))) {
      return plain(404, 'Not Found');
    }
    const asked = item.slice(ROLE_PATH.length);
    if (asked === '') return plain(200, roleName);
    if (asked !== roleName) return plain(404, 'Not Found');
    const given = credentials(roleArn);
    return {
      kind: 'json',
      status: 200,
      body: {
        AccessKeyId: given.accessKeyId,
        AccessKeySecret: given.accessKeySecret,
        SecurityToken: given.securityToken,
        Expiration: toRfc3339(given.expiresAtMs),
        LastUpdated: toRfc3339(given.issuedAtMs),
        Code: 'Success',
      },
    };
  };

  return {
    mode: () => mode,
    setMode: (wanted) => {
      mode = wanted;
    },
    answer: ({ method, path, headers }) => {
      if (mode === 'disabled') return { kind: 'drop' };
      if (path === '/latest/api/token') {
        if (mode === 'tokenless') return plain(404, 'Not Found');
        return method === 'PUT' ? issueToken(headers) : plain(405, 'Method Not Allowed');
      }
      if (method !== 'GET' || !path.startsWith('/latest/meta-data/')) return plain(404, 'Not Found');
      const token = mode === 'tokenless' ? undefined : headers['x-aliyun-ecs-metadata-token'];
      if (token === undefined && mode === 'required') return plain(403, 'Forbidden');
      if (token !== undefined && (tokens.get(token) ?? 0) <= parts.nowMs()) return plain(401, 'Unauthorized');
      try {
        return read(path.slice('/latest/meta-data/'.length));
      } catch (error) {
        if (error instanceof SimError) return plain(404, `Not Found: ${error.code}`);
        throw error;
      }
    },
  };
}

function plain(status: number, text: string): Answer {
  return { kind: 'text', status, contentType: 'text/plain', text };
}
