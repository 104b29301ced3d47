import { isJsonObject, type Json } from '../kernel/json.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import { type Cidr, formatCidr, parseCidr } from '../net/cidr.js';
import { familyBits } from '../net/ip.js';
import type {
  CalicoAffinity,
  CalicoBlockAffinity,
  CalicoClaim,
  CalicoIPAMBlock,
  CalicoIPAMConfig,
  CalicoIPAMHandle,
  CalicoIPReservation,
} from './calico-ipam.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readCalicoNets } from './internal/read-calico-nets.js';
import { readResource } from './internal/read-resource.js';

/** Blocks have 12 host bits at most: /20 and /116 (projectcalico/calico `libcalico-go/lib/clientv3/ippool.go`). */
const MOST_PLACES = 4096;
const AFFINITY = /^(host|virtual):(.+)$/;
/** Handles that came of host-local have a line behind them that is none of theirs (`libcalico-go/lib/ipam/ipam_block.go`, sanitizeHandle). */
const BROKEN_OFF = /\r.*$/s;
const MOST_BLOCKS = 2_147_483_647;
/** `IPCooldownSeconds`, "capped at 1200" (projectcalico/calico `design/ipam/ipam-core-library.md`, IPAMConfig; `libcalico-go/lib/ipam/garbage_collect_test.go`). */
const MOST_COOLDOWN_SECONDS = 1_200;

/** What one allocation of a block points at. */
type Attributes = Pick<CalicoClaim, 'handle' | 'node' | 'pod' | 'namespace' | 'service' | 'alternate' | 'type' | 'resting'>;

/** Reads an IPAMBlock (projectcalico/calico `api/pkg/apis/projectcalico/v3/ipamblocks.go`, `libcalico-go/lib/backend/model/block.go`). */
export function normaliseCalicoIPAMBlock(root: ObjectReader, ref: ObjectRef): CalicoIPAMBlock {
  const spec = root.object('spec') ?? root.empty('spec');
  const cidr = readCidr(spec, 'an IPAMBlock');
  const allocations = readPlaces(spec, cidr);
  return {
    ...readResource(root, ref),
    kind: 'IPAMBlock',
    cidr,
    deleted: readDeleted(spec),
    affinity: readAffinity(spec),
    claims: cidr ? readClaims(spec, cidr, allocations) : [],
    places: allocations.length,
    contradiction: contradictionIn(spec, allocations),
    queue: readQueue(spec, allocations),
  };
}

/** `unallocated`: free places, the one that comes next first. What is taken, or no place of the block, is left out. */
function readQueue(spec: ObjectReader, allocations: readonly Json[]): readonly number[] | undefined {
  const list = spec.raw('unallocated');
  if (!Array.isArray(list)) return undefined;
  const isFree = (place: Json): place is number => typeof place === 'number' && allocations[place] === null;
  return [...new Set(list.slice(0, MOST_PLACES).filter(isFree))];
}

/**
 * Calico marks what it is about to delete, and from then on finds no such object (projectcalico/calico `libcalico-go/lib/backend/k8s/resources/ipam_block.go`, DeleteKVP and Get; `block_affinity.go` and
 * `ipam_handle.go` too). That of a BlockAffinity is a text.
 */
function readDeleted(spec: ObjectReader): boolean {
  const deleted = spec.raw('deleted');
  return deleted === true || deleted === 'true';
}

/** projectcalico/calico `calicoctl/calicoctl/commands/ipam/check.go`, validateBlock; that places are listed for all addresses, and point at attributes that there are, is looked at where they are read. */
function contradictionIn(spec: ObjectReader, allocations: readonly Json[]): string | undefined {
  const attributes = spec.raw('attributes');
  const used = new Set(allocations);
  const idle = Array.isArray(attributes) ? attributes.findIndex((_, index) => !used.has(index)) : -1;
  if (idle >= 0) return `holds attributes ${idle}, at which no place points`;
  const unallocated = spec.raw('unallocated');
  if (!Array.isArray(unallocated)) return undefined;
  const seen = new Set<Json>();
  for (const place of unallocated.slice(0, MOST_PLACES + 1)) {
    if (seen.has(place)) return `lists place ${JSON.stringify(place)} twice as free`;
    seen.add(place);
    const held = typeof place === 'number' ? allocations[place] : undefined;
    if (held === undefined) return `lists place ${JSON.stringify(place)} as free, which it does not have`;
    if (held !== null) return `lists place ${JSON.stringify(place)} as free, which is taken`;
  }
  const free = allocations.filter((held) => held === null).length;
  return seen.size === free ? undefined : `lists ${seen.size} places as free, and ${free} are`;
}

