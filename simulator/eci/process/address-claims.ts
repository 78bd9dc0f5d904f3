import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressClaims } from '../group/address-pool.ts';
import { REGISTRY } from './owned-names.ts';

/** One file for each address in use on this machine, with the process that uses it. */
export const ADDRESSES = `${REGISTRY}/addresses`;

/** Shares addresses with the other simulators of this machine: creating a file is atomic, so only one gets an address. */
export function createAddressClaims(pid: number): AddressClaims {
  mkdirSync(ADDRESSES, { recursive: true, mode: 0o700 });
  return {
    claim: (address) => {
      try {
        writeFileSync(`${ADDRESSES}/${address}`, String(pid), { flag: 'wx' });
        return true;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
          return false;
        }
        throw error;
      }
    },
    release: (address) => {
      if (claimantOf(address) === pid) {
        rmSync(`${ADDRESSES}/${address}`, { force: true });
      }
    },
  };
}

/** @returns the process that has an address; undefined when nobody has. */
export function claimantOf(address: string): number | undefined {
  try {
    return Number(readFileSync(`${ADDRESSES}/${address}`, 'utf8'));
  } catch {
    return undefined;
  }
}
