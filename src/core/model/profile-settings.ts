import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { type Problem, type ProblemDetail, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkProfile } from './network-profile.js';
import { isProfileField, PROFILE_FIELD_NAMES, PROFILE_FIELDS } from './internal/profile/profile-fields.js';
import type { SettingKind } from './internal/profile/setting-kind.js';

/**
 * What a user sets of a cluster's network profile: plain JSON, nested as {@link NetworkProfile} is, every member optional, CIDRs and addresses as
 * text, families as `IPv4` and `IPv6`. A member that is null or missing is detected; `dns.hostResolvConf: null` alone says something by itself.
 */
export type ProfileSettings = JsonObject;

/** Nothing is set. */
export const NO_SETTINGS: ProfileSettings = {};

/** `policy`, `policy.cilium`. */
const GROUPS: ReadonlySet<string> = new Set(
  PROFILE_FIELD_NAMES.flatMap((field) => {
    const names = field.split('.');
    return names.slice(1).map((_, index) => names.slice(0, index + 1).join('.'));
  }),
);

/**
 * Checks settings and brings them into canonical text. All that is wrong is reported at once, with pointers below `pointer` (the place of the
 * settings in the request, such as `/profile`). Problem kind: `invalid-profile`.
 */
export function parseProfileSettings(json: unknown, pointer = ''): Result<ProfileSettings, Problem> {
  if (!isJsonObject(json))
    return err(problem('invalid-profile', 'a network profile is an object', { errors: [detail(pointer, 'an object')] }));
  const errors: ProblemDetail[] = [];
  const settings = readGroup(json, '', pointer, errors);
  const count = errors.length;
  if (count === 0) return ok(settings);
  const first = errors[0];
  const message = `the network profile has ${count === 1 ? 'an error' : `${count} errors`}: ${first?.message ?? ''}`;
  return err(problem('invalid-profile', message, { errors, ...(first?.hint === undefined ? {} : { hint: first.hint }) }));
}

/** A profile in the spelling in which it is set, every field of it; null where nothing is known. */
export function profileJson(profile: NetworkProfile, prefix = ''): JsonObject {
  return Object.fromEntries(
    membersOf(prefix).map((name): readonly [string, Json] => {
      const path = `${prefix}${name}`;
      if (!isProfileField(path)) return [name, profileJson(profile, `${path}.`)];
      const kind: SettingKind<unknown> = PROFILE_FIELDS[path];
      const value = valueAt(profile, path);
      return [name, value === undefined || value === null ? null : kind.write(value)];
    }),
  );
}

/** The names of fields and groups directly below a group; `prefix` ends with a dot. */
function membersOf(prefix: string): readonly string[] {
  const below = PROFILE_FIELD_NAMES.filter((field) => field.startsWith(prefix));
  return [...new Set(below.map((field) => field.slice(prefix.length).split('.')[0] ?? ''))];
}

/** What stands at a dotted path; undefined where nothing does. */
export function valueAt(group: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), group);
}

function readGroup(group: JsonObject, prefix: string, pointer: string, errors: ProblemDetail[]): JsonObject {
  const entries = Object.keys(group).flatMap((name): readonly [string, Json][] => {
    const value = group[name];
    const path = `${prefix}${name}`;
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const saysNothing = value === undefined || (value === null && path !== 'dns.hostResolvConf');
    if (isProfileField(path)) return saysNothing ? [] : readField(name, PROFILE_FIELDS[path], value ?? null, at, errors);
    if (GROUPS.has(path)) return saysNothing ? [] : readNested(name, { value, path }, at, errors);
    errors.push(unknownField(name, prefix, at));
    return [];
  });
  return Object.fromEntries(entries);
}

function readNested(
  name: string,
  { value, path }: { readonly value: Json; readonly path: string },
  at: string,
  errors: ProblemDetail[],
): readonly [string, Json][] {
  if (isJsonObject(value)) return [[name, readGroup(value, `${path}.`, at, errors)]];
  errors.push(detail(at, 'an object', name));
  return [];
}

function readField(name: string, kind: SettingKind<unknown>, value: Json, at: string, errors: ProblemDetail[]): readonly [string, Json][] {
  const read = kind.read(value);
  if (read !== undefined) return [[name, kind.write(read)]];
  const fault = kind.fault?.(value);
  const hint = fault ? fault.hint : typeof value === 'string' ? didYouMeanHint(value, kind.allowed ?? []) : undefined;
  const said = fault
    ? { pointer: at + fault.pointer, code: 'invalid-value', message: `\`${name}\`: ${fault.message}` }
    : detail(at, kind.expected, name);
  errors.push({ ...said, ...(hint === undefined ? {} : { hint }) });
  return [];
}

function unknownField(name: string, prefix: string, at: string): ProblemDetail {
  const hint = didYouMeanHint(name, membersOf(prefix));
  const message = `\`${prefix}${name}\` is no field of the network profile`;
  return { pointer: at, code: 'unknown-field', message, ...(hint === undefined ? {} : { hint }) };
}

function detail(pointer: string, expected: string, name = 'profile'): ProblemDetail {
  return { pointer, code: 'invalid-value', message: `\`${name}\`: expected ${expected}` };
}
