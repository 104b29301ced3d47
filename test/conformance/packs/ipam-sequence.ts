import type { Api } from '../api.js';
import { named } from './ipam-expect.js';
import { isMachine, runMachine } from './ipam-machines.js';
import { runCalicoSteps } from './ipam-calico.js';
import { runRangeSet } from './ipam-weave.js';
import { type Actual, type Earlier, type Json, type Sequence, type Step, textOf } from './ipam-vector.js';

/** How the models of the pack are called at `POST /api/v1/ipam/simulate`; the other models have no allocator there. */
const WORLDS: Readonly<Record<string, (world: Sequence['world']) => object>> = {
  'subnet-rr': (world) => ({ type: 'subnets', ...world }),
  'service-banded': ({ cidr, allocator, preexisting, hiddenCollisions, storeError }) => ({
    type: 'services',
    cidr,
    allocator,
    taken: preexisting,
    collisions: Array.isArray(hiddenCollisions) ? hiddenCollisions.length : hiddenCollisions,
    storeError,
  }),
  bitmap: (world) => ({ type: 'offsets', ...world }),
  'port-banded': (world) => ({ type: 'ports', ...world }),
  hostport: () => ({ type: 'hostPorts' }),
  'pod-cidr': ({ cidr, allowFirstLast }) => ({
    type: 'addresses',
    addresses: [cidr],
    rule: allowFirstLast === true ? 'cilium-range-first-last' : 'cilium-range',
  }),
};

const OPERATIONS: Readonly<Record<string, string>> = { create: 'status', allocateEach: 'allocate', add: 'allocate', remove: 'release' };
/** The product's codes in the pack's words. */
const CODES: Readonly<Record<string, string>> = { RANGE_MISMATCH: 'CIDR_MISMATCH' };

/** Called in process, as the packs' README allows. */
const RANGE_SET = 'range-set';
const CALICO_MODELS: ReadonlySet<string> = new Set(['calico', 'block']);

/** Whether the product simulates the model. */
export function isSimulated({ model }: Sequence): boolean {
  return model in WORLDS || CALICO_MODELS.has(model) || isMachine(model) || model === RANGE_SET;
}

/**
 * Runs the steps on a fresh allocator, one request for all of them; the product keeps no world between requests. Results are the same every time, so references to
 * earlier ones hold.
 */
export async function runSteps(api: Api, vector: Sequence, steps: readonly Step[], earlier: Earlier): Promise<readonly Actual[]> {
  if (CALICO_MODELS.has(vector.model)) return runCalicoSteps(api, vector, steps, earlier);
  if (vector.model === RANGE_SET) return runRangeSet(steps);
  if (isMachine(vector.model)) return runMachine(api, vector, steps, earlier);
  const { model, world: given } = vector;
  const world = WORLDS[model]?.(given);
  const operations = steps.map((step) => operationOf(step, earlier));
  const { status, body } = await api.send('POST', '/ipam/simulate', { world, operations });
  if (status === 400) return steps.map(() => refusal(body as Refusal));
  if (status !== 200) throw new Error(`POST /ipam/simulate: ${status} ${JSON.stringify(body).slice(0, 500)}`);
  return (body as { readonly steps: readonly Actual[] }).steps.map(({ error, ...step }) => ({
    ...step,
    error: error && { ...error, code: CODES[error.code] ?? error.code },
  }));
}

function operationOf(step: Step, earlier: Earlier): object {
  const { op, repeat, dryRun } = step;
  const snapshot = op === 'restore' ? restored(step, earlier) : undefined;
  return { op: OPERATIONS[op] ?? op, values: snapshot ? [] : valuesOf(step, earlier), repeat, dryRun, snapshot };
}

/** A snapshot, said to be of the range that the step names. */
function restored({ snapshot, cidr, first, last }: Step, earlier: Earlier): Json {
  const [taken] = named(textOf(snapshot), earlier);
  const range = cidr ?? (first === undefined ? undefined : `${textOf(first)}-${textOf(last)}`);
  return { ...(taken as { readonly [name: string]: Json }), ...(range === undefined ? {} : { range: range as string }) };
}

function valuesOf({ op, cidr, cidrs, address, addresses, offset, offsets, port, protocol, ip }: Step, earlier: Earlier): readonly Json[] {
  if (op === 'add' || op === 'remove' || op === 'check') return [{ protocol: protocol as string, ip: ip as string, port: port as number }];
  const values = [cidr, cidrs, address, addresses, offset, offsets, port].filter((value) => value !== undefined).flat() as readonly Json[];
  // `[[0, 31]]` is a list of ranges.
  const ranges = ([offsets].flat() as readonly Json[]).filter((value) => Array.isArray(value));
  if (ranges.length > 0) return ranges.map((range) => (range as readonly Json[]).map(textOf).join('-'));
  return values.flatMap((value) => (typeof value === 'string' && value.startsWith('$') ? named(value, earlier) : [value]));
}

interface Refusal {
  readonly detail: string;
  readonly errors?: readonly { readonly code: string }[];
}

/** The allocator cannot be made: every step fails so. */
function refusal({ detail, errors }: Refusal): Actual {
  const tooBig = detail.includes('2^16');
  const code = tooBig ? 'SUBNET_TOO_BIG' : errors?.[0]?.code === 'too-large' ? 'TOO_LARGE' : 'INVALID_REQUEST';
  return { results: [], error: { code, message: detail } };
}
