import type { Answer, Note } from '../kernel/answer.js';
import { uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { ModelNode, NetworkModel } from '../model/network-model.js';
import { type Cidr, firstIp, formatCidr } from '../net/cidr.js';
import { formatIp, type IpFamily } from '../net/ip.js';
import { attachmentOf, portInText } from './attachments.js';
import { clusterMode } from './cluster-mode.js';
import { carriageAssumptions } from './internal/carriage-assumptions.js';
import { type Carriage, carriageBetween, rangeOf } from './internal/carriage.js';
import { nodeNamed } from './internal/node-named.js';
import { NODE_DEVICE, Underlay } from './internal/underlay.js';

/** One route of a node to pods. */
export interface NodeRouteView {
  /** A prefix: a node's range, a block of Calico, the whole network of pods. */
  readonly destination: string;
  readonly kind: 'own-pods' | 'other-node';
  /** The node that has the destination; null: its own. */
  readonly node: string | null;
  /** The next hop of the route; null: it has none, or no object tells it. */
  readonly via: string | null;
  /** The device of the route. */
  readonly device: string;
  readonly wrapped: boolean;
  /** The address of the node to which what is wrapped is sent; null: nothing is wrapped. */
  readonly tunnelTo: string | null;
  readonly mode: string;
  /** Why it is so, or what keeps packets from getting there. */
  readonly why: string;
  readonly reachable: boolean;
}

/** How it is with the routes of a node. */
export const NODE_ROUTES_VERDICTS = {
  ALL_REACHABLE: 'every other node’s pods can be reached',
  SOME_UNREACHABLE: 'packets do not get to the pods of some nodes',
} as const;

/** The outcome. */
export type NodeRoutesVerdict = keyof typeof NODE_ROUTES_VERDICTS;

/** Reason codes of the evidence. */
export const NODE_ROUTES_REASONS = {
  ROUTE_UNREACHABLE: 'packets do not get to the pods of a node',
} as const;

/** The routes of one node to pods. */
export interface NodeRoutesResult {
  readonly node: string;
  readonly routes: readonly NodeRouteView[];
  readonly unreachable: number;
  readonly omitted: number;
}

/** What is asked. */
export interface NodeRoutesQuestion {
  readonly node: string;
  readonly family: IpFamily | undefined;
  readonly limit: number;
}

const NODES_A_STEP = 200;

/** The routes to pods that the plugin lays on a node. Fails with `unknown-node`. Yields. */
export function* nodeRoutes(
  model: NetworkModel,
  { node: name, family, limit }: NodeRoutesQuestion,
): Steps<Result<Answer<NodeRoutesVerdict, NodeRoutesResult>, Problem>> {
  const named = nodeNamed(model, name);
  if (!named.ok) return named;
  const node = named.value;
  const underlay = new Underlay(model);
  const ranges = rangesByNode(model, name);
  yield;
  const routes = (ranges.get(name) ?? []).map((range) => ownRoute(model, range));
  const notes: Note[] = [];
  let count = 0;
  for (const other of model.nodes.values()) {
    if (other.name === name) continue;
    for (const range of ranges.get(other.name) ?? []) {
      const carriage = carriageBetween(model, underlay, [node, other], firstIp(range));
      if (family === undefined || range.family === family) notes.push(...routeAssumptions(model, underlay, [node, other], carriage));
      routes.push(otherRoute(underlay, { other, range, carriage }));
    }
    if (++count % NODES_A_STEP === 0) yield;
  }
  const wanted = routes.filter(({ destination }) => family === undefined || destination.includes(':') === (family === 6));
  return ok(answerOf(model, name, { routes: wanted, notes: uniqueNotes(notes) }, limit));
}

/** Ranges of each node's pods: its own, or its blocks of Calico, and those that its pods are in. */
function rangesByNode(model: NetworkModel, asked: string): ReadonlyMap<string, readonly Cidr[]> {
  const { plugin } = model.profile.cni;
  // The plugin lays none: pods are on the network outside, as the node is.
  if (attachmentOf(model).parent) return new Map();
  // One layer 2 network: the bridge knows where every address is, and no route does.
  if (plugin === 'weave') return new Map([[asked, model.profile.podCIDRs]]);
  const ranges = new Map<string, Map<string, Cidr>>();
  const add = (name: string, cidr: Cidr) => {
    const known = ranges.get(name) ?? new Map<string, Cidr>();
    ranges.set(name, known.set(formatCidr(cidr), cidr));
  };
  for (const { cidr, affinity } of plugin === 'calico' ? model.calico.ipam.blocks : []) {
    if (cidr && affinity?.type === 'host' && model.nodes.has(affinity.name)) add(affinity.name, cidr);
  }
  if (plugin !== 'calico') for (const { name, podCIDRs } of model.nodes.values()) for (const { value } of podCIDRs) add(name, value);
  else
    for (const { nodeName, ips, spec, finished } of model.pods) {
      const node = nodeName === undefined ? undefined : model.nodes.get(nodeName.value);
      if (node && !spec.hostNetwork && !finished) for (const { value } of ips) add(node.name, rangeOf(model, node, value));
    }
  return new Map([...ranges].map(([name, byText]) => [name, [...byText.values()]]));
}

function ownRoute(model: NetworkModel, range: Cidr): NodeRouteView {
  const attachment = attachmentOf(model);
  const { hub, port, routedBy } = attachment;
  return {
    destination: formatCidr(range),
    kind: 'own-pods',
    node: null,
    via: null,
    device: routedBy ?? hub?.gateway ?? hub?.device ?? port ?? NODE_DEVICE,
    wrapped: false,
    tunnelTo: null,
    mode: clusterMode(model).mode,
    why: hub?.in ?? portInText(attachment, range.family),
    reachable: true,
  };
}

function otherRoute(
  underlay: Underlay,
  { other, range, carriage }: { readonly other: ModelNode; readonly range: Cidr; readonly carriage: Carriage },
): NodeRouteView {
  const { over, mode, wrapped, lost, route, why, device, nextHop } = carriage;
  const peer = wrapped ? underlay.addressOf(other, over) : undefined;
  return {
    destination: formatCidr(range),
    kind: 'other-node',
    node: other.name,
    via: nextHop ? formatIp(nextHop) : null,
    device,
    wrapped,
    tunnelTo: peer ? formatIp(peer) : null,
    mode,
    why: lost?.message ?? `${why}; ${route}`,
    reachable: lost === undefined,
  };
}

function routeAssumptions(
  model: NetworkModel,
  underlay: Underlay,
  pair: readonly [ModelNode, ModelNode],
  carriage: Carriage,
): readonly Note[] {
  const notes = carriageAssumptions(model, underlay, pair, carriage);
  const { nextHop } = carriage.carrier;
  if (carriage.nextHop || (nextHop !== 'tunnel' && nextHop !== 'self')) return notes;
  const message = `the next hop is the address of ${carriage.device}, which no object tells`;
  return [...notes, { code: 'NEXT_HOP_UNKNOWN', message }];
}

function answerOf(
  model: NetworkModel,
  node: string,
  { routes, notes }: { readonly routes: readonly NodeRouteView[]; readonly notes: readonly Note[] },
  limit: number,
): Answer<NodeRoutesVerdict, NodeRoutesResult> {
  const lost = routes.filter(({ reachable }) => !reachable);
  const trail = new Trail();
  for (const { destination, why } of lost.slice(0, 20))
    trail.add({ stage: 'routes', outcome: 'deny', reason: 'ROUTE_UNREACHABLE', message: `${destination}: ${why}` });
  const { assumed } = clusterMode(model);
  const assumptions: readonly Note[] = [...(assumed ? [assumed] : []), ...notes];
  const through = routes.filter(({ wrapped }) => wrapped).length;
  return {
    verdict: lost.length === 0 ? 'ALL_REACHABLE' : 'SOME_UNREACHABLE',
    summary: `node ${node}: ${routes.length} route${routes.length === 1 ? '' : 's'} to pods, ${through === 0 ? 'none' : through} of them through tunnels${lost.length === 0 ? '' : `, ${lost.length} lead nowhere`}`,
    result: { node, routes: routes.slice(0, limit), unreachable: lost.length, omitted: Math.max(0, routes.length - limit) },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}
