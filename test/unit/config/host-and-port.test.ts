import assert from 'node:assert/strict';
import { hostAndPort, hostAndPortPattern } from '../../../src/config/host-and-port.ts';

describe('hostAndPort', () => {
  const good: Readonly<Record<string, { host: string; port: number }>> = {
    '10.0.0.1': { host: '10.0.0.1', port: 443 },
    '10.0.0.1:6443': { host: '10.0.0.1', port: 6443 },
    'api.example.com': { host: 'api.example.com', port: 443 },
    'api.example.com:6443': { host: 'api.example.com', port: 6443 },
    '[fd00::1]': { host: 'fd00::1', port: 443 },
    '[fd00::1]:6443': { host: 'fd00::1', port: 6443 },
  };
  for (const [text, expected] of Object.entries(good)) {
    it(`reads ${text}`, () => {
      assert.match(text, new RegExp(hostAndPortPattern));
      assert.deepEqual(hostAndPort(text), expected);
    });
  }

  for (const text of ['https://api.example.com', 'api.example.com/path', ':6443', 'a:0', 'a:', 'fd00::1', '', 'a b']) {
    it(`refuses "${text}"`, () => {
      assert.doesNotMatch(text, new RegExp(hostAndPortPattern));
    });
  }
});
