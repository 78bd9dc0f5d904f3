import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import { text } from '../parameters/grammar.ts';
import { regionOf } from '../group/networks.ts';

/** DescribeRegions: the regions in which the fixture has vSwitches, with their zones. Needs no permission. */
export const describeRegions: EciAction = defineAction({ RegionId: text() }, ({ service, params }) => {
  const zoneIds = new Set(
    service.host.fixture.accounts.flatMap((account) => account.vSwitches ?? []).map((v) => v.zoneId),
  );
  const regions = Map.groupBy(zoneIds, regionOf);
  return {
    Regions: [...regions]
      .filter(([regionId]) => params.RegionId === '' || params.RegionId === regionId)
      .map(([regionId, zones]) => ({
        RegionId: regionId,
        RegionEndpoint: `eci.${regionId}.aliyuncs.com`,
        Zones: zones,
        RecommendZones: zones,
        UnavailableZones: [],
      })),
  };
});
