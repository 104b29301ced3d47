import { IP_PROTOCOLS } from '../../net/ip-protocol.js';
import type { IpFamily } from '../../net/ip.js';
import type { CalicoAction, CalicoEntity, CalicoRule, IcmpMatch } from '../calico-policy.js';
import { readCalicoEntity } from './read-calico-entity.js';
import { readCalicoHttp } from './read-calico-http.js';
import { readIpProtocol } from './read-ip-protocol.js';
import type { ObjectReader } from './object-reader.js';

type Direction = 'ingress' | 'egress';

const FIELDS: ReadonlySet<string> = new Set([
  'action',
  'destination',
  'http',
  'icmp',
  'ipVersion',
  'metadata',
  'notICMP',
  'notProtocol',
  'protocol',
  'source',
]);
const ICMP_FIELDS: ReadonlySet<string> = new Set(['type', 'code']);
const ACTIONS: readonly CalicoAction[] = ['Allow', 'Deny', 'Log', 'Pass'];
/** "Limited to 1024 rules per policy" and direction. */
const MOST_RULES = 1024;
const WITH_PORTS: ReadonlySet<number | undefined> = new Set([IP_PROTOCOLS.TCP, IP_PROTOCOLS.UDP, IP_PROTOCOLS.SCTP]);
/** The only family whose packets carry the protocol. */
const FAMILY_OF: ReadonlyMap<number | undefined, IpFamily> = new Map([
  [IP_PROTOCOLS.ICMP, 4],
  [IP_PROTOCOLS.ICMPv6, 6],
]);

/** Where a rule stands. */
export interface RulePlace {
  readonly direction: Direction;
  /** Of the policy; undefined for a global one. */
  readonly namespace: string | undefined;
}

/** Reads the rules of one direction. A list that is none stands as one rule that denies everything. */
export function readCalicoRules(spec: ObjectReader, place: RulePlace): readonly CalicoRule[] {
  const { direction } = place;
  const before = spec.findings.errors;
  const readers = spec.objects(direction);
  const broken = spec.findings.errors > before;
  if (readers.length > MOST_RULES) {
    spec.error('too-many', direction, `at most ${MOST_RULES} rules are allowed in one direction, there are ${readers.length}`);
  }
  const rules = readers.map((rule) => readRule(rule, place));
  return broken ? [...rules, unreadable(spec.empty(direction), place)] : rules;
}

function unreadable(reader: ObjectReader, { namespace }: RulePlace): CalicoRule {
  const entity = (field: 'source' | 'destination') => readCalicoEntity(reader, field, namespace);
  return {
    pointer: reader.pointer,
    action: 'Deny',
    ipVersion: undefined,
    protocol: undefined,
    notProtocol: undefined,
    icmp: undefined,
    notIcmp: undefined,
    source: entity('source'),
    destination: entity('destination'),
    http: undefined,
    failsClosed: true,
  };
}

/** Reads one rule. What the CRD and Calico's validation (`libcalico-go/lib/validator/v3`) refuse is an error, and the rule fails closed. */
function readRule(reader: ObjectReader, { direction, namespace }: RulePlace): CalicoRule {
  reader.expectOnly(FIELDS);
  const before = reader.findings.errors;
  const action = readAction(reader);
  const [protocol, notProtocol] = [readIpProtocol(reader, 'protocol'), readIpProtocol(reader, 'notProtocol')];
  const rule = {
    pointer: reader.pointer,
    action,
    ipVersion: readIpVersion(reader),
    protocol,
    notProtocol,
    icmp: readIcmp(reader, 'icmp'),
    notIcmp: readIcmp(reader, 'notICMP'),
    source: readCalicoEntity(reader, 'source', namespace),
    destination: readCalicoEntity(reader, 'destination', namespace),
    http: readCalicoHttp(reader),
  };
  checkProtocol(reader, rule);
  checkServices(reader, rule, direction);
  checkHttp(reader, rule, direction);
  checkFamilies(reader, rule);
  return { ...rule, failsClosed: reader.findings.errors > before };
}

/** An action that is none denies: the rule was written to decide something, and must not open anything. */
function readAction(reader: ObjectReader): CalicoAction {
  if (!reader.has('action')) reader.error('missing-field', 'action', `a rule needs an action: ${ACTIONS.join(', ')}`);
  return reader.oneOf('action', ACTIONS) ?? 'Deny';
}

