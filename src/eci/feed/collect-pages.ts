import type { Page } from '../../alibaba/eci-answers.ts';
import { EciKubeletError } from '../../errors.ts';

/** Far beyond any account; keeps a listing that never ends from hanging the feed. */
const MAX_PAGES = 5000;

/**
 * Fetches every page of a listing. A page may be short or even empty while a token is given: only a missing token ends it.
 * @throws whatever `fetch` throws: half a listing is no listing.
 * @throws EciKubeletError `Eci.EndlessListing` when tokens never end.
 */
export async function collectPages<T>(fetch: (nextToken: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await fetch(token);
    items.push(...answer.items);
    if (answer.nextToken === undefined || answer.nextToken === '') return items;
    token = answer.nextToken;
  }
  throw new EciKubeletError('Eci.EndlessListing', `a listing of container groups had more than ${MAX_PAGES} pages`);
}
