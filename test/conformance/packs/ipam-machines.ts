import type { Api } from '../api.js';
import { type Answered, each, type Machine } from './ipam-machine.js';
import { WEAVE_MACHINE } from './ipam-weave.js';
import type { Actual, Earlier, Sequence, Step } from './ipam-vector.js';

const PREFIX_MACHINE: Machine = {
  path: 'prefix',
  world: (world) => world,
  operations: (step) => each(step, ({ op, ...rest }) => ({ ...rest, op: op === 'listFree' ? 'free' : op })),
  view: ({ op }, answers) => ({ members: { status: statusOf(op, answers.at(-1)?.error?.code) } }),
};

const lbPools = (pools: unknown): readonly object[] =>
  (pools as readonly Record<string, unknown>[]).map(({ cidrs, allocateTo, ...pool }) => ({
    ...pool,
    addresses: cidrs,
    serviceAllocation: allocateTo,
  }));

const LB_MACHINE: Machine = {
  path: 'load-balancers',
  world: ({ pools }) => ({ pools: lbPools(pools) }),
  operations: (step) =>
    each(step, ({ op, family, pools, a: _a, b: _b, ...rest }) => {
      if (op === 'setPools') return { op, pools: lbPools(pools) };
      if (op === 'allocate') return { op, ...rest, families: FAMILIES[String(family)] };
      return { op, ...rest };
    }).flatMap((operation) =>
      step.op === 'sameAddress' ? [step.a, step.b].map((service) => ({ op: 'addressesOf', service })) : [operation],
    ),
  view: ({ op }, [first, second]) =>
    op === 'sameAddress'
      ? { results: [JSON.stringify(first?.results) === JSON.stringify(second?.results)] }
      : op === 'setPools'
        ? { results: [] }
        : {},
};

const FAMILIES: Readonly<Record<string, readonly number[]>> = { IPv4: [4], IPv6: [6], DualStack: [4, 6] };

const FAMILY: Readonly<Record<string, number>> = { IPv4: 4, IPv6: 6, ipv4: 4, ipv6: 6, v4: 4, v6: 6, 4: 4, 6: 6 };

/** `{pool: value}` as a list. */
const entries = <Value>(of: unknown, item: (pool: string, value: Value) => object): readonly object[] =>
  Object.entries(of as Record<string, Value>).map(([pool, value]) => item(pool, value));

const CILIUM_MACHINE: Machine = {
  path: 'cilium-pools',
  world: () => ({}),
  operations: (step) =>
    each(step, ({ op, v4, v4Mask, v6, v6Mask, pool, requested, allocated, ...rest }) => {
      if (op === 'upsertPool')
        return { op, ...rest, cidrs: [v4, v6].flat(), maskSize4: v4Mask ?? undefined, maskSize6: v6Mask ?? undefined };
      if (op === 'poolHas') return { op, ...rest, name: pool };
      if (op !== 'allocateToNode') return { op, ...rest };
      return {
        op,
        ...rest,
        requested: entries<readonly number[]>(requested, (name, [ipv4, ipv6]) => ({ pool: name, ipv4, ipv6 })),
        allocated: entries<readonly string[]>(allocated, (name, cidrs) => ({ pool: name, cidrs })),
      };
    }),
};

/** Wishes of Cilium's agents. */
const PENDING_MACHINE: Machine = {
  path: 'cilium-pools',
  world: ({ ttlSeconds }) => ({ pendingTtlSeconds: ttlSeconds }),
  operations: (step) => each(step, ({ family, ...rest }) => (family === undefined ? rest : { ...rest, family: FAMILY[family as string] })),
};

/** NetBox's VLAN ids and AS numbers. */
const NUMBER_MACHINE: Machine = { ...PREFIX_MACHINE, path: 'numbers', operations: (step) => each(step, (rest) => rest) };

const MACHINES: Readonly<Record<string, Machine>> = {
  'host-local': {
    path: 'host-local',
    world: ({ ranges, reserved, lastReserved }) => ({
      rangeSets: [ranges],
      reserved,
      lastReserved: lastReserved === undefined ? [] : [lastReserved],
    }),
    operations: (step, _, index) =>
      each(step, ({ id, ...rest }, run) => ({
        ...rest,
        ...(id === '$n' ? { id: `step-${index}-${run}` } : id === undefined ? {} : { id }),
      })),
  },
  lb: LB_MACHINE,
  'pod-pools': CILIUM_MACHINE,
  'pending-demand': PENDING_MACHINE,
  'number-api': NUMBER_MACHINE,
  'prefix-api': PREFIX_MACHINE,
  'range-api': PREFIX_MACHINE,
  space: WEAVE_MACHINE,
};

/** Whether a model is asked of a simulated allocator here. */
export function isMachine(model: string): boolean {
  return model in MACHINES;
}

/** Runs all steps in one request; a step that the product refuses to read is left out of it. */
export async function runMachine(
  api: Api,
  { model, world }: Sequence,
  steps: readonly Step[],
  earlier: Earlier,
): Promise<readonly Actual[]> {
  const machine = MACHINES[model] as Machine;
  const lists = steps.map((step, index) => machine.operations(step, earlier, index));
  const refused = new Set<number>();
  let answers: readonly Answered[] | number = -1;
  while (typeof answers === 'number') {
    if (answers >= 0) refused.add(answers);
    const operations = lists.filter((_, index) => !refused.has(index));
    answers = await ask(api, machine.path, { world: machine.world(world), operations: operations.flat() }, (at) =>
      stepAt(lists, refused, at),
    );
  }
  const left = [...answers];
  return steps.map((step, index) => {
    const own = refused.has(index) ? [UNREADABLE] : left.splice(0, lists[index]?.length ?? 0);
    return { ...joined(own), ...machine.view?.(step, own, earlier, world) };
  });
}

const UNREADABLE: Answered = { results: [], error: { code: 'INVALID_REQUEST', message: '' }, failures: 1, attempts: 0, state: {} };

/** The steps, or which of them cannot be read. */
async function ask(api: Api, path: string, request: object, stepOf: (at: number) => number): Promise<readonly Answered[] | number> {
  const { status, body } = await api.send('POST', `/ipam/simulate/${path}`, request);
  if (status === 200) return (body as { readonly steps: readonly Answered[] }).steps;
  const { errors = [] } = body as { readonly errors?: readonly { readonly pointer: string }[] };
  const [, at] = /^\/operations\/(\d+)/.exec(errors[0]?.pointer ?? '') ?? [];
  if (status !== 400 || at === undefined) throw new Error(`POST /ipam/simulate/${path}: ${status} ${JSON.stringify(body).slice(0, 500)}`);
  return stepOf(Number(at));
}

/** The step that has the operation. */
function stepAt(lists: readonly (readonly object[])[], refused: ReadonlySet<number>, operation: number): number {
  let from = 0;
  return lists.findIndex((list, index) => {
    if (refused.has(index)) return false;
    from += list.length;
    return operation < from;
  });
}

function joined(answers: readonly Answered[]): Actual {
  const last = answers.at(-1);
  return {
    results: answers.flatMap(({ results }) => results),
    error: last?.error ?? null,
    failures: answers.reduce((sum, { failures }) => sum + failures, 0),
    attempts: answers.reduce((sum, { attempts }) => sum + attempts, 0),
    state: last?.state ?? {},
    members: last?.results.at(-1) as Actual['members'],
  };
}

/** The status with which an API of NetBox's shape answers. */
function statusOf(op: string, code: string | undefined): number {
  if (code === undefined) return op.startsWith('allocate') ? 201 : 200;
  return code === 'POOL_EXHAUSTED' ? 409 : 400;
}
