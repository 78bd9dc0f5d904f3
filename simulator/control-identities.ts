import { Ajv } from 'ajv';
import type { MovableClock } from './clock.ts';
import { membersOf, numbersOf, type ControlTable } from './control.ts';
import type { FixtureOidcKeys } from './fixtures/fixture.ts';
import { oidcProviderChangeSchema } from './fixtures/fixture-schema.ts';
import type { MetadataService } from './metadata/metadata-service.ts';
import type { RamAuthorizer } from './ram/authorizer.ts';
import type { OidcProvider, RamDirectory } from './ram/directory.ts';
import type { ProviderKeys } from './sts/provider-keys.ts';
import { checkDuration } from './sts/session-parameters.ts';
import type { SessionStore } from './sts/session-store.ts';
import { toRfc3339 } from '../src/clock.ts';

export interface IdentityControlParts {
  clock: MovableClock;
  metadata: MetadataService;
  directory: RamDirectory;
  authorizer: RamAuthorizer;
  sessions: SessionStore;
  providerKeys: ProviderKeys;
}

/** Adds the control paths that do what somebody else does in the cloud: machines, clusters and services with their identities. */
export function addIdentityControlRoutes(control: ControlTable, parts: IdentityControlParts): void {
  const { clock, metadata, directory } = parts;
  const post = (path: string): { method: string; path: string } => ({ method: 'POST', path });
  const isChange = new Ajv().compile<{ provider: string; issuer?: string; keys?: FixtureOidcKeys }>(
    oidcProviderChangeSchema,
  );

  control.add(post('/_sim/metadata'), ({ body }) => {
    const { mode } = membersOf(body, ['mode']);
    if (mode !== 'optional' && mode !== 'required' && mode !== 'tokenless' && mode !== 'disabled') {
      throw new TypeError('mode must be optional, required, tokenless or disabled');
    }
    metadata.setMode(mode);
    return { mode };
  });

  control.add(post('/_sim/oidc-provider'), ({ body }) => {
    if (!isChange(body)) {
      throw new TypeError('the body must have provider, and may have issuer and keys as fixtures have them');
    }
    const { provider: providerArn, ...change } = body;
    const { arn, issuer } = known(directory.changeProvider(providerArn, change));
    return { provider: arn, issuer };
  });

  control.add(post('/_sim/oidc-token'), ({ body }) => {
    const members = membersOf(body, ['provider', 'subject', 'audience', 'expiresInSeconds']);
    const { provider: providerArn, subject, audience } = members;
    const { expiresInSeconds = 3600 } = numbersOf(body, ['expiresInSeconds']);
    const provider = known(typeof providerArn === 'string' ? directory.findProvider(providerArn) : undefined);
    if (typeof subject !== 'string') throw new TypeError('subject must be a text');
    const issuedAt = Math.floor(clock.machineNowMs() / 1000);
    const token = parts.providerKeys.mint(provider, {
      iss: provider.issuer,
      aud: [audience ?? provider.clientIds[0]],
      sub: subject,
      iat: issuedAt,
      exp: issuedAt + expiresInSeconds,
    });
    if (token === undefined) throw new TypeError(`the keys of ${provider.arn} are not generated ones`);
    return { token };
  });

  control.add(post('/_sim/service-session'), ({ body }) => {
    const { service, roleArn } = membersOf(body, ['service', 'roleArn', 'durationSeconds']);
    const { durationSeconds = 3600 } = numbersOf(body, ['durationSeconds']);
    if (typeof service !== 'string' || typeof roleArn !== 'string') {
      throw new TypeError('the body must have service, such as cs.aliyuncs.com, and roleArn');
    }
    const caller = { kind: 'service', accountId: '', arn: service, accessKeyId: '' } as const;
    const role = parts.authorizer.requireAssumable(caller, roleArn);
    checkDuration(durationSeconds, role.maxSessionSeconds);
    const session = parts.sessions.create(
      { kind: 'role-session', accountId: role.accountId, arn: role.arn, sessionName: 'service', chainDepth: 1 },
      durationSeconds,
    );
    return {
      AccessKeyId: session.accessKeyId,
      AccessKeySecret: session.accessKeySecret,
      SecurityToken: session.securityToken,
      Expiration: toRfc3339(session.expiresAtMs),
    };
  });
}

function known(provider: OidcProvider | undefined): OidcProvider {
  if (provider === undefined) throw new TypeError('provider must be the ARN of an OIDC provider of the fixture');
  return provider;
}
