import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { err, ok, type Result } from '../kernel/result.js';
import { formatIp, parseIp } from '../net/ip.js';
import { canonicalRangeSet, type HostLocalRangeSet, type HostLocalRangeSpec, type RangeRefusal, rangesMeet } from './host-local-range.js';

/** What a CNI configuration says of host-local. */
export interface HostLocalConfig {
  readonly rangeSets: readonly HostLocalRangeSet[];
  /** Addresses asked for, without prefix length. */
  readonly requested: readonly string[];
}

/** Why a configuration is refused, in the words of host-local. */
export interface ConfigRefusal {
  readonly code: RangeRefusal['code'] | 'INVALID_CONFIG';
  readonly message: string;
}

/** Each is compared with every other. */
const MOST_RANGES = 1000;

/**
 * Reads the network configuration of a CNI plugin with host-local: `runtimeConfig.ipRanges`, the shorthand of one `subnet`, `ranges`, in that order; and the addresses asked
 * for by the environment (`IP=…;…`), `args.cni.ips` and `runtimeConfig.ips` (containernetworking/plugins `plugins/ipam/host-local/backend/allocator/config.go`).
 */
export function readHostLocalConfig(config: JsonObject, env: string): Result<HostLocalConfig, ConfigRefusal> {
  const { ipam } = config;
  if (!isJsonObject(ipam)) return invalid("IPAM config missing 'ipam' key");
  const requested = requestedIn(config, env);
  const unread = requested.find((text) => !parseIp(text));
  if (unread !== undefined) return invalid(`cannot understand ip: ${unread}`);
  const written = setsIn(config, ipam);
  if (written.length === 0) {
    return invalid(
      `no IP ranges specified${typeof ipam.rangeFromFile === 'string' ? '; a `rangeFromFile` is a file of the node and is not read' : ''}`,
    );
  }
  if (written.flat().length > MOST_RANGES) return invalid(`at most ${MOST_RANGES} ranges are read`);
  const rangeSets: HostLocalRangeSet[] = [];
  for (const [index, specs] of written.entries()) {
    const set = canonicalRangeSet(specs);
    if (!set.ok) return err({ code: set.error.code, message: `invalid range set ${index}: ${set.error.message}` });
    rangeSets.push(set.value);
  }
  const refusal = severalOfFamily(rangeSets, config.cniVersion) ?? overlapping(rangeSets);
  return refusal ? err(refusal) : ok({ rangeSets, requested: requested.map((text) => canonical(text)) });
}

function setsIn(config: JsonObject, ipam: JsonObject): readonly (readonly HostLocalRangeSpec[])[] {
  const runtime = isJsonObject(config.runtimeConfig) ? setsOf(config.runtimeConfig.ipRanges) : [];
  const shorthand = typeof ipam.subnet === 'string' ? [[specOf(ipam)]] : [];
  return [...runtime, ...shorthand, ...setsOf(ipam.ranges)];
}

function setsOf(value: Json | undefined): readonly (readonly HostLocalRangeSpec[])[] {
  return listOf(value).map((set) => listOf(set).filter(isJsonObject).map(specOf));
}

function specOf(range: JsonObject): HostLocalRangeSpec {
  const { subnet, rangeStart, rangeEnd, gateway } = range;
  return { subnet: textOf(subnet) ?? '', rangeStart: textOf(rangeStart), rangeEnd: textOf(rangeEnd), gateway: textOf(gateway) };
}

function requestedIn({ args, runtimeConfig }: JsonObject, env: string): readonly string[] {
  const named = env.split(';').flatMap((entry) => (entry.startsWith('IP=') ? [entry.slice('IP='.length)] : []));
  const ofArgs = isJsonObject(args) && isJsonObject(args.cni) ? listOf(args.cni.ips) : [];
  const ofRuntime = isJsonObject(runtimeConfig) ? listOf(runtimeConfig.ips) : [];
  const listed = [...ofArgs, ...ofRuntime].filter((value) => typeof value === 'string');
  return [...named, ...listed].filter((text) => text !== '').map((text) => text.split('/')[0] ?? '');
}

/** "CNI spec 0.2.0 and below supported only one v4 and v6 address". */
function severalOfFamily(sets: readonly HostLocalRangeSet[], version: Json | undefined): ConfigRefusal | undefined {
  const families = sets.map((set) => set[0]?.subnet.family);
  const isSeveral = new Set(families).size < families.length;
  const text = typeof version === 'string' ? version : '';
  if (!isSeveral || !isBefore(text, [0, 3, 0])) return undefined;
  return { code: 'INVALID_CONFIG', message: `CNI version ${text} does not support more than 1 address per family` };
}

function isBefore(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const at = than.findIndex((part, index) => (parts[index] ?? 0) !== part);
  return at >= 0 && (parts[at] ?? 0) < (than[at] ?? 0);
}

/** The first two range sets that share an address, by their places; undefined where none do. */
export function setsThatMeet(sets: readonly HostLocalRangeSet[]): readonly [number, number] | undefined {
  for (const [index, set] of sets.entries()) {
    const other = sets.findIndex((one, place) => place > index && one.some((range) => set.some((own) => rangesMeet(own, range))));
    if (other >= 0) return [index, other];
  }
  return undefined;
}

/** What host-local says of them. */
export function meetText([index, other]: readonly [number, number]): string {
  return `range set ${index} overlaps with ${other}`;
}

function overlapping(sets: readonly HostLocalRangeSet[]): ConfigRefusal | undefined {
  const met = setsThatMeet(sets);
  return met && { code: 'RANGE_OVERLAP', message: meetText(met) };
}

function canonical(text: string): string {
  const ip = parseIp(text);
  return ip ? formatIp(ip) : text;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function invalid(message: string): { readonly ok: false; readonly error: ConfigRefusal } {
  return err({ code: 'INVALID_CONFIG', message });
}
