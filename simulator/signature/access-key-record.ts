import type { Principal } from '../types.ts';

/** What the server knows about an access key id. */
export interface AccessKeyRecord {
  secret: string;
  active: boolean;
  principal: Principal;
  /** Present for sessions, whose requests must carry it. */
  securityToken?: string;
  /** Epoch milliseconds in simulated time; present for sessions. */
  expiresAtMs?: number;
}
