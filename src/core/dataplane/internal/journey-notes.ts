import type { Note } from '../../kernel/answer.js';
import type { EvidenceStep } from '../../kernel/evidence.js';
import { formatIp } from '../../net/ip.js';
import { clusterMtu, mtuAssumption } from '../cluster-mtu.js';
import type { HopView, PathVerdict } from '../path-result.js';
import type { Carriage } from './carriage.js';
import { carriageAssumptions } from './carriage-assumptions.js';
import type { DeviceAddress } from './device-address.js';
import type { Journey } from './journey.js';
import type { JourneyEnds } from './journey-ends.js';
import { NODE_DEVICE } from './underlay.js';

/** What is to be said of a journey. */
export interface JourneyNotes {
  readonly verdict: PathVerdict;
  readonly message: string;
  readonly steps: readonly EvidenceStep[];
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
}

/** The verdict on a journey, and what it rests on. */
export function journeyNotes(ends: JourneyEnds, journey: Journey): JourneyNotes {
  const narrow = narrowing(journey);
  const verdict: PathVerdict = journey.lost || journey.replyLost ? 'NO_ROUTE' : narrow ? 'SMALL_ONLY' : 'DELIVERED';
  const steps = [
    ...serviceSteps(ends),
    ...gatewaySteps(journey),
    ...carriageSteps(journey),
    ...lostSteps(journey),
    ...rewritingSteps(journey),
    ...mtuSteps(journey, narrow),
  ];
  const warnings = [
    ...asymmetry(journey),
    ...(narrow ? [{ code: 'MTU_TOO_LARGE', message: narrow }] : []),
    ...clusterMtu(ends.model, ends.family).warnings,
    ...(verdict === 'NO_ROUTE' ? [] : policiesNotJudged(ends)),
    ...exitsNotModelled(ends),
  ];
  return { verdict, message: messageOf(ends, journey, narrow), steps, warnings, assumptions: assumptionsOf(ends, journey) };
}

/** Who reads that a packet arrives thinks of policies too. */
function policiesNotJudged({ model }: JourneyEnds): readonly Note[] {
  const count = model.networkPolicies.length + model.clusterPolicies.length + model.ciliumPolicies.length + model.calico.policies.length;
  if (count === 0) return [];
  return [
    { code: 'POLICIES_NOT_JUDGED', message: 'the cluster has policies, and they are not looked at: ask `policy-verdict` or `trace`' },
  ];
}

/** Objects of other plugins that choose the node, or the address, by which pods leave the cluster. */
const EXIT_KINDS: ReadonlySet<string> = new Set(['Egress', 'EgressIP', 'EgressService', 'AdminPolicyBasedExternalRoute']);

function exitsNotModelled({ model, from, to }: JourneyEnds): readonly Note[] {
  if (from.kind !== 'pod' || to.kind !== 'outside') return [];
  const kinds = [...new Set(model.unmodelled.flatMap(({ ref }) => (EXIT_KINDS.has(ref.kind) ? [ref.kind] : [])))];
  if (kinds.length === 0) return [];
  return [
    {
      code: 'EXITS_NOT_MODELLED',
      message: `the cluster has objects (${kinds.join(', ')}) that may choose another node or address to leave by, and they are not read`,
    },
  ];
}

/** What the sender may send, and what does not pass further on; undefined: everything passes. */
function narrowing({ forward, reply, carriage, replyCarriage }: Journey): string | undefined {
  const ways = [...(carriage?.carrier.tellsSender ? [] : [forward]), ...(replyCarriage?.carrier.tellsSender ? [] : [reply])];
  for (const { hops, pathMtu } of ways) {
    const [first] = hops;
    if (!first || pathMtu === null || first.node === null) continue;
    const hop = hops.find((one) => isOnWire(one) && one.fits < first.fits);
    if (!hop) continue;
    const where = `${hop.device}${hop.node === null ? '' : ` of ${hop.node}`}`;
    return `${first.netns === 'root' ? (first.node ?? '') : first.netns} may send ${first.fits} bytes, and ${where} lets ${hop.fits} pass: larger packets are lost unless the sender hears of it`;
  }
  return undefined;
}

/** Between the nodes: what is too long there is lost, while a node’s own routes tell the sender. */
function isOnWire({ netns, device, encap }: HopView): boolean {
  return encap.length > 0 || netns === 'underlay' || (netns === 'root' && device.startsWith(NODE_DEVICE));
}

function messageOf(ends: JourneyEnds, journey: Journey, narrow: string | undefined): string {
  const { lost, replyLost, forward, arrives } = journey;
  const chosen = ends.asked?.endpoint ? `${ends.asked.endpoint.endpoint} is ${ends.asked.translates ? 'chosen' : 'asked'}, ` : '';
  if (lost) return `${chosen}${lost.message}`;
  if (replyLost) return `${chosen}the packet arrives, and its reply does not: ${replyLost.message}`;
  if (narrow !== undefined) return `${chosen}${narrow}`;
  const count = forward.hops.length;
  const how = `${count} hop${count === 1 ? '' : 's'}, ${carriedHow(journey)}, packets up to ${forward.pathMtu ?? 0} bytes`;
  return `${chosen}${how}; the receiver sees ${formatIp(arrives.source)}`;
}

function carriedHow({ forward, carriage, relation, isLoopback }: Journey): string {
  if (isLoopback) return 'within the sender';
  const around = forward.hops.find(({ encap }) => encap.length > 0)?.encap.map(({ kind }) => kind);
  if (around) return `in ${around.join(' in ')}`;
  if (carriage) return 'as it is';
  return relation === 'same-node' ? 'on one node' : 'by the nodes’ own network';
}

