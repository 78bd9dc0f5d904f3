import type { Clock } from '../../clock.ts';
import type { Identity } from '../../credentials/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { StsClient } from '../sts.ts';

/** Nobody waits for it. */
const RETRY_MS = 60_000;

/** Finds out whose account the credentials belong to, so that resources of another account are not mistaken for missing ones. */
export class OwnAccount {
  readonly #options: { sts: Pick<StsClient, 'getCallerIdentity'>; identity: Identity; clock: Clock; log: Logger };
  #id: string | undefined;

  constructor(options: { sts: Pick<StsClient, 'getCallerIdentity'>; identity: Identity; clock: Clock; log: Logger }) {
    this.#options = options;
  }

  /** The number of the account; undefined until the service has told it. */
  id(): string | undefined {
    return this.#id;
  }

  /** Asks until there is an answer, and then waits for `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    const { sts, identity, clock, log } = this.#options;
    while (!signal.aborted) {
      if (this.#id === undefined) {
        try {
          const { accountId } = await sts.getCallerIdentity(await identity.accessKey());
          if (accountId !== '') this.#id = accountId;
        } catch (error) {
          log.debug('the account of the credentials is not known yet', { error });
        }
      }
      await clock.sleep(RETRY_MS, signal).catch(() => {});
    }
  }
}
