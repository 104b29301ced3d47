import { assertNever } from '../kernel/assert-never.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, parseCidr } from '../net/cidr.js';
import { formatIp, parseIp } from '../net/ip.js';
import { offsetRange, portRange, serviceRange } from './internal/banded-ranges.js';
import { SimulatedBands, type StoreBehaviour } from './internal/simulated-bands.js';
import { SimulatedHostPorts } from './internal/simulated-host-ports.js';
import { SimulatedSubnets } from './internal/simulated-subnets.js';
import type { AllocatorOperation, AllocatorStep, AllocatorWorld, Outcome, SimulatedAllocator, SimulatedValue } from './simulation.js';

/** Runs of all steps of one simulation together. */
export const MOST_SIMULATED_RUNS = 200_000;

const UNSHARED: StoreBehaviour = { collisions: 0 };

/**
 * Runs operations one after the other on an allocator that begins as `world` says, and tells what each came to: what would happen, without anything happening. Fails
 * with `invalid-request` where the world or an operation makes no sense, and with `limit-too-large`.
 */
export function simulateAllocator(
  world: AllocatorWorld,
  operations: readonly AllocatorOperation[],
): Result<readonly AllocatorStep[], Problem> {
  const allocator = allocatorOf(world);
  if (!allocator.ok) return allocator;
  const steps: AllocatorStep[] = [];
  let runs = 0;
  for (const [index, operation] of operations.entries()) {
    const values = expanded(operation.values);
    runs += Math.max(1, values?.length ?? 1) * operation.repeat;
    if (runs > MOST_SIMULATED_RUNS) return err(tooMuch());
    const step = values && runStep(allocator.value, operation, values);
    if (!step) return err(senseless(index, `\`${operation.op}\` of this allocator does not take these values`));
    steps.push(step);
  }
  return ok(steps);
}

function allocatorOf(world: AllocatorWorld): Result<SimulatedAllocator, Problem> {
  switch (world.type) {
    case 'subnets': {
      const network = cidrIn(world.network, '/world/network');
      return network.ok ? SimulatedSubnets.of(network.value, world.childPrefixLength) : network;
    }
    case 'services':
      return servicesOf(world);
    case 'offsets':
      return ok(new SimulatedBands(offsetRange(world.size, world.staticBand), UNSHARED, []));
    case 'ports':
      return ok(new SimulatedBands(portRange(world.first, world.last), UNSHARED, []));
    case 'hostPorts':
      return ok(new SimulatedHostPorts());
    default:
      return assertNever(world);
  }
}

function servicesOf(world: Extract<AllocatorWorld, { type: 'services' }>): Result<SimulatedAllocator, Problem> {
  const cidr = cidrIn(world.cidr, '/world/cidr');
  if (!cidr.ok) return cidr;
  const range = serviceRange(cidr.value, world.allocator);
  if (!range.ok) return range;
  const taken: bigint[] = [];
  for (const [index, text] of world.taken.entries()) {
    const place = range.value.read(text);
    if (place === undefined) return err(invalid(`/world/taken/${index}`, `\`${text}\` is no address of that family`));
    taken.push(place);
  }
  return ok(new SimulatedBands(range.value, world, taken));
}

function cidrIn(text: string, pointer: string): Result<Cidr, Problem> {
  const cidr = parseCidr(text);
  return cidr ? ok(cidr) : err(invalid(pointer, `\`${text}\` is no prefix such as \`10.96.0.0/12\``));
}

/** Undefined where an operation makes no sense. */
function runStep(
  allocator: SimulatedAllocator,
  operation: AllocatorOperation,
  values: readonly SimulatedValue[],
): AllocatorStep | undefined {
  const results: AllocatorStep['results'][number][] = [];
  const asked = allocator.attempts;
  let failures = 0;
  let error: AllocatorStep['error'] = null;
  for (let run = 0; run < operation.repeat; run++) {
    for (const value of values.length > 0 ? values : [undefined]) {
      const outcomes = allocator.run(operation.op, value, operation);
      if (!outcomes) return undefined;
      error = null;
      for (const outcome of listed(outcomes)) {
        if ('error' in outcome) {
          failures++;
          error = { code: outcome.error, message: outcome.message };
        } else if (outcome.result !== undefined) results.push(outcome.result);
      }
    }
  }
  return { results, error, failures, attempts: allocator.attempts - asked, state: allocator.state() };
}

function listed(outcomes: Outcome | readonly Outcome[]): readonly Outcome[] {
  return 'length' in outcomes ? outcomes : [outcomes];
}

/** With `first-last` of addresses or numbers written out, as far as may be run; undefined where that is no range. */
function expanded(values: readonly SimulatedValue[]): readonly SimulatedValue[] | undefined {
  const all: SimulatedValue[] = [];
  for (const value of values) {
    const members = typeof value === 'string' && value.includes('-') ? rangeMembers(value) : [value];
    if (!members) return undefined;
    for (const member of members) all.push(member);
    if (all.length > MOST_SIMULATED_RUNS) break;
  }
  return all;
}

function rangeMembers(text: string): readonly SimulatedValue[] | undefined {
  const [start = '', end = '', ...more] = text.split('-');
  const first = parseIp(start)?.value ?? numberIn(start);
  const last = parseIp(end)?.value ?? numberIn(end);
  const family = parseIp(start)?.family;
  if (more.length > 0 || first === undefined || last === undefined || last < first || parseIp(end)?.family !== family) return undefined;
  const count = last - first < MOST_SIMULATED_RUNS ? Number(last - first) + 1 : MOST_SIMULATED_RUNS + 1;
  return Array.from({ length: count }, (_, index) => {
    const value = first + BigInt(index);
    return family === undefined ? Number(value) : formatIp({ family, value });
  });
}

function numberIn(text: string): bigint | undefined {
  return /^\d{1,15}$/.test(text) ? BigInt(text) : undefined;
}

function invalid(pointer: string, message: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-value', message }] });
}

function senseless(index: number, message: string): Problem {
  return invalid(`/operations/${index}`, message);
}

function tooMuch(): Problem {
  return problem('limit-too-large', `a simulation runs at most ${MOST_SIMULATED_RUNS} operations, repeats and ranges written out`, {
    extra: { maximum: MOST_SIMULATED_RUNS },
  });
}
