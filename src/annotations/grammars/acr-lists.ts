/** The items of the three ACR annotations. Source: ECI help centre, pull images from ACR without a secret. */
import { accept, refuse, type Grammar } from '../grammar.ts';
import { commaList } from './comma-list.ts';

/** An Enterprise Edition instance, with its region if the author named one. */
export interface AcrInstanceItem {
  instanceId: string;
  regionId?: string;
}

const masked = 'The asterisks mask digits in the documentation. Write the real value.';

/**
 * Regions are judged by shape alone: the list of regions grows, and a wrong one fails at the service with its own code. They
 * become part of host names, so the dash after two letters matters: `oss-cn-hangzhou` would name a bucket.
 */
const regionPattern = /^[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*$/;
const mostRegionCharacters = 32;
const instanceIdPattern = /^cri-[a-z0-9]{1,64}$/;
/** What is allowed in role names, ASCII only: caches compare roles without case. Longer names only fill memory. */
const roleArnPattern = /^acs:ram::\d{1,32}:role\/[\w.@/-]{1,128}$/;

const instanceItem: Grammar<AcrInstanceItem> = {
  describe: () => 'an instance id',
  parse: (text) => {
    const colon = text.indexOf(':');
    const instanceId = text.slice(colon + 1);
    if (!instanceIdPattern.test(instanceId)) {
      if (instanceId.includes('**')) return refuse(masked);
      return refuse('Not an instance id. Write cri-… or region:cri-…, in small letters and without spaces.');
    }
    if (colon < 0) return accept({ instanceId });
    const regionId = text.slice(0, colon);
    if (regionId.length > mostRegionCharacters || !regionPattern.test(regionId))
      return refuse('The part before the colon is not a region such as cn-beijing.');
    return accept({ instanceId, regionId });
  },
};

const roleArn: Grammar<string> = {
  describe: () => 'a role ARN',
  parse: (text) => {
    if (roleArnPattern.test(text)) return accept(text);
    if (text.includes('**')) return refuse(masked);
    if (/^acs:ram::\d+:user\//.test(text))
      return refuse('This is a RAM user. Name a RAM role: acs:ram::<account id>:role/<name>.');
    return refuse('Not the ARN of a RAM role. Write acs:ram::<account id>:role/<name>; case counts.');
  },
};

/** Reads `acr-instance-ids`. */
export const acrInstanceIds: Grammar<AcrInstanceItem[]> = commaList(instanceItem, {
  noun: 'Enterprise Edition instance ids, `cri-…`, with the region in front for an instance in another region, `cn-beijing:cri-…`',
});

/** Reads `acr-service-arns` and `acr-user-arns`. */
export const acrRoleArns: Grammar<string[]> = commaList(roleArn, {
  noun: 'role ARNs, `acs:ram::<account id>:role/<name>`',
});
