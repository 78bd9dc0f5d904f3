import type { EciClient } from '../alibaba/eci-client.ts';
import { createEciClient } from '../alibaba/eci.ts';
import { createIdentity } from '../alibaba/identity/create-identity.ts';
import { OwnAccount } from '../alibaba/identity/own-account.ts';
import { selectIdentity } from '../alibaba/identity/select-identity.ts';
import { createRegistryProbe } from '../alibaba/registry-probe.ts';
import { createCredentialResolver } from '../credentials/resolver.ts';
import type { CredentialResolver } from '../credentials/types.ts';
import type { Base } from './base.ts';
import { connectServices } from './connect-services.ts';
import { identitySettings } from './identity-settings.ts';

/** The cloud as the parts see it: one client, one budget of calls and one set of caches, whoever asks. */
export interface Cloud {
  eci: EciClient;
  credentials: CredentialResolver;
  /** Whose credentials these are. */
  account: OwnAccount;
}

/**
 * Builds the clients of the cloud. Nothing is asked yet.
 * @param signal fires when the program should end: what waits to be sent then is not sent any more.
 */
export function connectCloud(base: Base, signal: AbortSignal): Cloud {
  const { config, logger, metrics, clock, random, userAgent } = base;
  const { regionId } = config;
  const network = config.vpcEndpoints ? 'vpc' : 'public';
  const { call, sts, cr, metadata } = connectServices(base, { regionId, network, signal });
  const identity = createIdentity(selectIdentity(config.identity, identitySettings(config)), {
    clock,
    log: logger,
    sts,
    metadata,
    sessionName: config.roleSessionName,
    durationSeconds: config.sessionDurationMs / 1000,
  });
  const eci = createEciClient({
    call,
    identity,
    regionId,
    userAgent,
    signal,
    parameters: config.parametersInBody ? 'form' : 'query',
    endpoint: { network, ...(config.eciEndpoint === undefined ? {} : { override: config.eciEndpoint }) },
  });
  const credentials = createCredentialResolver({
    identity,
    sts,
    cr,
    probe: createRegistryProbe({
      call,
      ...(config.registryEndpoint === undefined ? {} : { endpoint: config.registryEndpoint }),
    }),
    clock,
    random,
    delivery: config.credentialDelivery,
    ownRegion: regionId,
    sessionSeed: config.nodeName,
    sessionDurationSeconds: config.sessionDurationMs / 1000,
    trustCustomHostChallenges: config.customHostProof === 'registry-api-or-challenge',
    metrics,
    logger,
  });
  return { eci, credentials, account: new OwnAccount({ sts, identity, clock, log: logger }) };
}
