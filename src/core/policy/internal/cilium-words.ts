import { assertNever } from '../../kernel/assert-never.js';
import { formatCidr } from '../../net/cidr.js';
import { formatIp } from '../../net/ip.js';
import { CILIUM_NAMESPACE_LABEL, type CiliumPeer, type CiliumRule, type CiliumSelector } from '../../resources/cilium-policy.js';
import { formatSelector, type LabelRequirement, type LabelSelector } from '../../resources/label-selector.js';
import { type CiliumIdentity, unmetOf } from './cilium-identity.js';
import { describeCiliumPort } from './cilium-ports.js';
import type { Direction } from './direction.js';
import type { PeerMatch, PeerMismatch } from './judge-peer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

const NAMESPACE = `k8s:${CILIUM_NAMESPACE_LABEL}`;
const REMOTE_NODE = 'reserved:remote-node';

/** As the object has it: labels without `any:`, the namespace apart. */
export function describeCiliumSelector(selector: CiliumSelector): string {
  const { requirements, invalid } = selector;
  if (invalid) return 'nothing: the selector cannot be read';
  const own = requirements.filter(({ key }) => key !== NAMESPACE);
  const scope = requirements.find(({ key }) => key === NAMESPACE);
  const labels = own.length === 0 ? 'all endpoints' : `endpoints \`${formatSelector({ requirements: own.map(plain), invalid })}\``;
  if (!scope) return labels;
  if (scope.operator === 'Exists') return `${labels} of all namespaces`;
  return scope.operator === 'In' && scope.values.length === 1
    ? `${labels} of namespace ${scope.values[0]}`
    : `${labels} of namespaces \`${formatSelector({ requirements: [plain(scope)], invalid })}\``;
}

/** Without saying twice that they are other ones. */
function describeNodes({ requirements, invalid }: CiliumSelector): string {
  const own = requirements.filter(({ key }) => key !== REMOTE_NODE);
  return own.length === 0 ? 'all other nodes' : `other nodes \`${formatSelector({ requirements: own.map(plain), invalid })}\``;
}

function plain(requirement: LabelRequirement): LabelRequirement {
  return { ...requirement, key: requirement.key.replace(/^any:/, '') };
}

/** `endpoints app=web of namespace shop`, `the entity world`, `10.0.0.0/8 without 10.1.0.0/16`, `service shop/db`. */
export function describeCiliumPeer(peer: CiliumPeer): string {
  switch (peer.type) {
    case 'invalid':
      return 'nothing';
    case 'endpoints':
      return describeCiliumSelector(peer.selector);
    case 'nodes':
      return describeNodes(peer.selector);
    case 'entity':
      return `the entity ${peer.entity}`;
    case 'cidr':
      return `${formatCidr(peer.cidr)}${without(peer.except.map(formatCidr))}`;
    case 'cidrGroups':
      return `${referenced('the CIDR group', peer.groups)}${without(peer.except.map(formatCidr))}`;
    case 'fqdn':
      return `the addresses of ${peer.name}`;
    case 'services': {
      const scope = peer.namespace === undefined ? ' of any namespace' : ` of namespace ${peer.namespace}`;
      return `${referenced('the service', peer.services)}${scope}`;
    }
    case 'groups':
      return `groups of ${peer.provider}`;
    default:
      return assertNever(peer);
  }
}

function referenced(what: string, by: string | LabelSelector): string {
  return typeof by === 'string' ? `${what} ${by}` : `${what}s \`${formatSelector(by)}\``;
}

function without(except: readonly string[]): string {
  return except.length === 0 ? '' : ` without ${except.join(', ')}`;
}

/** `Deny from the entity world, TCP 80`. */
export function describeCiliumRule({ peers, ports, action, failsClosed, refusal }: CiliumRule, direction: Direction): string {
  if (failsClosed) {
    const why = refusal === undefined ? 'the rule cannot be read' : `the agent refuses the rule: ${refusal.text}`;
    return `${action === 'Accept' ? 'nothing' : 'Deny everything'}: ${why}`;
  }
  const preposition = direction === 'egress' ? 'to' : 'from';
  const nobody = peers?.length === 0 || (peers === undefined && ports.length === 0);
  const who = nobody ? 'nobody' : peers === undefined ? 'everybody' : peers.map(describeCiliumPeer).join(' or ');
  const entries = ports.flatMap(({ ports: list, conditions }) => {
    const only = conditions.map(({ text }) => `, only ${text}`).join('');
    return list.map((port) => `${describeCiliumPort(port)}${only}`);
  });
  const what = ports.length === 0 ? 'every port' : entries.join(', ') || 'no port';
  return `${action === 'Deny' ? 'Deny ' : ''}${preposition} ${who}, ${what}`;
}

