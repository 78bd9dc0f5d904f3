import type {
  ContainerGroup,
  ContainerGroupEvents,
  ContainerGroupStatus,
  ImageCache,
  Page,
} from '../../../src/alibaba/eci-answers.ts';
import type { EciClient } from '../../../src/alibaba/eci-client.ts';
import type {
  CreateContainerGroupRequest,
  Tag,
  UpdateContainerGroupRequest,
} from '../../../src/alibaba/eci-requests.ts';
import { AlibabaCloudError } from '../../../src/alibaba/errors.ts';
import type { Clock } from '../../../src/clock.ts';

type Action =
  | 'createContainerGroup'
  | 'deleteContainerGroup'
  | 'updateContainerGroup'
  | 'describeContainerGroupEvents'
  | 'describeContainerGroups'
  | 'describeContainerGroupStatus';

/** A cloud in memory: tokens are idempotent, pages are short, and faults are injected one call at a time. */
export class FakeEciClient implements EciClient {
  readonly groups = new Map<string, ContainerGroup>();
  readonly journal: { action: Action; query: Record<string, unknown> }[] = [];
  readonly requests: CreateContainerGroupRequest[] = [];
  readonly updates: UpdateContainerGroupRequest[] = [];
  /** What every question for image caches is answered with. */
  imageCaches: ImageCache[] = [];
  /** False: a credential without permission to list, which is given empty lists. */
  canList = true;
  /** Groups that the status action does not tell yet. */
  readonly hiddenFromStatus = new Set<string>();
  /** Ids that the service does not take, with the code that it gives; one of them refuses the whole call. */
  readonly refusedIds = new Map<string, string>();
  /** Applies the fault to the next calls of an action; `lost` takes effect first. */
  readonly faults: { action: Action; kind: 'refused' | 'lost'; code: string; httpStatus: number }[] = [];
  readonly #tokens = new Map<string, { body: string; id: string }>();
  readonly #clock: Clock;
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  count(action: Action): number {
    return this.journal.filter((call) => call.action === action).length;
  }

  fail(
    action: Action,
    code = 'Throttling',
    options: { times?: number; lost?: boolean; httpStatus?: number } = {},
  ): void {
    for (let time = 0; time < (options.times ?? 1); time++) {
      this.faults.push({
        action,
        kind: options.lost === true ? 'lost' : 'refused',
        code,
        httpStatus: options.httpStatus ?? 400,
      });
    }
  }

  /** Puts a group there without anybody having asked for it. */
  seed(group: Partial<ContainerGroup> & { containerGroupId: string }): ContainerGroup {
    const full: ContainerGroup = {
      status: 'Running',
      creationTime: '2026-01-01T00:00:00Z',
      intranetIp: '10.0.0.9',
      tags: [],
      containers: [],
      initContainers: [],
      events: [],
      ...group,
    };
    this.groups.set(group.containerGroupId, full);
    return full;
  }

