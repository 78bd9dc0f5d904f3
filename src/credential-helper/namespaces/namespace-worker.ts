import type { Clock } from '../../clock.ts';
import { EciKubeletError } from '../../errors.ts';
import type { EventTarget, KubeClient, ServiceAccount } from '../../kube/types.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import type { HelperConfig } from '../config/model.ts';
import type { SecretContent } from '../entries/credential-book.ts';
import type { Reporter } from '../report.ts';
import type { AccountIndex } from './account-index.ts';
import { AccountWriter, isOfEndingNamespace } from './account-writer.ts';
import { AttachLimit } from './attach-limit.ts';
import { namespaceMetrics } from './namespace-metrics.ts';
import { nextStep, type NamespaceStep } from './next-step.ts';
import { accountTarget, attachFight, attachRefusal, detachRefusal, isRefusal, secretRefusal } from './reports.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** Somebody who writes the Secret all the time deserves the next turn of the queue, not a loop. */
const MAX_RACES = 5;
/** Where ServiceAccounts come and go all the time there is always more to write: other namespaces have their turn in between. */
const MAX_WRITES = 3;

/** What a worker works with. */
export interface NamespaceWorkerOptions {
  client: Pick<KubeClient, 'get' | 'patch'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  reporter: Pick<Reporter, 'on'>;
  secrets: SecretKeeper;
  accounts: AccountIndex;
  /** What is wanted at this moment; undefined while the configuration is incomplete. */
  wanted: () => { config: HelperConfig; content: SecretContent | undefined } | undefined;
  /** Where to tell of a Secret that cannot be written. */
  namespaceTarget: (namespace: string) => EventTarget | undefined;
  adoptExisting: boolean;
}

/** How a turn ended. */
export interface Turn {
  /** The last step: nothing is left to be done, or cannot be now. */
  end: Extract<NamespaceStep, { do: 'leave' | 'wait' | 'nothing' }>;
  /** Milliseconds until a ServiceAccount may be written that others keep changing; 0 where more is left than one turn is for. */
  againInMs?: number;
  /** What went wrong with single ServiceAccounts. The others and the Secret were seen to. */
  failure?: unknown;
}

/** Carries out the steps in one namespace after the other. */
export class NamespaceWorker {
  readonly #options: NamespaceWorkerOptions;
  readonly #writer: AccountWriter;
  readonly #limit = new AttachLimit();

  constructor(options: NamespaceWorkerOptions) {
    this.#options = options;
    this.#writer = new AccountWriter(options.client);
  }

  /** Forgets a ServiceAccount that is gone. */
  forgetAccount(uid: string): void {
    this.#limit.forget(uid);
  }

  /**
   * Works on a namespace until nothing is left to be done there.
   * @param isLost becomes true when the namespace ends meanwhile, or may not be worked on any more.
   * @throws KubeApiError when the Secret could not be seen to. @throws EciKubeletError `SecretContended`.
   */
  async work(namespace: string, isLost: () => boolean): Promise<Turn> {
    const { secrets, accounts, wanted, adoptExisting } = this.#options;
    const aside = new Map<string, Attempt>();
    let writes = 0;
    for (let races = 0; races < MAX_RACES;) {
      const now = wanted();
      if (now === undefined || isLost()) return turn({ do: 'nothing' }, aside);
      const step = nextStep({
        namespace,
        ...now,
        secret: secrets.known(namespace),
        accounts: accounts.of(namespace),
        aside: new Set(aside.keys()),
        adoptExisting,
      });
      switch (step.do) {
        case 'read-secret':
          await this.#telling(namespace, () => secrets.read(namespace));
          break;
        case 'attach':
        case 'detach':
          for (const account of step.accounts) {
            if (isLost()) break;
            const attempt = await (step.do === 'attach'
              ? this.#attach(account, isLost)
              : this.#detach(account, isLost));
            // Once per turn, whatever came of it.
            aside.set(account.metadata?.name ?? '', attempt);
          }
          break;
        case 'create-secret':
        case 'patch-secret':
        case 'delete-secret':
          if (writes >= MAX_WRITES) return { ...turn({ do: 'nothing' }, aside), againInMs: 0 };
          if (await this.#telling(namespace, () => this.#writeSecret(namespace, step))) writes += 1;
          else races += 1;
          break;
        case 'leave':
        case 'wait':
        case 'nothing':
          return turn(step, aside);
      }
    }
    const message = `the Secret of namespace ${namespace} was written by somebody else each of ${MAX_RACES} times`;
    throw new EciKubeletError('SecretContended', message);
  }

  /** Tells of a refusal on its way. */
  async #telling<T>(namespace: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const about = this.#options.namespaceTarget(namespace);
      if (about !== undefined && isRefusal(error) && !isOfEndingNamespace(error))
        this.#options.reporter.on(about, secretRefusal(namespace, error));
      throw error;
    }
  }