function readCidr(spec: ObjectReader, what: string): Cidr | undefined {
  if (!spec.has('cidr')) spec.error('missing-field', 'cidr', `${what} needs a cidr`);
  return spec.cidr('cidr');
}

/** `host:node-1`; before there were other owners than hosts, the name alone in `hostAffinity`. */
function readAffinity(spec: ObjectReader): CalicoAffinity | undefined {
  const text = spec.filledText('affinity');
  if (text === undefined) {
    const name = spec.filledText('hostAffinity');
    return name === undefined ? undefined : { type: 'host', name };
  }
  const [, type, name] = AFFINITY.exec(text) ?? [];
  if (name !== undefined) return { type: type === 'virtual' ? 'virtual' : 'host', name };
  spec.error('invalid-value', 'affinity', `\`${text}\` is neither \`host:<node>\` nor \`virtual:<name>\``);
  return undefined;
}

/** One entry for each address: null where it is free, else the number of its attributes. */
function readPlaces(spec: ObjectReader, cidr: Cidr | undefined): readonly Json[] {
  const list = spec.raw('allocations');
  if (!Array.isArray(list)) {
    spec.error('missing-field', 'allocations', 'an IPAMBlock lists its allocations: one entry for each address, null where it is free');
    return [];
  }
  const hostBits = cidr ? familyBits(cidr.family) - cidr.prefix : 0;
  if (cidr && list.length !== 2 ** hostBits) {
    spec.error('invalid-value', 'allocations', `${formatCidr(cidr)} has ${2 ** hostBits} addresses, and ${list.length} are listed`);
  }
  return list.slice(0, Math.min(MOST_PLACES, 2 ** hostBits));
}

function readClaims(spec: ObjectReader, cidr: Cidr, allocations: readonly Json[]): readonly CalicoClaim[] {
  const attributes = spec.objects('attributes').map(readAttributes);
  return allocations.flatMap((index, ordinal): readonly CalicoClaim[] => {
    if (index === null) return [];
    const known = typeof index === 'number' ? attributes[index] : undefined;
    if (!known) {
      const message = `place ${ordinal} points at attributes ${JSON.stringify(index)}, of which there are ${attributes.length}`;
      spec.findings.report('error', 'invalid-value', `${spec.at('allocations')}/${ordinal}`, message);
    }
    const ip = { family: cidr.family, value: cidr.base + BigInt(ordinal) };
    return [{ ip, ordinal, unexplained: !known, ...(known ?? NOTHING) }];
  });
}

const NOTHING: Attributes = {
  handle: null,
  node: undefined,
  pod: undefined,
  namespace: undefined,
  service: undefined,
  alternate: undefined,
  type: undefined,
  resting: false,
};

function readAttributes(reader: ObjectReader): Attributes {
  const owner = readOwner(reader, 'secondary');
  const alternate = reader.has('alternate') ? readOwner(reader, 'alternate') : undefined;
  return {
    handle: reader.filledText('handle_id')?.replace(BROKEN_OFF, '') || null,
    node: owner('node'),
    pod: owner('pod'),
    namespace: owner('namespace'),
    service: owner('service'),
    alternate: alternate && { pod: alternate('pod'), namespace: alternate('namespace') },
    type: owner('type'),
    resting: reader.has('releasedAt'),
  };
}

