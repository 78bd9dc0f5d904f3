import type { FixtureSoldOut } from '../../fixtures/fixture.ts';

/** One place and kind of machine that a request could be served with. */
export interface Offer {
  readonly zoneId: string;
  readonly vSwitchId: string;
  /** An ECS type, or a size such as `2-4Gi`. */
  readonly instanceType: string;
  readonly market: 'spot' | 'regular';
}

/** What is out of stock. Changes while the simulator runs: see `POST /_sim/stock`. */
export class SoldOut {
  #rules: readonly FixtureSoldOut[];

  constructor(rules: readonly FixtureSoldOut[] = []) {
    this.#rules = rules;
  }

  list(): readonly FixtureSoldOut[] {
    return this.#rules;
  }

  add(rules: readonly FixtureSoldOut[]): void {
    this.#rules = [...this.#rules, ...rules];
  }

  clear(): void {
    this.#rules = [];
  }

  /** @returns how the first rule that matches shows itself; undefined when there is stock. */
  of(offer: Offer): FixtureSoldOut['shows'] | undefined {
    return this.#rules.find(
      ({ zoneId, vSwitchId, instanceType, market }) =>
        (zoneId === undefined || zoneId === offer.zoneId) &&
        (vSwitchId === undefined || vSwitchId === offer.vSwitchId) &&
        (instanceType === undefined || instanceType === offer.instanceType) &&
        (market === undefined || market === offer.market),
    )?.shows;
  }
}
