import type { Api } from '../api.js';
import { parseCidr, cidrContains } from '../../../src/core/net/cidr.js';
import { parseIp } from '../../../src/core/net/ip.js';
import { named } from './ipam-expect.js';
import { type Actual, type Earlier, type Json, type Sequence, type Step, textOf } from './ipam-vector.js';

type Members = { readonly [name: string]: Json | undefined };
/** A step as the product answers it. */
interface Answered {
  readonly results: readonly Json[];
  readonly error: Actual['error'];
  readonly state: Members;
}

/** Runs the steps of the models `calico` and `block` at `POST /api/v1/ipam/simulate/calico…`, all in one request. */
export async function runCalicoSteps(
  api: Api,
  { model, world }: Sequence,
  steps: readonly Step[],
  earlier: Earlier,
): Promise<readonly Actual[]> {
  const [path, begin] = model === 'block' ? ['calico-block', world] : ['calico', calicoWorld(world)];
  const operations: object[] = [];
  for (const [index, step] of steps.entries()) {
    const blocks = JSON.stringify(step).includes('$blocks') ? await blocksAfter(api, { path, world: begin, operations }) : [];
    operations[index] = model === 'block' ? blockOperation(step) : calicoOperation(step, new Map([...earlier, ['blocks', blocks]]));
  }
  const answers = await ask(api, { path, world: begin, operations });
  return answers.map((answer, index) => actualOf(steps[index] as Step, answer, earlier));
}

interface Question {
  readonly path: string;
  readonly world: object;
  readonly operations: readonly object[];
}

async function ask(api: Api, { path, world, operations }: Question): Promise<readonly Answered[]> {
  const { status, body } = await api.send('POST', `/ipam/simulate/${path}`, { world, operations });
  if (status !== 200) throw new Error(`POST /ipam/simulate/${path}: ${status} ${JSON.stringify(body).slice(0, 500)}`);
  return (body as { readonly steps: readonly Answered[] }).steps;
}

async function blocksAfter(api: Api, question: Question): Promise<readonly Json[]> {
  const answers = await ask(api, { ...question, operations: [...question.operations, { op: 'blocks' }] });
  return (answers.at(-1)?.results ?? []).map((block) => (block as Members).cidr ?? null);
}

function calicoWorld({ pools, nodes, config, reservations }: Sequence['world']): object {
  return { pools, nodes, config, reservations };
}

function argumentsOf(step: Step): Record<string, unknown> {
  const { expect: _expect, as: _as, note: _note, ...rest } = step;
  return rest;
}

function calicoOperation(step: Step, earlier: Earlier): object {
  const { ips, items, block, ...rest } = argumentsOf(step);
  switch (step.op) {
    case 'release':
      return {
        ...rest,
        items: ips === undefined ? (items as Json[]).map((item) => released(item, earlier)) : listed(ips, earlier).map((ip) => ({ ip })),
      };
    case 'releaseAffinity':
      return { ...rest, block: listed(block, earlier)[0] };
    case 'affineBlocks':
      return { op: 'blocks', node: rest.node };
    case 'usage':
    case 'differentBlocks':
      return { op: 'blocks' };
    default:
      return rest;
  }
}

function blockOperation(step: Step): object {
  const { n, ...rest } = argumentsOf(step);
  return n === undefined ? rest : { ...rest, count: n };
}

/** An item of a release, with what it refers to. */
function released(item: Json, earlier: Earlier): Json {
  if (typeof item === 'string') return { ip: listed(item, earlier)[0] ?? null };
  const { ip, sequence, ...rest } = item as Members;
  return { ...rest, ip: listed(ip, earlier)[0] ?? null, ...(sequence === undefined ? {} : { sequence: sequenceOf(sequence, earlier) }) };
}

function sequenceOf(sequence: Json, earlier: Earlier): string {
  const [, reference = '', more = '0'] = /^(\$[^+]+?)(?:\+(\d+))?$/.exec(textOf(sequence)) ?? [];
  return reference === '' ? textOf(sequence) : String(BigInt(textOf(named(reference, earlier)[0])) + BigInt(more));
}

function listed(value: unknown, earlier: Earlier): readonly Json[] {
  return ([value].flat() as readonly Json[]).flatMap((one) =>
    typeof one === 'string' && one.startsWith('$') ? named(one, earlier) : [one],
  );
}

function actualOf(step: Step, { results, error, state }: Answered, earlier: Earlier): Actual {
  const base = { error, state: withTail(step, state) };
  switch (step.op) {
    case 'autoAssign':
      return { ...base, ...families(results as readonly Members[]) };
    case 'assign':
      return { ...base, results: members(results, 'address'), named: { sequence: members(results, 'sequence') } };
    case 'blocks':
    case 'affineBlocks':
      return { ...base, results: members(results, 'cidr') };
    case 'differentBlocks': {
      const [a, b] = [step.a, step.b].map((reference) => blockOf(named(textOf(reference), earlier)[0], results as readonly Members[]));
      return { ...base, results: [a !== b] };
    }
    default:
      return { ...base, results, members: results.at(-1) as Members | undefined };
  }
}

function families(results: readonly Members[]): Pick<Actual, 'results' | 'families' | 'named'> {
  const of = (name: 'ipv4' | 'ipv6') =>
    results.map((result) => (result[name] ?? { addresses: [], messages: [], sequences: [] }) as Members);
  const [v4, v6] = [of('ipv4'), of('ipv6')];
  const all = (runs: readonly Members[], name: string) => runs.flatMap((run) => (run[name] ?? []) as readonly Json[]);
  return {
    results: [...all(v4, 'addresses'), ...all(v6, 'addresses')],
    families: { v4, v6 },
    named: {
      v4: all(v4, 'addresses'),
      v6: all(v6, 'addresses'),
      sequence: [...all(v4, 'sequences'), ...all(v6, 'sequences')],
    },
  };
}

function members(results: readonly Json[], name: string): readonly Json[] {
  return results.map((result) => (result as Members)[name] ?? null);
}

function blockOf(address: Json | undefined, blocks: readonly Members[]): string | undefined {
  const ip = parseIp(textOf(address));
  return blocks
    .map(({ cidr }) => textOf(cidr))
    .find((text) => ip && cidrContains(parseCidr(text) ?? { family: 4, base: 0n, prefix: 32 }, ip));
}

/** The pack asks for the last ordinals of the queue, as a set. */
function withTail({ expect: { state: expected } }: Step, { queue, ...state }: Members): NonNullable<Actual['state']> {
  const tail = expected?.queueTail;
  const given = state as NonNullable<Actual['state']>;
  if (!Array.isArray(tail) || !Array.isArray(queue)) return given;
  const last = new Set(queue.slice(-tail.length));
  return { ...given, queueTail: tail.every((ordinal: Json) => last.has(ordinal)) ? tail : [...last] };
}
