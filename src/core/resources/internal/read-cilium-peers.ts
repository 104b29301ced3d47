import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Cidr, cidrCovers, formatCidr, parseCidr } from '../../net/cidr.js';
import { CILIUM_ENTITIES, type CiliumPeer, type CiliumSelector } from '../cilium-policy.js';
import { readCiliumCidrs } from './read-cilium-cidrs.js';
import { readCiliumSelector, scopedToNamespace } from './read-cilium-selector.js';
import type { ObjectReader } from './object-reader.js';
import { readLabelSelector } from './read-label-selector.js';

/** Where a rule stands, as far as its peers depend on it. */
interface Place {
  readonly direction: 'ingress' | 'egress';
  readonly deny: boolean;
  /** Of the policy; undefined for a clusterwide one. */
  readonly namespace: string | undefined;
  readonly subject: CiliumSelector;
}

const CIDR_FIELDS: ReadonlySet<string> = new Set(['cidr', 'cidrGroupRef', 'cidrGroupSelector', 'except']);
/** `^([-a-zA-Z0-9_]+[.]?)+$` of `pkg/policy/api/fqdn.go`, written so that there is one way to match a text: Go tries all at once, and this engine one by one. */
const DNS_NAME = /^[-a-zA-Z0-9_]+(?:\.[-a-zA-Z0-9_]+)*\.?$/;
const DNS_PATTERN = /^[-a-zA-Z0-9_*]+(?:\.[-a-zA-Z0-9_*]+)*\.?$/;

type ReadPeers = (rule: ObjectReader, field: string, place: Place) => readonly CiliumPeer[];

/** The fields that name peers, without `from` and `to`. */
const KINDS: Readonly<Record<string, ReadPeers>> = {
  Endpoints: (rule, field, place) => rule.objects(field).map((selector) => readEndpoints(selector, place)),
  Nodes: (rule, field) => rule.objects(field).map(readNodes),
  Entities: readEntities,
  CIDR: (rule, field) => readCidrList(rule, field),
  CIDRSet: (rule, field) => rule.objects(field).map(readCidrRule),
  Groups: (rule, field) => rule.objects(field).map(readGroups),
};
const EGRESS_KINDS: typeof KINDS = {
  ...KINDS,
  Services: (rule, field) => rule.objects(field).map(readServices),
  FQDNs: (rule, field) => rule.objects(field).map(readFqdn),
};

/** "An empty non-nil slice does not select anything": of these; of the others it counts as absent (`pkg/policy/utils`, `mergeEndpointSelectors`). */
const EMPTY_IS_NOBODY: ReadonlySet<string> = new Set(['Endpoints', 'Nodes', 'Entities', 'CIDR', 'CIDRSet']);

/** The fields of a rule that name peers, whether or not the rule may have them. */
export function ciliumPeerFields(direction: 'ingress' | 'egress'): readonly string[] {
  const preposition = direction === 'ingress' ? 'from' : 'to';
  return Object.keys(direction === 'ingress' ? KINDS : EGRESS_KINDS).map((kind) => `${preposition}${kind}`);
}

/**
 * Reads whom a rule names. Undefined where no field is written. Two fields do not go together; `toFQDNs` does not go into a rule that denies
 * (cilium/cilium `pkg/policy/api/rule_validation.go`).
 */
export function readCiliumPeers(rule: ObjectReader, place: Place): readonly CiliumPeer[] | undefined {
  const preposition = place.direction === 'ingress' ? 'from' : 'to';
  const kinds = place.direction === 'ingress' ? KINDS : EGRESS_KINDS;
  const lists: { readonly field: string; readonly peers: readonly CiliumPeer[] }[] = [];
  let nobody = false;
  for (const [kind, read] of Object.entries(kinds)) {
    const field = `${preposition}${kind}`;
    if (!rule.has(field)) continue;
    if (kind === 'FQDNs' && place.deny) {
      rule.warn('unknown-field', field, 'a rule that denies has no `toFQDNs`: the field is ignored');
      continue;
    }
    const peers = read(rule, field, place);
    if (peers.length > 0) lists.push({ field, peers });
    else if (EMPTY_IS_NOBODY.has(kind)) nobody = true;
    else rule.warn('missing-field', field, `an empty \`${field}\` counts as absent`);
  }
  const [first, second] = lists;
  if (second) rule.error('ambiguous-peer', second.field, `\`${first?.field}\` and \`${second.field}\` do not go together: write two rules`);
  if (nobody) return [];
  return first && lists.flatMap(({ peers }) => peers);
}

function readEndpoints(reader: ObjectReader, { namespace, subject }: Place): CiliumPeer {
  const selector = scopedToNamespace(readCiliumSelector(reader), namespace, subject);
  return selector.invalid ? invalid(reader, 'its selector cannot be read') : { type: 'endpoints', pointer: reader.pointer, selector };
}

function readNodes(reader: ObjectReader): CiliumPeer {
  const selector = readCiliumSelector(reader);
  return selector.invalid ? invalid(reader, 'its selector cannot be read') : { type: 'nodes', pointer: reader.pointer, selector };
}

function readEntities(rule: ObjectReader, field: string): readonly CiliumPeer[] {
  return rule.texts(field).map((text, index): CiliumPeer => {
    const pointer = `${rule.at(field)}/${index}`;
    const entity = CILIUM_ENTITIES.find((one) => one === text);
    if (entity !== undefined) return { type: 'entity', pointer, entity };
    rule.findings.report(
      'error',
      'invalid-value',
      pointer,
      `\`${text}\` is none of the entities ${CILIUM_ENTITIES.join(', ')}`,
      didYouMeanHint(text, CILIUM_ENTITIES),
    );
    return { type: 'invalid', pointer, why: `\`${text}\` is no entity` };
  });
}

