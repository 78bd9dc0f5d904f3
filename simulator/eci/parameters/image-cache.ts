import { acrRegistryInfos, imageRegistryCredentials, updatedAcrRegistryInfos } from './credentials.ts';
import { choice, flag, integer, list, required, text } from './grammar.ts';
import type { ReadMembers } from './grammar.ts';
import { clientToken, identifier, regionId, resourceName } from './names.ts';
import { tagFilter, tags } from './tags.ts';

const image = text({ min: 1, max: 255, pattern: /^\S+$/ });

const settings = {
  ImageCacheSize: integer(20, 32_768),
  RetentionDays: integer(1, 65_536),
  AutoMatchImageCache: flag(),
  Flash: flag(),
  FlashCopyCount: integer(1),
  StandardCopyCount: integer(1),
  EliminationStrategy: choice('', 'LRU'),
  EipInstanceId: identifier,
  SecurityGroupId: identifier,
  VSwitchId: text({ max: 1024 }),
  ResourceGroupId: identifier,
  ClientToken: clientToken,
  Tag: tags,
};

/** CreateImageCache. Source: ECI API reference, CreateImageCache. */
export const createImageCache = {
  ...settings,
  RegionId: regionId,
  ImageCacheName: required(resourceName),
  Image: required(list(image, 20)),
  ZoneId: identifier,
  AcrRegistryInfo: acrRegistryInfos,
  ImageRegistryCredential: imageRegistryCredentials(10),
  PlainHttpRegistry: text(),
  InsecureRegistry: text(),
  OsType: choice('Linux', 'Windows'),
};

/** The request of CreateImageCache. */
export type CreateImageCache = ReadMembers<typeof createImageCache>;

/** UpdateImageCache: no role ARNs, no plain-http or insecure registries. Source: ECI API reference, UpdateImageCache. */
export const updateImageCache = {
  ...settings,
  RegionId: regionId,
  ImageCacheId: required(identifier),
  ImageCacheName: resourceName,
  Image: list(image, 20),
  AcrRegistryInfo: updatedAcrRegistryInfos,
  ImageRegistryCredential: imageRegistryCredentials(20),
};

/** DeleteImageCache. */
export const deleteImageCache = { RegionId: regionId, ImageCacheId: required(identifier), ClientToken: clientToken };

/** DescribeImageCaches. Source: ECI API reference, DescribeImageCaches. */
export const describeImageCaches = {
  RegionId: regionId,
  ImageCacheId: identifier,
  ImageCacheName: text(),
  SnapshotId: identifier,
  Image: text(),
  MatchImage: list(image, 100),
  ImageFullMatch: flag(),
  ImageMatchCountRequest: integer(1),
  ResourceGroupId: identifier,
  Tag: tagFilter,
  // The documented maximum is unknown; 50 is what cautious clients stay under.
  Limit: integer(1, 50),
  NextToken: text(),
};
