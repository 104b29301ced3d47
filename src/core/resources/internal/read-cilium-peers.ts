import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Cidr, cidrCovers, formatCidr, parseCidr } from '../../net/cidr.js';
import { CILIUM_ENTITIES, type CiliumPeer, type CiliumSelector } from '../cilium-policy.js';
import { readCiliumCidrs } from './read-cilium-cidrs.js';
import { readCiliumName } from './read-cilium-name.js';
import { ofRemoteNodes, readCiliumSelector, scopedToNamespace } from './read-cilium-selector.js';
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

/** The agent knows these entities, and the CRD does not (`pkg/policy/api/entity.go`, the `Enum` of Entity beside EntitySelectorMapping). */
const WORLDS: readonly string[] = ['world-ipv4', 'world-ipv6'];

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
 * (cilium/cilium `pkg/policy/api/rule_validation.go`), and `toServices` means nobody there (`pkg/policy/k8s/service.go`, `processRule`).
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
    if (kind === 'Services' && place.deny) {
      const message = 'Cilium looks services up for `egress` alone: a rule that denies them denies nothing';
      rule.warn('no-effect', field, message, 'name their pods with `toEndpoints`, or their addresses with `toCIDR`');
      nobody = true;
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
  const selector = ofRemoteNodes(readCiliumSelector(reader));
  return selector.invalid ? invalid(reader, 'its selector cannot be read') : { type: 'nodes', pointer: reader.pointer, selector };
}

function readEntities(rule: ObjectReader, field: string): readonly CiliumPeer[] {
  return rule.texts(field).map((text, index): CiliumPeer => {
    const pointer = `${rule.at(field)}/${index}`;
    const entity = CILIUM_ENTITIES.find((one) => one === text);
    if (entity !== undefined) return { type: 'entity', pointer, entity };
    const hint = WORLDS.includes(text)
      ? `select it by its label: \`${fieldOfLabels(field)}: [{ matchLabels: { "reserved:${text}": "" } }]\``
      : undefined;
    const message = `\`${text}\` is none of the entities ${CILIUM_ENTITIES.join(', ')}`;
    rule.findings.report('error', 'invalid-value', pointer, message, hint ?? didYouMeanHint(text, CILIUM_ENTITIES));
    return { type: 'invalid', pointer, why: `\`${text}\` is no entity` };
  });
}

function fieldOfLabels(field: string): string {
  return field.replace('Entities', 'Endpoints');
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
  const name = readCiliumName(reader);
  return name === undefined ? invalid(reader, 'its name cannot be read') : { type: 'fqdn', pointer: reader.pointer, name };
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
