import type { Note } from '../../kernel/answer.js';
import type { EvidenceStep } from '../../kernel/evidence.js';
import { formatIp } from '../../net/ip.js';
import { clusterMtu } from '../cluster-mtu.js';
import type { HopView, PathVerdict } from '../path-result.js';
import type { Carriage } from './carriage.js';
import type { Journey, JourneyEnds } from './journey.js';
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
  const steps = [...serviceSteps(ends), ...carriageSteps(journey), rewritingStep(journey), ...mtuSteps(journey, narrow)];
  const warnings = [
    ...asymmetry(journey),
    ...(narrow ? [{ code: 'MTU_TOO_LARGE', message: narrow }] : []),
    ...clusterMtu(ends.model, ends.family).warnings,
    ...(verdict === 'NO_ROUTE' ? [] : policiesNotJudged(ends)),
  ];
  return { verdict, message: messageOf(journey, narrow), steps, warnings, assumptions: assumptionsOf(ends, journey) };
}

/** Who reads that a packet arrives thinks of policies too. */
function policiesNotJudged({ model }: JourneyEnds): readonly Note[] {
  const count = model.networkPolicies.length + model.clusterPolicies.length + model.ciliumPolicies.length + model.calico.policies.length;
  if (count === 0) return [];
  return [
    { code: 'POLICIES_NOT_JUDGED', message: 'the cluster has policies, and they are not looked at: ask `policy-verdict` or `trace`' },
  ];
}

/** What the sender may send, and what does not pass further on; undefined: everything passes. */
function narrowing({ forward, reply }: Journey): string | undefined {
  for (const { hops, pathMtu } of [forward, reply]) {
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

function messageOf({ lost, replyLost, forward, carriage, relation }: Journey, narrow: string | undefined): string {
  if (lost) return lost.message;
  if (replyLost) return `the packet arrives, and its reply does not: ${replyLost.message}`;
  if (narrow !== undefined) return narrow;
  const around = forward.hops.find(({ encap }) => encap.length > 0)?.encap.map(({ kind }) => kind);
  const how = around
    ? `in ${around.join(' in ')}`
    : carriage
      ? 'as it is'
      : relation === 'same-node'
        ? 'on one node'
        : 'by the nodes’ own network';
  return `${forward.hops.length} hops, ${how}, packets up to ${forward.pathMtu ?? 0} bytes`;
}

function serviceSteps({ turn }: JourneyEnds): readonly EvidenceStep[] {
  if (!turn?.endpoint) return [];
  const message = `${turn.answer.summary}; the way to ${turn.endpoint.endpoint} is shown`;
  return [{ stage: 'service', outcome: 'match', reason: 'ENDPOINT_CHOSEN', message }];
}

function carriageSteps(journey: Journey): readonly EvidenceStep[] {
  const { carriage, replyCarriage, relation } = journey;
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

function rewritingStep({ rewriting }: Journey): EvidenceStep {
  const { source, rule } = rewriting;
  const message = source ? `${rule}: the receiver sees ${formatIp(source)}` : rule;
  return { stage: 'masquerade', outcome: source ? 'match' : 'no-match', reason: source ? 'MASQUERADED' : 'NOT_MASQUERADED', message };
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
function assumptionsOf({ model, underlay, from, to }: JourneyEnds, { carriage, relation, rewriting }: Journey): readonly Note[] {
  const notes: Note[] = [];
  const isAssumed = (field: string) => model.profileSources.get(field)?.provenance === 'assumed';
  if (isAssumed('underlay.mtu'))
    notes.push({
      code: 'UNDERLAY_MTU_ASSUMED',
      message: `the nodes’ devices are taken to have an MTU of ${model.profile.underlay.mtu}; set \`underlay.mtu\``,
    });
  if (carriage && from.kind !== 'outside' && to.kind !== 'outside' && underlay.subnetOf(from.node, carriage.over) === undefined) {
    const message = `the subnet of node ${from.node.name} is not known; set \`underlay.subnets\``;
    if (carriage.why.includes('CrossSubnet') || carriage.carrier.onLinkOnly) notes.push({ code: 'NODE_SUBNET_UNKNOWN', message });
  }
  if (carriage && !carriage.wrapped && relation === 'cross-subnet' && isAssumed('underlay.routesPods')) {
    notes.push({
      code: 'UNDERLAY_ROUTES_ASSUMED',
      message: 'the routers between the nodes are taken to know the pods’ ranges; set `underlay.routesPods`',
    });
  }
  if (carriage?.wrapped && (rewriting.source || from.kind === 'host')) {
    notes.push({
      code: 'SOURCE_ADDRESS_ASSUMED',
      message:
        'the node’s own address stands for the source; the kernel takes that of the device by which the packet leaves, which may be the tunnel’s',
    });
  }
  return notes;
}