/** What a message tells of a peer and of the endpoint that was held against it. */
interface Told {
  readonly peer: CiliumPeer;
  readonly names: string;
  readonly endpoint: PolicyEndpoint;
  readonly address: string;
  readonly side: string;
  readonly identity: CiliumIdentity;
}

const selected = ({ names, side }: Told) => `selects ${names}: the ${side} is one`;
const notSelected = ({ peer, names, side, identity }: Told) => `selects ${names}${missing(peer, side, identity)}`;
const unknownNames = ({ names }: Told) => `names ${names}, which nobody knows here: it matches nothing`;

const PEER_MESSAGES: { readonly [Outcome in PeerMatch | PeerMismatch]?: (told: Told) => string } = {
  IDENTITY_SELECTED: selected,
  NODE_SELECTED: selected,
  IDENTITY_NOT_SELECTED: notSelected,
  NODE_NOT_SELECTED: notSelected,
  ENTITY_MATCHES: ({ names, side }) => `${names} stands for the ${side}`,
  ENTITY_DIFFERS: ({ names, side, endpoint }) => `${names} does not stand for the ${side}, which is ${kindOf(endpoint)}`,
  ADDRESS_IN_BLOCK: ({ names, address }) => `${address} lies in ${names}`,
  ADDRESS_OUTSIDE_BLOCK: ({ names, address }) => `${address} lies outside ${names}`,
  ADDRESS_EXCEPTED: ({ names, address }) => `${address} lies in an exception of ${names}`,
  BLOCK_IGNORES_PODS: ({ names }) => `${names} does not match pods: Cilium knows them by their labels`,
  BLOCK_IGNORES_NODES: ({ names }) => `${names} does not match nodes unless \`policy-cidr-match-mode\` is \`nodes\``,
  REFERENCE_NOT_FOUND: ({ names }) => `${names} does not exist: it matches nothing`,
  DOMAIN_NOT_RESOLVED: unknownNames,
  GROUP_NOT_RESOLVED: unknownNames,
  PEER_NOT_OUTSIDE: ({ names, side }) => `names ${names}, which lie outside the cluster, and the ${side} does not`,
  PEER_NOT_A_NODE: ({ names, side }) => `selects ${names}, the ${side} is none`,
  NODE_LABELS_OFF: ({ names }) => `${names} matches nothing while \`enable-node-selector-labels\` is off`,
  NODE_UNKNOWN: ({ names, side }) => `whether ${names} stands for the ${side} hangs on a node that is not known`,
  API_SERVER_UNKNOWN: ({ names }) => `where the API server is, no object tells: ${names} is taken to stand for others`,
  PEER_INVALID: ({ peer }) => `matches nothing: ${peer.type === 'invalid' ? peer.why : 'it is not valid'}`,
};

/** What became of a peer, in words. `side` is `source` or `destination`. */
export function ciliumPeerMessage(
  peer: CiliumPeer,
  outcome: PeerMatch | PeerMismatch,
  endpoint: PolicyEndpoint,
  side: string,
  identity: CiliumIdentity,
): string {
  const names = describeCiliumPeer(peer);
  const address = endpoint.address === undefined ? 'an unknown address' : formatIp(endpoint.address);
  return PEER_MESSAGES[outcome]?.({ peer, names, endpoint, address, side, identity }) ?? names;
}

/** Which requirement does not hold, and what the identity has instead. */
function missing(peer: CiliumPeer, side: string, identity: CiliumIdentity): string {
  const selector = peer.type === 'endpoints' || peer.type === 'nodes' ? peer.selector : undefined;
  const unmet = selector && unmetOf(selector, identity)[0];
  if (!unmet) return '';
  if (peer.type === 'nodes' && unmet.key === REMOTE_NODE) return `, the ${side} is the own one`;
  const name = unmet.key.slice(unmet.key.indexOf(':') + 1);
  const [found] = Object.entries(identity).filter(([key]) => key.slice(key.indexOf(':') + 1) === name);
  if (name === CILIUM_NAMESPACE_LABEL) return `, the ${side} is in ${found ? `namespace ${found[1]}` : 'no namespace'}`;
  return `, the ${side} has ${found ? `\`${name}=${found[1]}\`` : `no label \`${name}\``}`;
}

function kindOf({ kind }: PolicyEndpoint): string {
  return kind === 'pod' ? 'a pod' : kind === 'host' ? 'a node' : 'an address outside the cluster';
}
