import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { PROTOCOLS } from '../../net/protocol.js';
import type { CiliumCondition, CiliumPort, CiliumPortRule } from '../cilium-policy.js';
import type { ObjectReader } from './object-reader.js';
import { readCiliumIcmp } from './read-cilium-icmp.js';
import { type Layer7, readCiliumLayer7 } from './read-cilium-layer7.js';
import { shortened } from './selector-tokens.js';

const ALLOW_FIELDS: ReadonlySet<string> = new Set(['ports', 'rules', 'serverNames', 'listener', 'terminatingTLS', 'originatingTLS']);
const DENY_FIELDS: ReadonlySet<string> = new Set(['ports']);
const PORT_FIELDS: ReadonlySet<string> = new Set(['port', 'endPort', 'protocol']);
const ICMP_FIELDS: ReadonlySet<string> = new Set(['fields']);
const MOST_PORTS = 40;
/** `^(\*?\*\.)?([-a-zA-Z0-9_]+\.?)+$` of `pkg/policy/api/l4.go`, with one way to match a text. */
const SERVER_NAME = /^(?:\*{1,2}\.)?[-a-zA-Z0-9_]+(?:\.[-a-zA-Z0-9_]+)*\.?$/;

/** Protocols without ports, by their numbers (`pkg/u8proto`). */
const PORTLESS: Readonly<Record<string, number>> = { VRRP: 112, IGMP: 2, GRE: 47, IPIP: 4, IPV6: 41, ESP: 50, AH: 51 };

/** Where a rule stands, as far as its ports depend on it. */
interface Place {
  readonly direction: 'ingress' | 'egress';
  readonly deny: boolean;
  readonly host: boolean;
}

/**
 * Reads `toPorts` and `icmps` of a rule (cilium/cilium `pkg/policy/api/rule_validation.go`). "The ICMPs block may only be present without ToPorts." An element
 * without ports, or without ICMP types, matches nothing.
 */
export function readCiliumPorts(rule: ObjectReader, place: Place): readonly CiliumPortRule[] {
  const ports = rule.objects('toPorts').map((element) => readPortRule(element, place));
  const icmps = rule.objects('icmps').map(readIcmpRule);
  if (ports.length > 0 && icmps.length > 0) rule.error('ambiguous-rule', 'icmps', '`icmps` does not go with `toPorts`: write two rules');
  return [...ports, ...icmps];
}

function readIcmpRule(element: ObjectReader): CiliumPortRule {
  element.expectOnly(ICMP_FIELDS);
  const ports = element.objects('fields').map(readCiliumIcmp);
  checkCount(element, 'fields', ports.length);
  if (ports.length === 0) element.warn('missing-field', 'fields', 'an element of `icmps` without fields matches nothing');
  return { pointer: element.pointer, ports, layer7: undefined, conditions: [] };
}

function readPortRule(element: ObjectReader, place: Place): CiliumPortRule {
  if (place.deny) {
    for (const field of element.fields()) {
      if (!DENY_FIELDS.has(field) && ALLOW_FIELDS.has(field))
        element.warn('unknown-field', field, `a rule that denies has no \`${field}\`: it denies the ports whatever they carry`);
    }
  }
  element.expectOnly(ALLOW_FIELDS);
  const rules = place.deny ? undefined : element.object('rules');
  const layer7 = rules && readCiliumLayer7(rules);
  const ports = element.objects('ports').map((port) => readPort(port, layer7));
  checkCount(element, 'ports', ports.length);
  if (ports.length === 0) element.warn('missing-field', 'ports', 'an element of `toPorts` without ports matches nothing');
  if (layer7) checkLayer7(element, layer7, ports, place);
  const conditions = place.deny ? [] : conditionsOf(element, layer7, place);
  return { pointer: element.pointer, ports, layer7: layer7?.kind, parser: place.deny ? undefined : parserOf(element, layer7), conditions };
}

/** Which parser of the proxy the agent takes (`pkg/policy/l4.go`, createL4Filter); none where the lists of rules are empty. */
function parserOf(element: ObjectReader, layer7: Layer7 | undefined): string | undefined {
  if (element.has('listener')) return 'crd';
  const tls = element.has('terminatingTLS') || element.has('originatingTLS') || element.has('serverNames');
  return layer7?.parser ?? (tls ? 'tls' : undefined);
}

function conditionsOf(element: ObjectReader, layer7: Layer7 | undefined, { direction }: Place): readonly CiliumCondition[] {
  const conditions: CiliumCondition[] = [...(layer7?.conditions ?? [])];
  const names = element.texts('serverNames');
  for (const name of names.filter((one) => one.length > 255 || !SERVER_NAME.test(one))) {
    element.error(
      'invalid-value',
      'serverNames',
      `\`${shortened(name)}\` is no server name such as \`www.example.com\` or \`*.example.com\``,
    );
  }
  if (names.length > 0) {
    if (layer7 && !element.has('terminatingTLS'))
      element.error('ambiguous-rule', 'serverNames', '`serverNames` do not go with `rules` unless TLS ends in the proxy');
    const text = `TLS connections to the server name ${names.map((name) => `\`${name}\``).join(' or ')}`;
    conditions.push({ pointer: element.at('serverNames'), kind: 'TLS', text });
  }
  const listener = element.object('listener');
  if (listener) {
    const name = listener.filledText('name') ?? '';
    if (direction === 'ingress') element.error('invalid-value', 'listener', 'a listener is not allowed on ingress');
    if (layer7) element.error('ambiguous-rule', 'listener', 'a listener does not go with `rules`');
    conditions.push({ pointer: element.at('listener'), kind: 'LISTENER', text: `what the Envoy listener \`${name}\` lets through` });
  }
  return conditions;
}