/** What a map of attributes says under a key. */
function readOwner(reader: ObjectReader, field: 'secondary' | 'alternate'): (key: string) => string | undefined {
  const attributes = reader.raw(field);
  return (key) => {
    const value = attributes !== undefined && isJsonObject(attributes) ? attributes[key] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}

/** Reads a BlockAffinity (projectcalico/calico `libcalico-go/lib/apis/internalapi`, `lib/backend/model/block_affinity.go`). */
export function normaliseCalicoBlockAffinity(root: ObjectReader, ref: ObjectRef): CalicoBlockAffinity {
  const spec = root.object('spec') ?? root.empty('spec');
  const name = spec.filledText('node');
  if (name === undefined) spec.error('missing-field', 'node', 'a BlockAffinity needs a node');
  const type = spec.oneOf('type', ['host', 'virtual']) ?? 'host';
  const state = spec.oneOf('state', ['confirmed', 'pending', 'pendingDeletion']) ?? 'pending';
  return {
    ...readResource(root, ref),
    kind: 'BlockAffinity',
    cidr: readCidr(spec, 'a BlockAffinity'),
    owner: { type, name: name ?? '' },
    deleted: readDeleted(spec),
    state,
  };
}

/** Reads an IPAMHandle (projectcalico/calico `api/pkg/apis/projectcalico/v3/ipamhandle.go`). Its name is the handle, in small letters where the API wants them. */
export function normaliseCalicoIPAMHandle(root: ObjectReader, ref: ObjectRef): CalicoIPAMHandle {
  const spec = root.object('spec') ?? root.empty('spec');
  return {
    ...readResource(root, ref),
    kind: 'IPAMHandle',
    deleted: readDeleted(spec),
    handle: spec.filledText('handleID') ?? ref.name,
    counts: readCounts(spec),
  };
}

function readCounts(spec: ObjectReader): ReadonlyMap<string, number> | undefined {
  const block = spec.raw('block');
  if (block === undefined || !isJsonObject(block)) return undefined;
  const counts = new Map<string, number>();
  for (const [text, count] of Object.entries(block)) {
    const cidr = parseCidr(text);
    if (cidr && typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) counts.set(formatCidr(cidr), count);
    else spec.error('invalid-value', 'block', `\`${text}\` is not the prefix of a block with a number of addresses`);
  }
  return counts;
}

/** Reads an IPAMConfig or IPAMConfiguration (projectcalico/calico `api/pkg/apis/projectcalico/v3/ipamconfig.go`). */
export function normaliseCalicoIPAMConfig(root: ObjectReader, ref: ObjectRef): CalicoIPAMConfig {
  const spec = root.object('spec') ?? root.empty('spec');
  const config: CalicoIPAMConfig = {
    ...readResource(root, ref),
    kind: 'IPAMConfig',
    strictAffinity: spec.boolean('strictAffinity') ?? false,
    autoAllocateBlocks: spec.boolean('autoAllocateBlocks') ?? true,
    maxBlocksPerHost: spec.integer('maxBlocksPerHost', 0, MOST_BLOCKS) ?? 0,
    cooldownSeconds: spec.integer('ipCooldownSeconds', 0, MOST_COOLDOWN_SECONDS) ?? 0,
  };
  if (config.maxBlocksPerHost > 0 && !config.strictAffinity) {
    spec.error('invalid-value', 'maxBlocksPerHost', 'a limit of blocks needs `strictAffinity: true`', 'set both, or neither');
  }
  if (!config.strictAffinity && !config.autoAllocateBlocks) {
    spec.error('invalid-value', 'autoAllocateBlocks', 'nodes that claim no blocks need `strictAffinity: true`', 'set one of them to true');
  }
  return config;
}

/** Reads an IPReservation (projectcalico/calico `api/pkg/apis/projectcalico/v3/ipreservation.go`). */
export function normaliseCalicoIPReservation(root: ObjectReader, ref: ObjectRef): CalicoIPReservation {
  const spec = root.object('spec') ?? root.empty('spec');
  return { ...readResource(root, ref), kind: 'IPReservation', cidrs: readCalicoNets(spec, 'reservedCIDRs') };
}