function serviceSteps({ asked }: JourneyEnds): readonly EvidenceStep[] {
  if (!asked?.endpoint) return [];
  const message = `${asked.said.summary}; the way to ${asked.endpoint.endpoint} is shown`;
  return [
    { stage: 'service', outcome: 'match', reason: asked.translates ? 'ENDPOINT_CHOSEN' : 'ENDPOINT_ASKED', message, provenance: 'derived' },
  ];
}

function gatewaySteps({ gateway }: Journey): readonly EvidenceStep[] {
  if (!gateway) return [];
  const { policy, exit, why } = gateway;
  const outcome = exit ? 'match' : 'deny';
  const reason = exit ? 'EGRESS_GATEWAY' : 'NO_EGRESS_GATEWAY';
  return [{ stage: 'egress-gateway', outcome, reason, message: why, object: policy.ref, pointer: '/spec' }];
}

function carriageSteps(journey: Journey): readonly EvidenceStep[] {
  const { carriage, replyCarriage, relation, isLoopback } = journey;
  if (isLoopback) {
    const message = 'the address is the sender’s own: no packet leaves its network namespace';
    return [{ stage: 'carriage', outcome: 'info', reason: 'LOOPBACK', message }];
  }
  if (journey.lost && !carriage) return [];
  if (!carriage && !replyCarriage) {
    const reason = relation === 'same-node' ? 'SAME_NODE' : 'HOST_PATH';
    const message =
      relation === 'same-node'
        ? 'both ends are on one node'
        : 'the plugin’s tunnels are not used: the packet goes by the nodes’ own routes';
    return [{ stage: 'carriage', outcome: 'info', reason, message }];
  }
  const told = (one: Carriage | undefined, what: string): readonly EvidenceStep[] => {
    if (!one) return [];
    const step: EvidenceStep = {
      stage: 'carriage',
      outcome: one.wrapped ? 'match' : 'no-match',
      reason: one.reason,
      message: `${what}: ${one.why}; ${one.route}`,
    };
    return one.lost ? [step, { stage: 'carriage', outcome: 'deny', ...one.lost }] : [step];
  };
  return [...told(carriage, 'the packet'), ...told(replyCarriage, 'the reply')];
}

/** What is lost elsewhere than between two nodes. */
function lostSteps({ lost, replyLost, carriage, replyCarriage, gateway }: Journey): readonly EvidenceStep[] {
  const told = [carriage?.lost, replyCarriage?.lost, gateway ? lost : undefined];
  return [lost, replyLost].flatMap((one) => (one && !told.includes(one) ? [{ stage: 'way', outcome: 'deny' as const, ...one }] : []));
}

/** What every node on the way does to the source; of those that leave it, only the last is told. */
function rewritingSteps({ rewritings }: Journey): readonly EvidenceStep[] {
  return rewritings.flatMap(({ address, rule }, index): readonly EvidenceStep[] => {
    if (!address && index < rewritings.length - 1) return [];
    const message = address ? `${rule}: the source becomes ${formatIp(address.ip)}, the address of ${address.device}` : rule;
    const reason = address ? 'MASQUERADED' : 'NOT_MASQUERADED';
    return [{ stage: 'masquerade', outcome: address ? 'match' : 'no-match', reason, message, provenance: 'derived' }];
  });
}

function mtuSteps({ forward }: Journey, narrow: string | undefined): readonly EvidenceStep[] {
  if (forward.pathMtu === null) return [];
  const step: EvidenceStep = {
    stage: 'mtu',
    outcome: 'info',
    reason: 'MTU_OF_PATH',
    message: `${forward.pathMtu} bytes pass through every hop`,
  };
  return narrow === undefined ? [step] : [step, { stage: 'mtu', outcome: 'deny', reason: 'MTU_TOO_LARGE', message: narrow }];
}

function asymmetry({ forward, reply, carriage, replyCarriage }: Journey): readonly Note[] {
  if (!carriage || !replyCarriage || forward.wrapped === reply.wrapped) return [];
  const [there, back] = [forward, reply].map(({ wrapped }) => (wrapped ? 'wrapped' : 'as it is'));
  return [{ code: 'ASYMMETRIC', message: `the packet goes ${there}, and its reply ${back}: each node decides by its own subnet` }];
}

/** What of the answer rests on what no object tells. */
function assumptionsOf({ model, underlay, from, to }: JourneyEnds, journey: Journey): readonly Note[] {
  const { carriage } = journey;
  const ofCarriage =
    carriage && from.kind !== 'outside' && to.kind !== 'outside'
      ? carriageAssumptions(model, underlay, [from.node, to.node], carriage)
      : [];
  const notes: Note[] = [...(journey.isLoopback ? [] : mtuAssumption(model)), ...ofCarriage, ...(journey.gateway?.notes ?? [])];
  if (journey.repliesByBridge && model.profileSources.get('underlay.bridgeNetfilter')?.provenance === 'assumed') {
    const message =
      'the node’s netfilter is taken to see what its bridge brings from pod to pod (`net.bridge.bridge-nf-call-iptables`); set `underlay.bridgeNetfilter`';
    notes.push({ code: 'BRIDGE_NETFILTER_ASSUMED', message });
  }
  const untold = untoldAddress(from, journey);
  if (untold) {
    const message = `${untold.device} has an address of its own, which no object tells: that of the node stands for it`;
    notes.push({ code: 'SOURCE_ADDRESS_ASSUMED', message });
  }
  return notes;
}

/** An address that the packet carries and nobody tells: of the device by which a node sends, or masquerades. */
function untoldAddress(from: JourneyEnds['from'], { rewritings, sentWith }: Journey): DeviceAddress | undefined {
  const used = [...(from.kind === 'host' ? [sentWith] : []), ...rewritings.map(({ address }) => address)];
  return used.find((address) => address?.isTold === false);
}
