import type { AddressPlane } from '../../core/ipam/address-plane.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import type { Cluster } from '../clusters/cluster.js';
import { firstOf, type PageRequest } from '../relations/page-of-list.js';
import { cidrAt } from './allocation-input.js';
import { type AllocationRecord, asOf } from './allocation-record.js';
import { type AllocationsIn, AllocationStore } from './allocation-store.js';

/** Which part of the allocations of which block. */
export interface BlockRequest extends PageRequest {
  readonly cluster: Cluster;
  /** The change of the allocations that the block was shown as of. */
  readonly sequence: number;
  readonly plane: AddressPlane;
  /** Its prefix. */
  readonly block: string;
}

/** A page of them. */
export interface BlockPage {
  readonly items: readonly AllocationRecord[];
  /** What names the place of each. */
  readonly cursors: readonly string[];
  readonly hasMore: boolean;
}

/** A request whose page was read. */
interface ReadRequest extends AllocationsIn {
  readonly request: BlockRequest;
  readonly first: number;
}

/** What was handed out of the blocks of pools, for many of them at once. */
export class BlockAllocations {
  constructor(private readonly store: AllocationStore) {}

  /** A page for each request, by address, looked up together. Fails with `limit-too-large` and `invalid-request`. */
  async pages(requests: readonly BlockRequest[]): Promise<readonly Result<BlockPage, Problem>[]> {
    const read = requests.map(readRequest);
    const groups = new Map<string, ReadRequest[]>();
    for (const one of read) {
      if (!one.ok) continue;
      const { cluster, sequence } = one.value.request;
      const key = `${cluster.id} ${sequence}`;
      groups.set(key, [...(groups.get(key) ?? []), one.value]);
    }
    const pages = new Map<ReadRequest, BlockPage>();
    for (const group of groups.values()) await this.look(group, pages);
    return read.map((one) => (one.ok ? ok(pages.get(one.value) ?? NOTHING) : one));
  }

  /** Those of one cluster, as of one change. */
  private async look(asked: readonly ReadRequest[], pages: Map<ReadRequest, BlockPage>): Promise<void> {
    const [any] = asked;
    if (!any) return;
    const { cluster, sequence } = any.request;
    const most = asked.reduce((largest, { first }) => Math.max(largest, first), 0);
    const found = await this.store.inPrefixes(cluster, sequence, asked, most + 1);
    for (const [index, one] of asked.entries()) {
      const records = found[index] ?? [];
      const items = records.slice(0, one.first).map((record) => asOf(record, sequence));
      pages.set(one, { items, cursors: items.map(({ ip }) => cursorOf(ip)), hasMore: records.length > one.first });
    }
  }
}

const NOTHING: BlockPage = { items: [], cursors: [], hasMore: false };

function readRequest(request: BlockRequest): Result<ReadRequest, Problem> {
  const { plane, block, after: cursor } = request;
  const cidr = cidrAt(block, '/block');
  if (!cidr.ok) return cidr;
  const first = firstOf(request);
  if (!first.ok) return first;
  const after = cursor === undefined ? undefined : parseIp(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (cursor !== undefined && after?.family !== cidr.value.family) return err(strange(cursor));
  return ok({ request, plane, cidr: cidr.value, after, first: first.value });
}

/** Live addresses of a plane are apart: one names its allocation. */
function cursorOf(ip: Ip): string {
  return Buffer.from(formatIp(ip)).toString('base64url');
}

function strange(cursor: string): Problem {
  const message = `\`after\` names no allocation of this block: \`${cursor.slice(0, 40)}\``;
  const hint = 'take a `cursor` or the `endCursor` of a page of the same block';
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/after', code: 'invalid-cursor', message, hint }] });
}
