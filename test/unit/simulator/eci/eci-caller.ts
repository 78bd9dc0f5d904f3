import { callRpc, keys } from '../sdk-clients.ts';

/** Calls ECI over HTTP as the component does, through the vendor's generic client. RegionId is added. @throws the client's error with `code`. */
export function createEciCaller(
  url: string,
): (action: string, query: Record<string, string>) => Promise<Record<string, unknown>> {
  return async (action, query) => {
    const call = { action, version: '2018-08-08', query: { RegionId: 'cn-hangzhou', ...query } };
    return (await callRpc(url, keys.component, call)).body;
  };
}
