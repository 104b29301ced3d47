import { err, ok, type Result } from '../../kernel/result.js';
import type { DnsRecord } from '../dns-record.js';
import { secondsOf } from './seconds.js';
import { zoneRecordData } from './zone-record-data.js';
import { type ZoneEntry, type ZoneWord, zoneEntries } from './zone-entries.js';

/** What a master file says of one zone. Names are absolute and in lower case. */
export interface Zone {
  readonly origin: string;
  readonly soa: DnsRecord;
  /** The name servers of the zone itself. */
  readonly nameServers: readonly DnsRecord[];
  /** Records by owner, without the SOA and the name servers of the zone itself. */
  readonly records: ReadonlyMap<string, readonly DnsRecord[]>;
  /** Owners that have records of further types, which are not modelled. */
  readonly others: ReadonlySet<string>;
  /** Names of the zone that have no records, and some below them. */
  readonly nonTerminals: ReadonlySet<string>;
}

/** Why a zone could not be read, with the line. */
export interface ZoneFault {
  readonly message: string;
  /** CoreDNS can read it; what it says is not known here. */
  readonly isValid: boolean;
}

/** Reads what `$INCLUDE` names, or says why it cannot. */
export type ZoneFiles = (path: string) => Result<string, string>;

/** A file may include others so deep (miekg/dns `scan.go` maxIncludeDepth). */
const MAX_DEPTH = 7;
const MAX_ENTRIES = 200_000;
const CLASSES = new Set(['IN', 'CH', 'CS', 'HS']);
/** Types that no master file of CoreDNS may hold (coredns `plugin/file/zone.go` Insert). */
const REFUSED = new Set(['NSEC3', 'NSEC3PARAM']);

/** What carries on from entry to entry. */
interface State {
  origin: string;
  owner: string | undefined;
  /** `$TTL` (RFC 2308 section 4). */
  defaultTtl: number | undefined;
  /** The last that was written. */
  lastTtl: number | undefined;
}

interface Draft {
  soa: DnsRecord | undefined;
  readonly nameServers: DnsRecord[];
  readonly records: Map<string, DnsRecord[]>;
  readonly others: Set<string>;
  count: number;
  isBeyondUs: boolean;
}

/**
 * Reads a master file (RFC 1035 section 5, RFC 2308 section 4) for one zone, as coredns `plugin/file/{file,zone}.go` does: `$ORIGIN`, `$TTL`, `$INCLUDE`, records in any
 * order. `$GENERATE` is not read.
 */
export function parseZone(text: string, origin: string, files: ZoneFiles): Result<Zone, ZoneFault> {
  const draft: Draft = { soa: undefined, nameServers: [], records: new Map(), others: new Set(), count: 0, isBeyondUs: false };
  const state: State = { origin, owner: undefined, defaultTtl: undefined, lastTtl: undefined };
  const error = readFile(text, { zone: origin, draft, files }, state, 0);
  if (error !== undefined) return err({ message: error, isValid: draft.isBeyondUs });
  const { soa, nameServers, records, others } = draft;
  if (!soa) return err({ message: `it has no SOA record for \`${origin}\``, isValid: false });
  return ok({ origin, soa, nameServers, records, others, nonTerminals: nonTerminalsOf(records.keys(), origin) });
}

/** What a zone is read into. */
interface Reading {
  readonly zone: string;
  readonly draft: Draft;
  readonly files: ZoneFiles;
}

function readFile(text: string, reading: Reading, state: State, depth: number): string | undefined {
  for (const entry of zoneEntries(text)) {
    if (!entry) return 'a quote or a parenthesis is not closed';
    const error = readEntry(entry, reading, state, depth);
    if (error !== undefined) return `line ${entry.line}: ${error}`;
  }
  return undefined;
}

function readEntry(entry: ZoneEntry, reading: Reading, state: State, depth: number): string | undefined {
  if (++reading.draft.count > MAX_ENTRIES) {
    reading.draft.isBeyondUs = true;
    return `the zone has more than ${MAX_ENTRIES} entries`;
  }
  const [first, second] = entry.words;
  const control = entry.indented || first?.quoted === true ? '' : (first?.text.toUpperCase() ?? '');
  switch (control) {
    case '$ORIGIN': {
      const name = nameIn(second?.text ?? '', state.origin);
      if (!name.ok) return name.error;
      state.origin = name.value;
      return undefined;
    }
    case '$TTL':
      state.defaultTtl = secondsOf(second?.text ?? '');
      return state.defaultTtl === undefined ? `\`${second?.text ?? ''}\` is no time` : undefined;
    case '$INCLUDE':
      return include(entry.words.slice(1), reading, state, depth);
    case '$GENERATE':
      reading.draft.isBeyondUs = true;
      return '`$GENERATE` is not modelled';
    default:
      return readRecord(entry, reading, state);
  }
}

