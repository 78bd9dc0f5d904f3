import type { JournalLine, SimulatorProcess } from './simulator-process.ts';

/** What a create request said about registry credentials. */
export interface CreateRequest {
  /** Hosts for which a user name and a password were sent. */
  servers: string[];
  /** User names, in the order of `servers`. */
  userNames: string[];
  /** As sent, member by member. */
  acrRegistryInfos: Readonly<Record<string, string>>[];
  images: string[];
  result: string;
}

/** Reads the create requests of a simulator's journal. @returns by Pod name or ImageCache name, the last one of each. */
export async function readCreateRequests(
  simulator: SimulatorProcess,
  action: 'CreateContainerGroup' | 'CreateImageCache' = 'CreateContainerGroup',
): Promise<Map<string, CreateRequest>> {
  const lines = await simulator.journal({ action });
  return new Map(lines.map((line) => [ownerOf(line), toCreateRequest(line)]));
}

function toCreateRequest({ parameters, result }: JournalLine): CreateRequest {
  const logins = groupsOf(parameters, 'ImageRegistryCredential');
  return {
    servers: logins.map((login) => login['Server'] ?? ''),
    userNames: logins.map((login) => login['UserName'] ?? ''),
    acrRegistryInfos: groupsOf(parameters, 'AcrRegistryInfo'),
    images: Object.entries(parameters).flatMap(([name, value]) =>
      /^(?:(?:Init)?Container\.\d+\.)?Image(?:\.\d+)?$/.test(name) ? [value] : [],
    ),
    result,
  };
}

function ownerOf({ parameters }: JournalLine): string {
  const tag = groupsOf(parameters, 'Tag').find(
    ({ Key }) => Key === 'eci-kubelet-pod' || Key === 'eci-kubelet-image-cache',
  );
  return tag?.['Value'] ?? '';
}

/** `Tag.1.Key`, `Tag.1.Value`, … become one record for each number, in their order. */
function groupsOf(parameters: Readonly<Record<string, string>>, list: string): Record<string, string>[] {
  const groups = new Map<number, Record<string, string>>();
  for (const [name, value] of Object.entries(parameters)) {
    const match = new RegExp(`^${list}\\.(\\d+)\\.(.+)$`).exec(name);
    if (match === null) continue;
    const number = Number(match[1]);
    groups.set(number, { ...groups.get(number), [match[2] ?? '']: value });
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
