import { refuse, type Grammar } from '../grammar.ts';
import { matching } from './matching.ts';

const host = matching({
  pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/i,
  description: 'a registry host, with `:port` exactly where the image reference has one',
  message: 'Not a registry host. Write the host as in the image reference, with its port if it has one.',
});

/** Reads a registry host as it stands at the front of an image reference: `harbor.example.com:5000`, no scheme, no path. */
export const registryHost: Grammar<string> = {
  describe: () => host.describe(),
  parse: (text) =>
    text.includes('/') ? refuse('Write the host alone, without a scheme or a path.') : host.parse(text),
};
