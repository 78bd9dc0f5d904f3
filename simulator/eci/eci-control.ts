import { Ajv } from 'ajv';
import type { FixtureSoldOut } from '../fixtures/fixture.ts';
import { soldOutSchema } from '../fixtures/fixture-schema.ts';
import { isSpot } from './capacity/place-group.ts';
import type { EciService } from './eci-service.ts';
import type { ContainerGroup } from './group/container-group.ts';
import type { EciHost } from './host.ts';

const QUOTAS = ['maxCpu', 'maxImageCacheCount'] as const;

/** Adds the control paths of ECI: what the cloud does by itself, and people do in its console. */
export function addEciControl(host: Pick<EciHost, 'addControl'>, service: EciService): void {
  const { groupLifecycle, soldOut, quotas } = service;
  const isSoldOut = new Ajv().compile<FixtureSoldOut>(soldOutSchema);
  const post = (path: string) => ({ method: 'POST', path });

  host.addControl(post('/_sim/spot-reclaim'), ({ body }) => {
    const group = namedGroup(service, body);
    if (!isSpot(group.request)) throw new TypeError(`${group.id} is not a spot instance`);
    if (group.finishedAtMs !== undefined) throw new TypeError(`${group.id} is ${group.status} already`);
    groupLifecycle.reclaim(group);
    return { containerGroupId: group.id };
  });
  host.addControl(post('/_sim/remove-group'), ({ body }) => {
    const group = namedGroup(service, body);
    groupLifecycle.remove(group);
    return { containerGroupId: group.id };
  });

  host.addControl({ method: 'GET', path: '/_sim/stock' }, () => ({ soldOut: soldOut.list() }));
  host.addControl(post('/_sim/stock'), ({ body }) => {
    const rules: unknown[] = Array.isArray(body) ? body : [body];
    soldOut.add(
      rules.map((rule) => {
        if (!isSoldOut(rule)) throw new TypeError(`a rule of what is sold out ${isSoldOut.errors?.[0]?.message}`);
        return rule;
      }),
    );
    return { soldOut: soldOut.list() };
  });
  host.addControl({ method: 'DELETE', path: '/_sim/stock' }, () => soldOut.clear());

  host.addControl({ method: 'GET', path: '/_sim/quotas' }, () => ({ ...quotas }));
  host.addControl(post('/_sim/quotas'), ({ body }) => {
    for (const [name, value] of Object.entries(typeof body === 'object' && body !== null ? body : {})) {
      const quota = QUOTAS.find((known) => known === name);
      if (quota === undefined) throw new TypeError(`unknown member ${name}; known are ${QUOTAS.join(', ')}`);
      if (typeof value !== 'number' || !(value >= 0)) throw new TypeError(`${name} must be a number from 0`);
      quotas[quota] = value;
    }
    return { ...quotas };
  });
}

function namedGroup({ groups }: EciService, body: unknown): ContainerGroup {
  const id =
    typeof body === 'object' && body !== null && 'containerGroupId' in body ? body.containerGroupId : undefined;
  const group = [...groups.all()].find((candidate) => candidate.id === id);
  if (group === undefined) throw new TypeError('containerGroupId must name a container group that exists');
  return group;
}
