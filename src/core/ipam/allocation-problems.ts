import { type Problem, problem } from '../kernel/problem.js';
import { formatCidr } from '../net/cidr.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AllocationBook } from './allocation-book.js';
import type { AllocationRequest } from './allocation-decision.js';
import type { AllocationOptions } from './allocation-options.js';
import { type AllocationSource, invalidAllocation } from './allocation-source.js';
import { type AllocationStrategy, PREFIX_STRATEGIES } from './allocation-strategy.js';
import type { NodeGrant } from './node-grant.js';
import type { RejectedPool } from './rejected-pool.js';
import { poolUsage } from './pool-usage.js';

/** `invalid-request`: the strategy chooses among addresses only. */
export function unsuited(strategy: AllocationStrategy): Problem {
  const message = `\`${strategy}\` chooses addresses, not prefixes`;
  return invalidAllocation('/strategy', 'unsuited', message, `prefixes are chosen by ${PREFIX_STRATEGIES.join(', ')}`);
}

/** `pool-exhausted`: says what is left of the first pool, and of all. */
export function exhausted(
  model: NetworkModel,
  book: AllocationBook,
  sources: readonly AllocationSource[],
  options: AllocationOptions,
  rejectedPools: readonly RejectedPool[],
): Problem {
  const { count = 1, prefixLength } = options;
  const [first] = sources;
  const numbers = first && poolUsage(model, book, first.pool);
  const [capacity, used, reserved] = [String(numbers?.capacity ?? 0n), String(numbers?.used ?? 0n), String(numbers?.reserved ?? 0n)];
  const available = String(first?.space.free ?? 0n);
  const largestFree = first ? largestOf(book, first, prefixLength) : '0';
  const left = rejectedPools.map(({ pool, available: some }) => `\`${pool}\` has ${some}`).join(', ');
  const unit = prefixLength === undefined ? 'address' : `prefix of /${prefixLength}`;
  const units = prefixLength === undefined ? 'addresses' : `prefixes of /${prefixLength}`;
  const use =
    prefixLength === undefined
      ? `${used} of ${capacity} are used, ${reserved} reserved`
      : `the largest that is free is ${largestFree ?? 'none'}`;
  const message =
    count === 1 && sources.length === 1
      ? `pool \`${first?.pool.name ?? ''}\` has no free ${unit}${admittedText(options)}: ${use}`
      : `no pool has ${count} free ${count === 1 ? unit : units}${admittedText(options)}: ${left}`;
  return problem('pool-exhausted', message, {
    extra: { requested: count, available, largestFree, capacity, used, reserved, rejectedPools },
    hint:
      count > 1
        ? 'ask for fewer, or send `partial`'
        : 'name other pools in `otherPools`, or give back what is not used: `ip-pools` tells what each has left',
  });
}

/** How many addresses the longest run of free ones has; of prefixes the largest that is free, null where nothing is. */
function largestOf(book: AllocationBook, { pool, space, offered }: AllocationSource, prefixLength: number | undefined): string | null {
  if (prefixLength === undefined) return String(space.largestRun());
  const largest = book.takenOf(pool.plane, pool.family).free(offered).largestPrefix();
  return largest ? formatCidr(largest) : null;
}

/** `invalid-request`: the plugin gives addresses to nodes in another way. */
export function notAsNodesGive(pointer: string, message: string, hint: string): Problem {
  return invalidAllocation(pointer, 'unsuited', message, hint);
}

/** `invalid-request`: the plugin's blocks have an order of their own. `beside`: what asks for addresses of a node. */
export function notInOrderOfBlocks(strategy: string, beside: 'node' | 'pod'): Problem {
  const message = `\`${strategy}\` is not how Calico gives addresses to nodes: of a block it gives the one that has been free longest`;
  return notAsNodesGive('/strategy', message, `leave \`strategy\` out, or \`${beside}\``);
}

/** `block-limit`, `strict-affinity` or `pool-exhausted`: what the plugin says, how much the node could get of the first pool, and what is free there. */
export function lackForNode(
  { options: { count = 1, node = '' } = {} }: Pick<AllocationRequest, 'options'>,
  grant: NodeGrant | undefined,
  [first]: readonly AllocationSource[],
  rejectedPools: readonly RejectedPool[],
): Problem {
  const reason = grant?.lack?.reason;
  const kind = reason === 'BLOCK_LIMIT' ? 'block-limit' : reason === 'STRICT_AFFINITY' ? 'strict-affinity' : 'pool-exhausted';
  const message = `node \`${node}\`: ${grant?.lack?.message ?? 'nothing is free'}`;
  const blocks = grant && { owned: grant.owned, limit: grant.limit };
  return problem(kind, message, {
    extra: {
      requested: count,
      available: String(grant?.given.length ?? 0),
      largestFree: first ? String(first.space.largestRun()) : '0',
      rejectedPools,
      blocks,
    },
    hint: HINTS[kind],
  });
}

const HINTS = {
  'block-limit': 'ask for fewer, or send `partial`; `maxBlocksPerHost` of the IPAMConfig sets the limit, 20 where it does not',
  'strict-affinity': 'ask for fewer, or send `partial`; `strictAffinity` of the IPAMConfig keeps nodes from addresses of others’ blocks',
  'pool-exhausted': 'ask for fewer, send `partial`, or name other pools',
} as const;

function admittedText(options: AllocationOptions): string {
  const limits = (['within', 'exclude', 'node'] as const).filter((name) => options[name] !== undefined).map((name) => `\`${name}\``);
  return limits.length === 0 ? '' : ` that ${limits.join(' and ')} ${limits.length === 1 ? 'admits' : 'admit'}`;
}
