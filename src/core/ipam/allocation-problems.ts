import { type Problem, problem } from '../kernel/problem.js';
import { formatCidr } from '../net/cidr.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AllocationBook } from './allocation-book.js';
import type { AllocationOptions } from './allocation-options.js';
import { type AllocationSource, invalidAllocation } from './allocation-source.js';
import { type AllocationStrategy, PREFIX_STRATEGIES } from './allocation-strategy.js';
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
    ...(count > 1 ? { hint: 'ask for fewer, or send `partial`' } : {}),
  });
}

/** How many addresses the longest run of free ones has; of prefixes the largest that is free, null where nothing is. */
function largestOf(book: AllocationBook, { pool, space, offered }: AllocationSource, prefixLength: number | undefined): string | null {
  if (prefixLength === undefined) return String(space.largestRun());
  const largest = book.takenOf(pool.plane, pool.family).free(offered).largestPrefix();
  return largest ? formatCidr(largest) : null;
}

function admittedText(options: AllocationOptions): string {
  const limits = (['within', 'exclude', 'node'] as const).filter((name) => options[name] !== undefined).map((name) => `\`${name}\``);
  return limits.length === 0 ? '' : ` that ${limits.join(' and ')} ${limits.length === 1 ? 'admits' : 'admit'}`;
}
