import { createCloudCaller } from '../alibaba/call.ts';
import type { CloudCaller } from '../alibaba/call.ts';
import { createCrClient } from '../alibaba/cr.ts';
import { createMetadataClient } from '../alibaba/metadata.ts';
import type { MetadataClient } from '../alibaba/metadata.ts';
import { createRateBudget } from '../alibaba/rate-budget.ts';
import type { NetworkOption, ServiceEndpointOptions } from '../alibaba/service-address.ts';
import { createStsClient } from '../alibaba/sts.ts';
import type { StsClient } from '../alibaba/sts.ts';
import type { CrPort } from '../credentials/types.ts';
import type { Logger } from '../telemetry/types.ts';
import type { Base } from './base.ts';

/** The services that role chains are run with, behind one wrapper and one budget of calls. */
export interface Services {
  call: CloudCaller;
  sts: StsClient;
  cr: CrPort;
  metadata: MetadataClient;
}

/**
 * Builds their clients. Nothing is asked yet.
 * @param options.signal fires when the program should end: what waits to be sent then is not sent any more.
 */
export function connectServices(
  base: Base,
  options: {
    regionId: string;
    network: NetworkOption;
    signal: AbortSignal;
    /** Whether a metadata service that gives no token is asked without one. */
    tokenlessMetadata?: boolean;
  },
): Services {
  const { config, logger, metrics, clock, random, userAgent } = base;
  const { regionId, network, signal, tokenlessMetadata = false } = options;
  const budget = createRateBudget({ clock, metrics, overrides: config.rateLimits });
  const call = createCloudCaller({ clock, budget, metrics, log: logger, random });
  const at = (override: string | undefined): { endpoint: ServiceEndpointOptions; log: Logger } => ({
    log: logger,
    endpoint: { network, ...(override === undefined ? {} : { override }) },
  });
  return {
    call,
    sts: createStsClient({ call, clock, regionId, userAgent, signal, ...at(config.stsEndpoint) }),
    cr: createCrClient({ call, clock, userAgent, signal, ...at(config.crEndpoint) }),
    metadata: createMetadataClient({
      call,
      clock,
      endpoint: config.metadataEndpoint,
      tokenlessFallback: tokenlessMetadata,
    }),
  };
}
