import type { Answer, Note } from '../kernel/answer.js';
import { uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { ModelNode, ModelPod, NetworkModel } from '../model/network-model.js';
import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import type { IpFamily } from '../net/ip.js';
import { clusterMode } from './cluster-mode.js';
import { mtuAssumption } from './cluster-mtu.js';
import { askedEnd } from './internal/ends.js';
import { podAddresses, podRoutes, type PodRouteView } from './internal/pod-routes.js';
import { podDeviceMtu } from './internal/pod-device-mtu.js';
import { podRoutingOf } from './internal/pod-routing.js';
import { Underlay } from './internal/underlay.js';
import { nodeRoutes } from './node-routes.js';

/** How it is with the routes of a pod. */
export const POD_ROUTE_TABLE_VERDICTS = {
  OWN: 'the pod has a network namespace of its own, with these routes',
  NODE: 'the pod is on the network of its node, and these are the routes of the node',
  UNKNOWN: 'the pod is on no known node, or has no address',
} as const;

/** The outcome. */
export type PodRouteTableVerdict = keyof typeof POD_ROUTE_TABLE_VERDICTS;

/** Reason codes of the evidence. */
export const POD_ROUTE_TABLE_REASONS = {
  ROUTES_OF_PLUGIN: 'what the plugin lays in the network namespace of every pod',
  ROUTES_OF_NODE: 'a hostNetwork pod sees what its node sees',
  NOT_PLACED: 'a pod is on no node',
  NO_ADDRESS: 'the pod has no address',
} as const;

/** The routes of a pod, and the device that they lead to. */
export interface PodRouteTableResult {
  readonly pod: string;
  readonly node: string | null;
  readonly hostNetwork: boolean;
  readonly device: string | null;
  readonly deviceMtu: number | null;
  /** With the length of their prefix. */
  readonly addresses: readonly string[];
  readonly routes: readonly PodRouteView[];
  /** How many `limit` left out. */
  readonly omitted: number;
}

/** What is asked. */
export interface PodRouteTableQuestion {
  /** Of several pods the first stands for all. */
  readonly pod: ResolvedEndpoints;
  readonly family: IpFamily | undefined;
  readonly limit: number;
}

type PodRouteTableAnswer = Answer<PodRouteTableVerdict, PodRouteTableResult>;

/** The routes in the network namespace of a pod. Fails with `invalid-request` where the selector names no pod. Yields. */
export function* podRouteTable(model: NetworkModel, question: PodRouteTableQuestion): Steps<Result<PodRouteTableAnswer, Problem>> {
  const { end, notes } = askedEnd(model, question.pod, undefined);
  if (end?.kind !== 'pod') return err(noPod(question.pod.selector));
  const { pod } = end;
  const node = pod.nodeName === undefined ? undefined : model.nodes.get(pod.nodeName.value);
  if (!node) return ok(unknown(pod, notes, 'NOT_PLACED', `pod ${pod.namespace}/${pod.name} is on no known node`));
  if (pod.spec.hostNetwork) return yield* ofNode(model, question, { pod, node, notes });
  if (pod.ips.length === 0) return ok(unknown(pod, notes, 'NO_ADDRESS', `pod ${pod.namespace}/${pod.name} has no address`));
  return ok(ofPod(model, question, { pod, node, notes }));
}

interface Placed {
  readonly pod: ModelPod;
  readonly node: ModelNode;
  readonly notes: readonly Note[];
}

function ofPod(model: NetworkModel, { family, limit }: PodRouteTableQuestion, { pod, node, notes }: Placed): PodRouteTableAnswer {
  const underlay = new Underlay(model);
  const families = [...new Set(pod.ips.map(({ value }) => value.family))].filter((one) => family === undefined || one === family);
  const laid = families.map((one) => podRoutes(model, underlay, { pod, node, family: one }));
  const routes = laid.flatMap((one) => one.routes);
  const { plugin } = model.profile.cni;
  const [first = 4] = families;
  const { mtu: deviceMtu } = podDeviceMtu(model, underlay, node, first, pod);
  const { assumed } = clusterMode(model);
  const assumptions = uniqueNotes([...notes, ...(assumed ? [assumed] : []), ...mtuAssumption(model), ...laid.flatMap((one) => one.notes)]);
  const trail = new Trail();
  trail.add({ stage: 'routes', outcome: 'info', reason: 'ROUTES_OF_PLUGIN', message: `${plugin}: ${podRoutingOf(model).source}` });
  return {
    verdict: 'OWN',
    summary: `pod ${pod.namespace}/${pod.name}: ${count(routes.length)}, all by eth0, whose MTU is ${deviceMtu}`,
    result: {
      ...bare(pod),
      device: 'eth0',
      deviceMtu,
      addresses: families.flatMap((one) => podAddresses(model, { pod, node, family: one })),
      routes: routes.slice(0, limit),
      omitted: Math.max(0, routes.length - limit),
    },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

/** What a hostNetwork pod sees: the routes to pods that the plugin lays on the node, and the node's default route. */
function* ofNode(
  model: NetworkModel,
  { family, limit }: PodRouteTableQuestion,
  { pod, node, notes }: Placed,
): Steps<Result<PodRouteTableAnswer, Problem>> {
  const answered = yield* nodeRoutes(model, { node: node.name, family, limit });
  if (!answered.ok) return answered;
  const { result, assumptions, confidence } = answered.value;
  const underlay = new Underlay(model);
  const families = model.profile.ipFamilies.filter((one) => (family === undefined || one === family) && underlay.addressOf(node, one));
  const defaults = families.map((one): PodRouteView => ({
    destination: one === 6 ? '::/0' : '0.0.0.0/0',
    via: null,
    device: underlay.deviceOf(node, one),
    mtu: null,
    why: 'the default route of the node, whose next hop no object tells',
  }));
  const routes = [...defaults, ...result.routes.map(({ destination, via, device, why }) => ({ destination, via, device, mtu: null, why }))];
  const trail = new Trail();
  trail.add({
    stage: 'routes',
    outcome: 'info',
    reason: 'ROUTES_OF_NODE',
    message: `the pod has no network namespace of its own: ask \`node-routes\` of ${node.name}`,
  });
  const [first = 4] = families;
  return ok({
    verdict: 'NODE',
    summary: `pod ${pod.namespace}/${pod.name}: hostNetwork, the ${count(routes.length)} of node ${node.name}`,
    result: {
      ...bare(pod),
      device: underlay.deviceOf(node, first),
      deviceMtu: underlay.mtuOf(node, first),
      routes: routes.slice(0, limit),
      omitted: result.omitted + Math.max(0, routes.length - limit),
    },
    evidence: trail.list(),
    assumptions: uniqueNotes([...notes, ...assumptions, ...mtuAssumption(model)]),
    warnings: [],
    confidence: notes.length > 0 || mtuAssumption(model).length > 0 ? 'ASSUMED' : confidence,
    enforcement: null,
  });
}

function unknown(pod: ModelPod, notes: readonly Note[], reason: 'NOT_PLACED' | 'NO_ADDRESS', message: string): PodRouteTableAnswer {
  const trail = new Trail();
  trail.add({ stage: 'routes', outcome: 'no-match', reason, message });
  return {
    verdict: 'UNKNOWN',
    summary: message,
    result: bare(pod),
    evidence: trail.list(),
    assumptions: notes,
    warnings: [],
    confidence: 'INSUFFICIENT_INFO',
    enforcement: null,
  };
}

function bare({ namespace, name, nodeName, spec: { hostNetwork } }: ModelPod): PodRouteTableResult {
  return {
    pod: `${namespace}/${name}`,
    node: nodeName?.value ?? null,
    hostNetwork,
    device: null,
    deviceMtu: null,
    addresses: [],
    routes: [],
    omitted: 0,
  };
}

function count(routes: number): string {
  return `${routes} route${routes === 1 ? '' : 's'}`;
}

function noPod(selector: string): Problem {
  const message = `\`${selector}\` names no pod`;
  return problem('invalid-request', message, { errors: [{ pointer: '/pod', code: 'invalid-value', message }] });
}
