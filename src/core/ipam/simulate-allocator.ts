import { assertNever } from '../kernel/assert-never.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { Problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { addressSpec } from '../net/address-spec.js';
import { type Cidr, formatCidr, parseCidr } from '../net/cidr.js';
import { familyBits, formatIp, parseIp } from '../net/ip.js';
import { type IpRange, mergeRanges } from '../net/ip-set.js';
import { addressSet, inClusterAddresses } from './address-specs.js';
import { offsetRange, portRange, serviceRange } from './internal/banded-ranges.js';
import { flannelSubnets } from './flannel-subnets.js';
import { SimulatedAddresses } from './internal/simulated-addresses.js';
import { SimulatedBands, type StoreBehaviour } from './internal/simulated-bands.js';
import { SimulatedFlannel } from './internal/simulated-flannel.js';
import { SimulatedHostPorts } from './internal/simulated-host-ports.js';
import { SimulatedSubnets } from './internal/simulated-subnets.js';
import { invalidIn, MOST_SIMULATED_RUNS, tooMuch } from './simulation-problems.js';
import { type Plan, type Ran, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';
import { usableAddresses, type UsableRule } from './usable-addresses.js';
import type { AllocatorOperation, AllocatorWorld, Outcome, SimulatedAllocator, SimulatedValue } from './simulation.js';

const UNSHARED: StoreBehaviour = { collisions: 0 };

/**
 * Runs operations one after the other on an allocator that begins as `world` says, and tells what each came to: what would happen, without anything happening. Fails
 * with `invalid-request` where the world or an operation makes no sense, and with `limit-too-large`.
 */
export function* simulateAllocator(world: AllocatorWorld, operations: readonly AllocatorOperation[]): SimulationSteps {
  const allocator = allocatorOf(world);
  if (!allocator.ok) return allocator;
  const written: AllocatorOperation[] = [];
  let count = 0;
  for (const [index, operation] of operations.entries()) {
    const values = expanded(operation.values);
    if (!values) return err(invalidIn(`/operations/${index}`, `\`${operation.op}\` of this allocator does not take these values`));
    count += values.length;
    // Further ones would not be run: the simulation ends before them.
    if (count > MOST_SIMULATED_RUNS) return err(tooMuch());
    written.push({ ...operation, values });
  }
  return yield* runSimulation(new ValueSimulator(allocator.value), written);
}

/** Things looked at that count for one more run. */
const LOOKS_FOR_ONE_RUN = 50;

/** Runs an operation once for each of its values. */
class ValueSimulator implements Simulator<AllocatorOperation> {
  constructor(private readonly allocator: SimulatedAllocator) {}

  get attempts(): number {
    return this.allocator.attempts;
  }

  plan(operation: AllocatorOperation): Plan {
    return { cost: () => this.cost(operation), run: () => this.run(operation) };
  }

  private cost({ values }: AllocatorOperation): number {
    return Math.max(1, values.length) * (1 + (this.allocator.looks ?? 0) / LOOKS_FOR_ONE_RUN);
  }

  private run(operation: AllocatorOperation): Ran | undefined {
    const results: Json[] = [];
    let failures = 0;
    let error: Ran['error'] = null;
    for (const value of operation.values.length > 0 ? operation.values : [undefined]) {
      const outcomes = this.allocator.run(operation.op, value, operation);
      if (!outcomes) return undefined;
      error = null;
      for (const outcome of listed(outcomes)) {
        if ('error' in outcome) {
          failures++;
          error = { code: outcome.error, message: outcome.message };
        } else if (outcome.result !== undefined) results.push(outcome.result);
      }
    }
    return { results, error, failures };
  }

  state(): JsonObject {
    return this.allocator.state();
  }
}

function allocatorOf(world: AllocatorWorld): Result<SimulatedAllocator, Problem> {
  switch (world.type) {
    case 'subnets': {
      const network = cidrIn(world.network, '/world/network');
      if (!network.ok) return network;
      // Of IPv6, kube-controller-manager itself refuses far fewer.
      return (
        (network.value.family === 4 ? tooFine(network.value, world.childPrefixLength, 'childPrefixLength') : undefined) ??
        SimulatedSubnets.of(network.value, world.childPrefixLength)
      );
    }
    case 'services':
      return servicesOf(world);
    case 'offsets':
      return ok(new SimulatedBands(offsetRange(world.size, world.staticBand), UNSHARED, []));
    case 'ports':
      return ok(new SimulatedBands(portRange(world.first, world.last), UNSHARED, []));
    case 'flannel':
      return flannelOf(world);
    case 'addresses':
      return addressesOf(world);
    case 'hostPorts':
      return ok(new SimulatedHostPorts());
    default:
      return assertNever(world);
  }
}

function flannelOf({
  network: text,
  subnetLen,
  subnetMin,
  subnetMax,
}: Extract<AllocatorWorld, { type: 'flannel' }>): Result<SimulatedAllocator, Problem> {
  const network = cidrIn(text, '/world/network');
  if (!network.ok) return network;
  const [min, max] = [subnetMin, subnetMax].map((bound) => (bound === undefined ? undefined : parseIp(bound)));
  if (subnetMin !== undefined && !min) return err(invalidIn('/world/subnetMin', `\`${subnetMin}\` is no address`));
  if (subnetMax !== undefined && !max) return err(invalidIn('/world/subnetMax', `\`${subnetMax}\` is no address`));
  const subnets = flannelSubnets({ network: network.value, subnetLen, subnetMin: min, subnetMax: max });
  if (!subnets.ok) return err(invalidIn(`/world/${subnets.error.member}`, subnets.error.message));
  return tooFine(network.value, subnets.value.subnetLen, 'subnetLen') ?? ok(new SimulatedFlannel(network.value, subnets.value));
}

/** Children of a network that are marked one by one: 2^24, a /8 in single addresses. */
const MOST_CHILDREN_BITS = 24;

/** Undefined where the network is not cut too fine. */
function tooFine(network: Cidr, childPrefix: number, member: string): { readonly ok: false; readonly error: Problem } | undefined {
  if (childPrefix - network.prefix <= MOST_CHILDREN_BITS) return undefined;
  return err(invalidIn(`/world/${member}`, `\`${formatCidr(network)}\` would be cut into more than 2^${MOST_CHILDREN_BITS} subnets`));
}

function addressesOf(world: Extract<AllocatorWorld, { type: 'addresses' }>): Result<SimulatedAllocator, Problem> {
  const excluded = addressSet(world.excluded);
  if (!excluded.ok)
    return err(invalidIn(`/world/excluded/${excluded.error}`, `\`${world.excluded[excluded.error] ?? ''}\` names no address`));
  const ranges: IpRange[] = [];
  for (const [index, text] of world.addresses.entries()) {
    const range = usableRanges(text, world.rule);
    if (!range)
      return err(
        invalidIn(`/world/addresses/${index}`, `\`${text}\` names no address${world.rule === undefined ? '' : ` for ${world.rule}`}`),
      );
    ranges.push(...range);
  }
  const gateway = world.gateway === undefined ? undefined : parseIp(world.gateway);
  if (world.gateway !== undefined && !gateway) return err(invalidIn('/world/gateway', `\`${world.gateway}\` is no address`));
  const { prefixLength, allocateReserved } = world;
  if (gateway && prefixLength !== undefined && prefixLength > familyBits(gateway.family)) {
    return err(invalidIn('/world/prefixLength', `\`prefixLength\` is at most ${familyBits(gateway.family)}, got ${prefixLength}`));
  }
  const keepsEnds = prefixLength !== undefined && gateway !== undefined && !allocateReserved;
  const pool = {
    addresses: mergeRanges(ranges),
    excluded: excluded.value,
    gateway,
    prefix: prefixLength ?? 0,
    allocateReserved: !keepsEnds,
  };
  return ok(new SimulatedAddresses(inClusterAddresses(pool)));
}

function usableRanges(text: string, rule: UsableRule | undefined): readonly IpRange[] | undefined {
  const cidr = parseCidr(text);
  const range = addressSpec(text);
  if (!cidr || rule === undefined) return range && [range];
  const usable = usableAddresses(rule, cidr);
  return 'ranges' in usable ? usable.ranges : undefined;
}

function servicesOf(world: Extract<AllocatorWorld, { type: 'services' }>): Result<SimulatedAllocator, Problem> {
  const cidr = cidrIn(world.cidr, '/world/cidr');
  if (!cidr.ok) return cidr;
  const range = serviceRange(cidr.value, world.allocator);
  if (!range.ok) return range;
  const taken: bigint[] = [];
  for (const [index, text] of world.taken.entries()) {
    const place = range.value.read(text);
    if (place === undefined) return err(invalidIn(`/world/taken/${index}`, `\`${text}\` is no address of that family`));
    taken.push(place);
  }
  return ok(new SimulatedBands(range.value, world, taken));
}

function cidrIn(text: string, pointer: string): Result<Cidr, Problem> {
  const cidr = parseCidr(text);
  return cidr ? ok(cidr) : err(invalidIn(pointer, `\`${text}\` is no prefix such as \`10.96.0.0/12\``));
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