/** What is included changes nothing of what follows. */
function include([file, origin]: readonly ZoneWord[], reading: Reading, state: State, depth: number): string | undefined {
  const path = file?.text ?? '';
  const text = reading.files(path);
  if (!text.ok) {
    reading.draft.isBeyondUs = true;
    return text.error;
  }
  if (depth >= MAX_DEPTH) return `files include one another more than ${MAX_DEPTH} deep`;
  const name = nameIn(origin?.text ?? '@', state.origin);
  if (!name.ok) return name.error;
  const error = readFile(text.value, reading, { ...state, origin: name.value }, depth + 1);
  return error === undefined ? undefined : `in \`${path}\`, ${error}`;
}

function readRecord({ words, indented }: ZoneEntry, { zone, draft }: Reading, state: State): string | undefined {
  const [first, ...rest] = words;
  if (!indented) {
    const owner = nameIn(first?.text ?? '', state.origin);
    if (!owner.ok) return owner.error;
    state.owner = owner.value.toLowerCase();
  }
  const { owner } = state;
  if (owner === undefined) return 'no name stands before the first record';
  const { ttl, type, data } = headOf(indented ? words : rest);
  if (type === undefined) return 'it has no type';
  if (REFUSED.has(type)) return `\`${type}\` is refused: a zone with NSEC3 cannot be served`;
  const value = zoneRecordData(type, data, (name) => nameIn(name, state.origin));
  if (value && !value.ok) return value.error;
  state.lastTtl = ttl ?? state.lastTtl;
  if (!value) return keepOther(draft, owner);
  const time = ttl ?? state.defaultTtl ?? state.lastTtl ?? (value.value.type === 'SOA' ? minimumOf(value.value.data) : undefined);
  if (time === undefined) return 'it has no TTL, and none stands before it';
  state.lastTtl ??= time;
  keep(draft, zone, { name: owner, ttl: time, ...value.value });
  return undefined;
}

function keepOther({ records, others }: Draft, owner: string): undefined {
  others.add(owner);
  if (!records.has(owner)) records.set(owner, []);
}

function keep(draft: Draft, zone: string, record: DnsRecord): void {
  if (record.type === 'SOA') draft.soa = record;
  else if (record.type === 'NS' && record.name === zone) draft.nameServers.push(record);
  else {
    const known = draft.records.get(record.name);
    if (known) known.push(record);
    else draft.records.set(record.name, [record]);
  }
}

/** `[TTL] [class] TYPE data…`, the first two in either order. */
function headOf(words: readonly ZoneWord[]): { ttl: number | undefined; type: string | undefined; data: readonly ZoneWord[] } {
  let ttl: number | undefined;
  let at = 0;
  for (; at < 2; at++) {
    const text = words[at]?.text.toUpperCase() ?? '';
    const seconds = /^\d/.test(text) ? secondsOf(text) : undefined;
    if (seconds === undefined && !CLASSES.has(text)) break;
    ttl ??= seconds;
  }
  return { ttl, type: words[at]?.text.toUpperCase(), data: words.slice(at + 1) };
}

function minimumOf(soa: string): number {
  return Number(soa.slice(soa.lastIndexOf(' ') + 1));
}

/** Longest name with its final dot (RFC 1035 section 2.3.4). */
const MAX_NAME = 254;
/** Labels of printable ASCII, without escapes; `0/25` and `_tcp` are such (RFC 2317, RFC 2782). */
const LABELS = /^(?:[!--/-[\]-~]{1,63}\.)+$|^\.$/;

/** A name of a master file, absolute: `@` is the origin, what has no final dot lies below it. */
function nameIn(text: string, origin: string): Result<string, string> {
  const name = text === '@' ? origin : text.endsWith('.') ? text : `${text}.${origin === '.' ? '' : origin}`;
  if (text === '' || name.length > MAX_NAME || !LABELS.test(name)) return err(`\`${text.slice(0, 80)}\` is no name that can be read here`);
  return ok(name);
}

function nonTerminalsOf(owners: Iterable<string>, origin: string): ReadonlySet<string> {
  const found = new Set<string>();
  const known = new Set(owners);
  for (const owner of known) {
    let name = owner;
    while (name !== origin && name !== '.') {
      name = parentOf(name);
      if (found.has(name)) break;
      if (!known.has(name)) found.add(name);
    }
  }
  return found;
}

/** The name without its first label. */
export function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 || dot === name.length - 1 ? '.' : name.slice(dot + 1);
}
