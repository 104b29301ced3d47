import { type Cidr, formatCidr, parseCidr } from '../../net/cidr.js';
import { parseIp } from '../../net/ip.js';
import type { ClusterPeer, PodsOfNamespaces } from '../cluster-policy.js';
import { EVERYTHING, type LabelSelector } from '../label-selector.js';
import type { ObjectReader } from './object-reader.js';
import { readLabelSelector } from './read-label-selector.js';

const POD_FIELDS: ReadonlySet<string> = new Set(['namespaceSelector', 'podSelector']);
const SUBJECT_FIELDS: ReadonlySet<string> = new Set(['namespaces', 'pods']);
const PEER_FIELDS = {
  ingress: new Set(['namespaces', 'pods']),
  egress: new Set(['namespaces', 'pods', 'nodes', 'networks', 'domainNames']),
} as const satisfies Record<string, ReadonlySet<string>>;

/** How a version of the API writes peers; v1alpha1 is that of AdminNetworkPolicy, the others those of ClusterNetworkPolicy. */
export type PeerVersion = 'v1alpha1' | 'v1alpha2' | 'v1beta1';

/** At most so many CIDRs or names in one peer, in every version. */
const MOST_NAMES = 25;

const DOMAIN_NAME = /^(\*\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?$/;

/** "Exactly one field must be set": a subject that is none is reported, and undefined. */
export function readClusterSubject(reader: ObjectReader, version: PeerVersion): PodsOfNamespaces | undefined {
  const field = onlyField(reader, SUBJECT_FIELDS, 'a subject');
  return field === undefined ? undefined : readPods(reader, field, version);
}

/** Reads one peer; whatever the CRD's validation refuses is reported as an error, and the rule fails closed. */
export function readClusterPeer(reader: ObjectReader, direction: 'ingress' | 'egress', version: PeerVersion): ClusterPeer {
  const { pointer } = reader;
  const field = onlyField(reader, PEER_FIELDS[direction], 'a peer');
  const invalid = (why: string): ClusterPeer => ({ type: 'invalid', pointer, why });
  switch (field) {
    case undefined:
      return invalid('it has not exactly one field that is known');
    case 'nodes': {
      const selector = readSelector(reader, 'nodes');
      return selector ? { type: 'nodes', pointer, selector } : invalid('its selector is no object');
    }
    case 'networks':
      return readNetworks(reader, version) ?? invalid('its networks are not all CIDRs');
    case 'domainNames':
      return readDomainNames(reader) ?? invalid('its domainNames are not all domain names');
    default:
      return readPods(reader, field, version) ?? invalid('its selectors cannot be read');
  }
}

/** The one field that is set. */
function onlyField(reader: ObjectReader, known: ReadonlySet<string>, what: string): string | undefined {
  reader.expectOnly(known);
  const present = [...known].filter((field) => reader.has(field));
  const [field] = present;
  if (present.length === 1) return field;
  const found = present.length === 0 ? 'it has none of them' : `it has ${present.join(' and ')}`;
  const code = present.length === 0 ? 'empty-peer' : 'ambiguous-peer';
  reader.findings.report('error', code, reader.pointer, `${what} needs exactly one of ${[...known].join(', ')}; ${found}`);
  return undefined;
}

function readPods(reader: ObjectReader, field: string, version: PeerVersion): PodsOfNamespaces | undefined {
  const { pointer } = reader;
  if (field === 'namespaces') {
    const namespaceSelector = readSelector(reader, 'namespaces');
    return namespaceSelector && { type: 'pods', pointer, namespaceSelector, podSelector: undefined };
  }
  const pods = reader.object('pods');
  if (!pods) return undefined;
  pods.expectOnly(POD_FIELDS);
  // "If empty, it selects all": a ClusterNetworkPolicy may leave out the first, an AdminNetworkPolicy neither.
  if (version === 'v1alpha1' && !pods.has('namespaceSelector')) warnMissing(pods, 'namespaceSelector');
  if (!pods.has('podSelector')) warnMissing(pods, 'podSelector');
  const selectors = (['namespaceSelector', 'podSelector'] as const).map((name) => (pods.has(name) ? readSelector(pods, name) : EVERYTHING));
  const [namespaceSelector, podSelector] = selectors;
  return namespaceSelector && podSelector && { type: 'pods', pointer, namespaceSelector, podSelector };
}

function warnMissing(pods: ObjectReader, name: string): void {
  pods.warn('missing-field', name, `\`pods\` wants a ${name} beside the other selector; taken as the empty one, which selects all`);
}

/** Undefined for a selector that the API server refuses: the rule then fails closed. */
function readSelector(reader: ObjectReader, field: string): LabelSelector | undefined {
  const object = reader.object(field);
  const selector = object && readLabelSelector(object);
  return selector?.invalid ? undefined : selector;
}

function readNetworks(reader: ObjectReader, version: PeerVersion): ClusterPeer | undefined {
  const texts = reader.texts('networks');
  checkCount(reader, 'networks', texts.length);
  const networks = texts.flatMap((text, index) => {
    const cidr = parseCidr(text);
    const wrong = cidr ? refusedCidr(text, cidr, version) : 'is not a CIDR such as `10.0.0.0/8`';
    if (wrong !== undefined) reader.findings.report('error', 'invalid-value', `${reader.at('networks')}/${index}`, `\`${text}\` ${wrong}`);
    return cidr && wrong === undefined ? cidr : [];
  });
  checkUnique(reader, 'networks', texts);
  return networks.length === texts.length && networks.length > 0 ? { type: 'networks', pointer: reader.pointer, networks } : undefined;
}

/** What the API server has against a CIDR: v1alpha1 compares its characters, v1alpha2 asks CEL's `isCIDR`, v1beta1 for cleared host bits besides. */
function refusedCidr(text: string, cidr: Cidr, version: PeerVersion): string | undefined {
  if (text.includes(':') && text.includes('.')) return 'has an IPv4 address inside an IPv6 address, which is not supported';
  if (version === 'v1alpha1') return undefined;
  if (/\/0\d/.test(text)) return 'has a prefix length that starts with a zero';
  if (cidr.family === 6 && cidr.prefix >= 96 && cidr.base >> 32n === 0xffffn)
    return 'is an IPv4-mapped IPv6 address, which is not supported';
  const masked = parseIp(text.slice(0, text.indexOf('/')))?.value === cidr.base;
  return version === 'v1beta1' && !masked ? `has bits after its prefix: v1beta1 wants \`${formatCidr(cidr)}\`` : undefined;
}

function readDomainNames(reader: ObjectReader): ClusterPeer | undefined {
  const names = reader.texts('domainNames');
  checkCount(reader, 'domainNames', names.length);
  for (const [index, name] of names.entries()) {
    if (DOMAIN_NAME.test(name)) continue;
    const pointer = `${reader.at('domainNames')}/${index}`;
    reader.findings.report('error', 'invalid-value', pointer, `\`${name}\` is no domain name such as \`example.com\` or \`*.example.com\``);
  }
  checkUnique(reader, 'domainNames', names);
  const valid = names.length > 0 && names.every((name) => DOMAIN_NAME.test(name));
  return valid ? { type: 'domainNames', pointer: reader.pointer, names } : undefined;
}

function checkCount(reader: ObjectReader, field: string, count: number): void {
  if (count === 0) reader.error('missing-field', field, `\`${field}\` needs at least one element`);
  if (count > MOST_NAMES) reader.error('too-many', field, `at most ${MOST_NAMES} ${field} are allowed in one peer, there are ${count}`);
}

/** Both lists are sets (`+listType=set`): the API server refuses what is in one twice. */
function checkUnique(reader: ObjectReader, field: string, texts: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, text] of texts.entries()) {
    if (seen.has(text))
      reader.findings.report('error', 'invalid-value', `${reader.at(field)}/${index}`, `\`${text}\` stands in \`${field}\` twice`);
    seen.add(text);
  }
}