function readIpVersion(reader: ObjectReader): IpFamily | undefined {
  const version = reader.integer('ipVersion', 4, 6);
  if (version === 5) reader.error('invalid-value', 'ipVersion', 'an IP version is 4 or 6, not `5`');
  return version === 4 || version === 6 ? version : undefined;
}

function readIcmp(reader: ObjectReader, field: 'icmp' | 'notICMP'): IcmpMatch | undefined {
  const icmp = reader.object(field);
  if (!icmp) return undefined;
  icmp.expectOnly(ICMP_FIELDS);
  const [type, code] = [icmp.integer('type', 0, 254), icmp.integer('code', 0, 255)];
  if (icmp.has('code') && !icmp.has('type')) icmp.error('missing-field', 'type', 'a code is that of a type, which is missing');
  return { type, code };
}

type RuleBody = Omit<CalicoRule, 'failsClosed'>;

function checkProtocol(reader: ObjectReader, rule: RuleBody): void {
  const { protocol, notProtocol, ipVersion } = rule;
  const sides = { source: rule.source, destination: rule.destination };
  for (const [side, entity] of Object.entries(sides)) {
    for (const field of ['ports', 'notPorts'] as const) {
      if (entity[field].length === 0 || WITH_PORTS.has(protocol)) continue;
      const message = `\`${field}\` need the rule's protocol to be TCP, UDP or SCTP`;
      reader.findings.report('error', 'missing-field', `${reader.at(side)}/${field}`, message);
    }
  }
  const icmp = protocol === IP_PROTOCOLS.ICMP || protocol === IP_PROTOCOLS.ICMPv6;
  if (rule.icmp && !icmp) reader.error('invalid-value', 'icmp', "`icmp` needs the rule's protocol to be ICMP or ICMPv6");
  if (rule.notIcmp && !icmp)
    reader.warn('invalid-value', 'notICMP', "`notICMP` goes with the protocol ICMP or ICMPv6; the rule's is another");
  for (const [field, number] of [
    ['protocol', protocol],
    ['notProtocol', notProtocol],
  ] as const) {
    const family = FAMILY_OF.get(number);
    if (family === undefined || ipVersion === undefined || family === ipVersion) continue;
    reader.error('invalid-value', 'ipVersion', `the rule's \`${field}\` is one of IPv${family}, its ipVersion is ${ipVersion}`);
  }
}

/** "Ports and NotPorts can only be specified with Services on ingress rules." */
function checkServices(reader: ObjectReader, { source, destination }: RuleBody, direction: Direction): void {
  const refused = direction === 'ingress' ? 'destination' : 'source';
  const entity = direction === 'ingress' ? destination : source;
  const pointer = `${reader.at(refused)}/services`;
  if (entity.service)
    reader.findings.report('error', 'invalid-value', pointer, `\`services\` is not allowed at the ${refused} of an ${direction} rule`);
  for (const field of ['ports', 'notPorts'] as const) {
    if (!destination.service || destination[field].length === 0) continue;
    const message = `\`${field}\` must not stand beside \`services\`: the ports are those of the Service's endpoints`;
    reader.findings.report('error', 'invalid-value', `${reader.at('destination')}/${field}`, message);
  }
}

function checkHttp(reader: ObjectReader, { action, protocol }: RuleBody, direction: Direction): void {
  if (!reader.has('http')) return;
  if (action !== 'Allow') reader.error('invalid-value', 'http', `\`http\` goes with the action Allow only, not with ${action}`);
  if (direction === 'egress') reader.error('invalid-value', 'http', '`http` goes with ingress rules only');
  if (protocol !== undefined && protocol !== IP_PROTOCOLS.TCP) {
    reader.error('invalid-value', 'http', "`http` needs the rule's protocol to be TCP, or none");
  }
}

/** Validation refuses a rule with networks of both families, or of another family than its ipVersion; in what is enforced each family is matched for itself. */
function checkFamilies(reader: ObjectReader, { ipVersion, source, destination }: RuleBody): void {
  const families = new Set(netsOf(source, destination).map(({ family }) => family));
  if (families.size > 1) {
    reader.warn(
      'invalid-value',
      'source',
      'the rule names networks of IPv4 and of IPv6, which validation refuses: write one rule for each family',
    );
  } else if (ipVersion !== undefined && families.size === 1 && !families.has(ipVersion)) {
    reader.error('invalid-value', 'ipVersion', `the rule's networks are not of IPv${ipVersion}`);
  }
}

function netsOf(...entities: readonly CalicoEntity[]) {
  return entities.flatMap(({ nets, notNets }) => [...nets, ...notNets]);
}