function readCidrList(rule: ObjectReader, field: string): readonly CiliumPeer[] {
  const cidrs = readCiliumCidrs(rule, field);
  if (cidrs.length === rule.texts(field).length) {
    return cidrs.map((cidr, index) => ({ type: 'cidr', pointer: `${rule.at(field)}/${index}`, cidr, except: [] }));
  }
  return [{ type: 'invalid', pointer: rule.at(field), why: 'its networks are not all CIDRs' }];
}

/** "Exactly one of CIDR, CIDRGroupRef, or CIDRGroupSelector must be set"; every exception lies inside the CIDR. */
function readCidrRule(reader: ObjectReader): CiliumPeer {
  reader.expectOnly(CIDR_FIELDS);
  const { pointer } = reader;
  const present = ['cidr', 'cidrGroupRef', 'cidrGroupSelector'].filter((field) => reader.has(field));
  if (present.length !== 1) {
    const found = present.length === 0 ? 'it has none of them' : `it has ${present.join(' and ')}`;
    const message = `an element of a CIDR set needs exactly one of cidr, cidrGroupRef, cidrGroupSelector; ${found}`;
    reader.findings.report('error', present.length === 0 ? 'empty-peer' : 'ambiguous-peer', pointer, message);
    return { type: 'invalid', pointer, why: 'it has not exactly one field that is known' };
  }
  const cidr = reader.cidr('cidr');
  if (present[0] === 'cidr' && !cidr) return invalid(reader, 'its cidr cannot be read');
  const except = readExcept(reader, cidr);
  if (!except) return invalid(reader, 'its except is not valid');
  if (cidr) return { type: 'cidr', pointer, cidr, except };
  const selector = reader.object('cidrGroupSelector');
  const groups = selector ? readLabelSelector(selector) : reader.filledText('cidrGroupRef');
  if (groups === undefined || (typeof groups !== 'string' && groups.invalid)) return invalid(reader, 'its CIDR groups cannot be read');
  return { type: 'cidrGroups', pointer, groups, except };
}

/** Undefined when one is not valid: leaving it out would widen what a rule allows. */
function readExcept(reader: ObjectReader, outer: Cidr | undefined): readonly Cidr[] | undefined {
  const before = reader.findings.diagnostics.length;
  const except = reader.texts('except').flatMap((text, index) => {
    const cidr = parseCidr(text);
    const pointer = `${reader.at('except')}/${index}`;
    if (!cidr) reader.findings.report('error', 'invalid-value', pointer, `\`${text}\` is not a CIDR such as \`10.0.0.0/8\``);
    else if (outer && !cidrCovers(outer, cidr))
      reader.findings.report('error', 'except-outside-cidr', pointer, `\`${text}\` does not lie inside \`${formatCidr(outer)}\``);
    return cidr ?? [];
  });
  return reader.findings.diagnostics.length === before ? except : undefined;
}

function readFqdn(reader: ObjectReader): CiliumPeer {
  reader.expectOnly(new Set(['matchName', 'matchPattern']));
  const [name, pattern] = [reader.filledText('matchName'), reader.filledText('matchPattern')];
  if ((name === undefined) === (pattern === undefined)) {
    reader.findings.report('error', 'ambiguous-peer', reader.pointer, 'a domain name needs a matchName or a matchPattern, and not both');
    return invalid(reader, 'it has not exactly one name');
  }
  const [field, text, form] = name === undefined ? ['matchPattern', pattern ?? '', DNS_PATTERN] : ['matchName', name, DNS_NAME];
  if (text.length > 255 || !form.test(text)) {
    const stars = name !== undefined && DNS_PATTERN.test(text) ? 'write a `matchPattern` for names with `*`' : undefined;
    reader.error('invalid-value', field, `\`${text}\` is no ${field === 'matchName' ? 'domain name' : 'pattern of domain names'}`, stars);
    return invalid(reader, `\`${text}\` is no domain name`);
  }
  return { type: 'fqdn', pointer: reader.pointer, name: text.toLowerCase().replace(/\.$/, '') };
}

function readServices(reader: ObjectReader): CiliumPeer {
  reader.expectOnly(new Set(['k8sService', 'k8sServiceSelector']));
  const [named, selected] = [reader.object('k8sService'), reader.object('k8sServiceSelector')];
  if (named && selected) reader.error('ambiguous-peer', 'k8sServiceSelector', '`k8sService` and `k8sServiceSelector` do not go together');
  const selector = selected?.object('selector');
  const services = named ? named.filledText('serviceName') : selector && readLabelSelector(selector);
  if (services === undefined || (typeof services !== 'string' && services.invalid)) {
    reader.findings.report('error', 'empty-peer', reader.pointer, 'a service needs a `serviceName`, or a `selector` of services');
    return invalid(reader, 'it names no service');
  }
  return { type: 'services', pointer: reader.pointer, namespace: (named ?? selected)?.filledText('namespace'), services };
}

/** Security groups of a cloud provider: their addresses are not known. */
function readGroups(reader: ObjectReader): CiliumPeer {
  const provider = reader.fields()[0] ?? 'no provider';
  const message = `the addresses of groups of \`${provider}\` are not known: an accepting rule matches nothing`;
  reader.findings.report('warning', 'not-modelled', reader.pointer, message);
  return { type: 'groups', pointer: reader.pointer, provider, groups: JSON.stringify(reader.raw(provider) ?? null) };
}

function invalid({ pointer }: ObjectReader, why: string): CiliumPeer {
  return { type: 'invalid', pointer, why };
}