  createContainerGroup(request: CreateContainerGroupRequest): Promise<{ containerGroupId: string; requestId: string }> {
    return this.#call('createContainerGroup', {}, () => {
      this.requests.push(request);
      const body = JSON.stringify(request);
      const before = this.#tokens.get(request.clientToken);
      if (before !== undefined && before.body !== body) throw refusal('IdempotentParameterMismatch', 400);
      const id = before?.id ?? `eci-${this.#next++}`;
      if (before === undefined) {
        this.#tokens.set(request.clientToken, { body, id });
        this.seed({
          containerGroupId: id,
          containerGroupName: request.containerGroupName,
          status: 'Scheduling',
          creationTime: new Date(this.#clock.nowMs()).toISOString(),
          tags: request.tag ?? [],
          initContainers: (request.initContainer ?? []).map((container) => ({ name: container.name })),
        });
      }
      return { containerGroupId: id, requestId: `request-${this.journal.length}` };
    });
  }

  deleteContainerGroup(request: { containerGroupId: string; force?: boolean }): Promise<void> {
    return this.#call('deleteContainerGroup', request, () => {
      this.groups.delete(request.containerGroupId);
    });
  }

  updateContainerGroup(request: UpdateContainerGroupRequest): Promise<{ changed: boolean; requestId?: string }> {
    return this.#call('updateContainerGroup', { containerGroupId: request.containerGroupId }, () => {
      this.updates.push(request);
      const group = this.groups.get(request.containerGroupId);
      if (group === undefined) throw refusal('InvalidParameter.NotFound', 404);
      if (group.status !== 'Pending' && group.status !== 'Running') throw refusal('IncorrectStatus', 400);
      const tags = request.tag ?? [];
      group.tags = [...group.tags.filter(({ key }) => tags.every((tag) => tag.key !== key)), ...tags];
      if (request.container === undefined) return { changed: true, requestId: `request-${this.journal.length}` };
      group.containers = request.container.map((container) => ({
        ...group.containers.find((before) => before.name === container.name),
        name: container.name,
        image: container.image,
      }));
      return { changed: true, requestId: `request-${this.journal.length}` };
    });
  }

  listUsage(): Promise<{ usedCpu?: number; maxCpu?: number }> {
    return Promise.resolve({ usedCpu: 0, maxCpu: 1000 });
  }

  describeContainerGroupEvents(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    sinceSecond?: number;
    limit?: number;
  }): Promise<ContainerGroupEvents[]> {
    return this.#call('describeContainerGroupEvents', query, () =>
      this.#select(query).map(({ containerGroupId, events }) => ({ containerGroupId, events })),
    );
  }

  describeContainerGroups(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ContainerGroup>> {
    return this.#call('describeContainerGroups', query, () => {
      const refused = query.containerGroupIds?.map((id) => this.refusedIds.get(id)).find((code) => code !== undefined);
      if (refused !== undefined) throw refusal(refused, 400);
      return page(this.#select(query), query);
    });
  }

  describeContainerGroupStatus(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    sinceSecond?: number;
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ContainerGroupStatus>> {
    return this.#call('describeContainerGroupStatus', query, () => {
      const told = this.#select(query).filter((group) => !this.hiddenFromStatus.has(group.containerGroupId));
      return page(told.map(statusRow), query);
    });
  }

  describeContainerLog(): Promise<never> {
    return Promise.reject(new Error('not part of this fake'));
  }

  execContainerCommand(): Promise<never> {
    return Promise.reject(new Error('not part of this fake'));
  }

  describeMultiContainerGroupMetric(): Promise<never> {
    return Promise.reject(new Error('not part of this fake'));
  }

  createImageCache(): Promise<never> {
    return Promise.reject(new Error('not part of this fake'));
  }

  deleteImageCache(): Promise<never> {
    return Promise.reject(new Error('not part of this fake'));
  }

  describeImageCaches(): Promise<Page<ImageCache>> {
    return Promise.resolve({ items: this.imageCaches });
  }

  #select(query: { containerGroupIds?: string[]; tag?: Tag[] }): ContainerGroup[] {
    if (!this.canList) return [];
    return [...this.groups.values()].filter(
      (group) =>
        (query.containerGroupIds?.includes(group.containerGroupId) ?? true) &&
        (query.tag ?? []).every((wanted) =>
          group.tags.some((tag) => tag.key === wanted.key && tag.value === wanted.value),
        ),
    );
  }

  async #call<T>(action: Action, query: Record<string, unknown>, answer: () => T): Promise<T> {
    this.journal.push({ action, query });
    const index = this.faults.findIndex((fault) => fault.action === action);
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0];
    if (fault?.kind === 'refused') throw refusal(fault.code, fault.httpStatus);
    const result = answer();
    if (fault?.kind === 'lost') throw refusal(fault.code);
    return await Promise.resolve(result);
  }
}

function refusal(code: string, httpStatus?: number): AlibabaCloudError {
  return new AlibabaCloudError({
    code,
    message: `refused with ${code}`,
    action: 'Test',
    requestId: 'request-of-a-failure',
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}

function page<T>(all: readonly T[], query: { limit?: number; nextToken?: string }): Page<T> {
  const start = Number(query.nextToken ?? 0);
  const end = start + (query.limit ?? 20);
  return { items: all.slice(start, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}

function statusRow(group: ContainerGroup): ContainerGroupStatus {
  return {
    containerGroupId: group.containerGroupId,
    ...(group.status === undefined ? {} : { status: group.status }),
    podIps: group.intranetIp === undefined ? [] : [group.intranetIp],
    conditions: [],
    containerStatuses: group.containers.flatMap((container) =>
      container.name === undefined
        ? []
        : [
            {
              name: container.name,
              ready: true,
              restartCount: 0,
              state: { running: { startedAt: '2026-01-01T00:00:05Z' } },
            },
          ],
    ),
  };
}