/** "L7 rules can only apply to TCP except for DNS rules", on no port 0; DNS rules on egress alone, and of the others none in host policies. */
function checkLayer7(element: ObjectReader, { kind }: Layer7, ports: readonly CiliumPort[], { direction, host }: Place): void {
  if (kind === 'DNS' && direction === 'ingress') element.error('invalid-value', 'rules', 'DNS rules are not allowed on ingress');
  if (host && kind !== 'DNS') element.error('invalid-value', 'rules', `${kind} rules are not allowed in host policies`);
  for (const port of ports) {
    if (port.type !== 'port') continue;
    if (port.port === undefined) element.error('invalid-value', 'rules', '`rules` need a port, and 0 is none');
    if (kind !== 'DNS' && port.protocol !== 'TCP') {
      const message = `\`rules\` go with protocol TCP, not ${port.protocol}, unless they are DNS rules`;
      element.findings.report('error', 'invalid-value', `${port.pointer}/protocol`, message);
    }
  }
}

function checkCount(reader: ObjectReader, field: string, count: number): void {
  if (count > MOST_PORTS) reader.error('too-many', field, `at most ${MOST_PORTS} elements of \`${field}\` are allowed, there are ${count}`);
}

function readPort(reader: ObjectReader, layer7: Layer7 | undefined): CiliumPort {
  reader.expectOnly(PORT_FIELDS);
  const { pointer } = reader;
  const protocol = readProtocol(reader);
  if (protocol === undefined) return { type: 'invalid', pointer, why: 'its protocol cannot be read' };
  const text = reader.text('port');
  if (protocol in PORTLESS) return readPortless(reader, text, PORTLESS[protocol] ?? 0);
  if (text === undefined || text === '') {
    if (!reader.has('port') || text === '') reader.error('missing-field', 'port', 'a port needs its number or name, as text: "80"');
    return { type: 'invalid', pointer, why: 'it has no port' };
  }
  const transport = PROTOCOLS.find((one) => one === protocol) ?? 'ANY';
  if (isServiceName(text)) return { type: 'port', pointer, protocol: transport, port: text.toLowerCase(), endPort: undefined };
  const number = readPortNumber(reader, text);
  if (number === undefined) return { type: 'invalid', pointer, why: 'its port cannot be read' };
  const endPort = reader.integer('endPort', 0, 65535);
  if (reader.has('endPort') && endPort === undefined) return { type: 'invalid', pointer, why: 'its endPort is no number 0…65535' };
  if (layer7?.kind === 'DNS' && (endPort ?? 0) > number) reader.error('invalid-value', 'endPort', 'DNS rules do not support port ranges');
  if (number === 0) return { type: 'port', pointer, protocol: transport, port: undefined, endPort: undefined };
  if (endPort !== undefined && endPort > 0 && endPort < number) {
    reader.warn('invalid-value', 'endPort', `endPort \`${endPort}\` is below port \`${number}\`: this one port is meant`);
  }
  return { type: 'port', pointer, protocol: transport, port: number, endPort: (endPort ?? 0) > number ? endPort : undefined };
}

/** Go's `strconv.ParseUint(text, 0, 16)`: digits after a leading 0 are octal, and a `_` may stand between digits. */
function readPortNumber(reader: ObjectReader, text: string): number | undefined {
  const digits = /^(?:0(?:_?[0-7])*|[1-9](?:_?\d)*)$/.test(text) ? text.replaceAll('_', '') : undefined;
  const octal = digits !== undefined && digits.length > 1 && digits.startsWith('0');
  const number = digits === undefined ? Number.NaN : Number.parseInt(digits, octal ? 8 : 10);
  if (!(number <= 65535)) {
    reader.error('invalid-value', 'port', `\`${shortened(text)}\` is neither a port 0…65535 nor a port name`);
    return undefined;
  }
  if (String(number) !== text) reader.warn('not-canonical', 'port', `Cilium reads \`${text}\` as port ${number}`, `write "${number}"`);
  return number;
}

/** `ANY`, as the empty text and no protocol at all, is TCP, UDP and SCTP. */
function readProtocol(reader: ObjectReader): string | undefined {
  const allowed = [...PROTOCOLS, 'ANY', 'VRRP', 'IGMP', 'GRE', 'IPIP', 'IPv6', 'ESP', 'AH'];
  const text = reader.text('protocol');
  if (text === undefined) return reader.has('protocol') ? undefined : reader.default('protocol', 'ANY');
  if (text === '') return 'ANY';
  const upper = text.toUpperCase();
  if (upper.startsWith('ICMP')) {
    reader.error('invalid-value', 'protocol', `\`${text}\` is no protocol here`, 'write `icmps` instead of `toPorts`');
    return undefined;
  }
  const known = allowed.find((one) => one.toUpperCase() === upper);
  if (known === undefined) {
    reader.error('invalid-value', 'protocol', `\`${text}\` is none of ${allowed.join(', ')}`, didYouMeanHint(text, allowed));
    return undefined;
  }
  if (known !== text) reader.warn('not-canonical', 'protocol', `\`${text}\` is written \`${known}\``);
  return upper;
}

function readPortless(reader: ObjectReader, port: string | undefined, protocol: number): CiliumPort {
  if (port === undefined || port === '' || port === '0') return { type: 'protocol', pointer: reader.pointer, protocol };
  reader.error('invalid-value', 'port', 'a protocol without ports has none: leave it out, or write "0"');
  return { type: 'invalid', pointer: reader.pointer, why: 'its protocol has no ports' };
}

/** IANA's service names (`pkg/iana/svcname.go`): at most 15 letters, digits and single `-`, a letter among them. */
function isServiceName(text: string): boolean {
  return text.length <= 15 && /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(text) && /[a-zA-Z]/.test(text) && !text.includes('--');
}