  /** @returns false when somebody else was faster, so that it has to be read again. */
  async #writeSecret(namespace: string, step: SecretWrite): Promise<boolean> {
    const { secrets, metrics, logger } = this.#options;
    if (step.do === 'delete-secret') {
      const isDeleted = await secrets.delete(namespace, step.uid);
      if (isDeleted) logger.info('namespace is no longer served', { namespace });
      return isDeleted;
    }
    const isWritten =
      step.do === 'create-secret'
        ? await secrets.create(namespace, step.body)
        : await secrets.patch(namespace, step.body);
    if (!isWritten) return false;
    metrics.count(namespaceMetrics.secretWrites);
    logger.debug('pull Secret written', { namespace });
    return true;
  }

  async #attach(account: ServiceAccount, isLost: () => boolean): Promise<Attempt> {
    const { clock, metrics, reporter, accounts } = this.#options;
    const uid = account.metadata?.uid ?? '';
    const waitMs = this.#limit.waitMs(uid, clock.nowMs());
    if (waitMs > 0) return { waitMs };
    try {
      const repeats = this.#limit.fight(uid, clock.nowMs());
      // Before the write, which makes the list ours.
      const editors = repeats === 0 ? undefined : await this.#writer.editors(account);
      const after = await this.#writer.attach(account, isLost);
      if (after === undefined) return {};
      accounts.wrote(after.account);
      if (!after.written) return {};
      // Nobody would tell again of the end of one that is gone by now, and its history would stay for ever.
      if (accounts.has(account)) this.#limit.wrote(uid, clock.nowMs());
      if (editors === undefined) return {};
      metrics.count(namespaceMetrics.attachFights);
      reporter.on(accountTarget(account), attachFight(repeats, editors));
      return {};
    } catch (error) {
      if (isOfEndingNamespace(error)) return {};
      if (isRefusal(error)) reporter.on(accountTarget(account), attachRefusal(error));
      return { failure: error };
    }
  }

  async #detach(account: ServiceAccount, isLost: () => boolean): Promise<Attempt> {
    try {
      const after = await this.#writer.detach(account, isLost);
      if (after !== undefined) this.#options.accounts.wrote(after.account);
      this.#limit.forget(account.metadata?.uid ?? '');
      return {};
    } catch (error) {
      if (isOfEndingNamespace(error)) return {};
      if (isRefusal(error)) this.#options.reporter.on(accountTarget(account), detachRefusal(error));
      return { failure: error };
    }
  }
}

type SecretWrite = Extract<NamespaceStep, { do: 'create-secret' | 'patch-secret' | 'delete-secret' }>;

/** What came of one ServiceAccount. */
interface Attempt {
  failure?: unknown;
  waitMs?: number;
}

function turn(end: Turn['end'], aside: ReadonlyMap<string, Attempt>): Turn {
  const waitsMs = [...aside.values()].flatMap(({ waitMs }) => (waitMs === undefined ? [] : [waitMs]));
  const failed = [...aside.values()].find(({ failure }) => failure !== undefined);
  return {
    end,
    ...(waitsMs.length === 0 ? {} : { againInMs: Math.min(...waitsMs) }),
    ...(failed === undefined ? {} : { failure: failed.failure }),
  };
}
