import type { Ip } from '../net/ip.js';
import type { NodePart } from './allocation.js';
import type { IpamReason } from './ipam-reasons.js';

/** How a node comes by a part of a pool. */
export const PART_USES = {
  own: 'the node has the part already',
  claimed: 'nobody had the part: the node claims it',
  takenOver: 'another node has the part and uses nothing of it: the node takes it over',
  borrowed: 'another node has the part, or nobody: single addresses of it are lent',
} as const satisfies Record<string, string>;

/** One of them. */
export type PartUse = keyof typeof PART_USES;

/** A part of a pool, and what a node gets of it. */
export interface UsedPart {
  /** `10.0.0.64/26`. */
  readonly cidr: string;
  readonly use: PartUse;
  /** Whose it was before; null: nobody's. */
  readonly owner: string | null;
  /** How many addresses of it. */
  readonly count: number;
}

/** Why a node gets less than was asked for. */
export interface Lack {
  readonly reason: IpamReason;
  readonly message: string;
  /** What the plugin's own call fails with; null: it succeeds, and gives less. */
  readonly error: string | null;
}

/** What the plugin gives a node of one pool. */
export interface NodeGrant {
  readonly given: readonly { readonly ip: Ip; readonly part: NodePart }[];
  /** In the order in which the addresses are given. */
  readonly parts: readonly UsedPart[];
  /** Why it is less than was asked for, in the plugin's own words; null: it is all. */
  readonly lack: Lack | null;
  /** How many parts the node had, and how many it may have; null: any number. */
  readonly owned: number;
  readonly limit: number | null;
}

/** `2 of 10.0.0.0/26 (own), 1 of 10.0.0.64/26 (borrowed of node b)`. */
export function partsText(parts: readonly UsedPart[]): string {
  return parts.map(({ cidr, use, owner, count }) => `${count} of ${cidr} (${useText(use, owner)})`).join(', ');
}

function useText(use: PartUse, owner: string | null): string {
  if (use === 'takenOver') return `taken over from node ${owner ?? '?'}`;
  return use === 'borrowed' && owner !== null ? `borrowed of node ${owner}` : use;
}
