import type { ObjectReader } from './object-reader.js';

/** A rule that compares fields of `spec` with one another (`+kubebuilder:validation:XValidation`). */
type Rule = (spec: ObjectReader) => void;

/** "The total number of matches across all rules in a route must be less than 128" (`HTTPRouteSpec.Rules`, `GRPCRouteSpec.Rules`); the rule itself admits 128. */
const MOST_MATCHES = 128;

function totalOfMatches(spec: ObjectReader): void {
  const total = listOf(spec, 'rules').reduce<number>((sum, rule) => sum + lengthOf(rule, 'matches'), 0);
  if (total > MOST_MATCHES)
    spec.error('out-of-range', 'rules', `${total} matches in all rules together, and at most ${MOST_MATCHES} are allowed`);
}

/** "Combination of port, protocol and hostname must be unique for each listener" (`GatewaySpec.Listeners`). */
function listenersApart(spec: ObjectReader): void {
  const first = new Map<string, number>();
  for (const [index, listener] of listOf(spec, 'listeners').entries()) {
    const key = keyOf(listener, ['port', 'protocol', 'hostname']);
    const other = first.get(key);
    if (other === undefined) first.set(key, index);
    else spec.elementError('duplicate', 'listeners', index, `listener ${other} has the same port, protocol and hostname`);
  }
}

/** "IPAddress values must be unique", "Hostname values must be unique" (`GatewaySpec.Addresses`). */
function addressesApart(spec: ObjectReader): void {
  const seen = new Set<string>();
  for (const [index, address] of listOf(spec, 'addresses').entries()) {
    if (typeof address !== 'object' || address === null || !('value' in address)) continue;
    const type = valueOf(address, 'type') ?? 'IPAddress';
    if (type !== 'IPAddress' && type !== 'Hostname') continue;
    const key = JSON.stringify([type, address.value]);
    if (seen.has(key)) spec.elementError('duplicate', 'addresses', index, 'an earlier address is the same');
    seen.add(key);
  }
}

/** Targets are distinct: another object, or another section where all that name the object name one (`BackendTLSPolicySpec.TargetRefs`). */
function targetsApart(spec: ObjectReader): void {
  const sections = new Map<string, Set<string>>();
  for (const [index, target] of listOf(spec, 'targetRefs').entries()) {
    const object = keyOf(target, ['group', 'kind', 'name']);
    const section = keyOf(target, ['sectionName']);
    const known = sections.get(object);
    if (!known) sections.set(object, new Set([section]));
    else if (known.has(section))
      spec.elementError('duplicate', 'targetRefs', index, 'an earlier target is the same, with the same `sectionName`');
    else if (section === NO_SECTION || known.has(NO_SECTION))
      spec.elementError('invalid-value', 'targetRefs', index, 'an earlier target is the same: both need a `sectionName`');
    known?.add(section);
  }
}

const NO_SECTION = keyOf({}, ['sectionName']);

function listOf(reader: ObjectReader, field: string): readonly unknown[] {
  const value = reader.raw(field);
  return Array.isArray(value) ? value : [];
}

function valueOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
}

function lengthOf(value: unknown, field: string): number {
  const list = valueOf(value, field);
  return Array.isArray(list) ? list.length : 0;
}

function keyOf(value: unknown, fields: readonly string[]): string {
  return JSON.stringify(fields.map((field) => valueOf(value, field) ?? null));
}

/** The rules of each kind, but for those that its reader checks. */
export const GATEWAY_RULES: Readonly<Record<string, readonly Rule[]>> = {
  HTTPRoute: [totalOfMatches],
  GRPCRoute: [totalOfMatches],
  Gateway: [listenersApart, addressesApart],
  ListenerSet: [listenersApart],
  BackendTLSPolicy: [targetsApart],
};
