import { assertNever } from '../../core/kernel/assert-never.js';
import type { Note } from '../../core/kernel/answer.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { cidrContains } from '../../core/net/cidr.js';
import { parseIp } from '../../core/net/ip.js';
import type { PolicyVerdict } from '../../core/policy/policy-result.js';
import type { LoopbackStage } from './loopback-stage.js';
import type { NameStage } from './name-stage.js';
import { conditionsAsked } from './conditions-asked.js';
import type { PacketStage } from './packet-stage.js';
import type { TraceStages } from './trace-stages.js';
import type { TraceVerdict } from './trace-verdicts.js';

/** The first thing that a request fails of, and what that rests on. */
export interface TraceConclusion {
  readonly verdict: TraceVerdict;
  readonly assumptions: readonly Note[];
}

/** What becomes of the request. */
export function concludeTrace(stages: TraceStages): TraceConclusion {
  const { dns, name, packet, loopback } = stages;
  if (loopback) return ofLoopback(loopback);
  if (dns?.protocols.some(({ protocol, verdict }) => protocol === 'UDP' && verdict === 'DENIED')) return said('DNS_BLOCKED');
  if (name && name.answer.verdict !== 'RESOLVED') return ofFailedName(name, stages.outside?.verdict);
  if (!packet) return said('NAME_FAILS');
  return ofPacket(stages, packet);
}

function said(verdict: TraceVerdict, ...assumptions: readonly Note[]): TraceConclusion {
  return { verdict, assumptions };
}

function ofLoopback({ offered }: LoopbackStage): TraceConclusion {
  if (offered === undefined) return said('LEAVES_CLUSTER');
  if (offered === 'none') return said('NOT_SERVED', UNDECLARED);
  return said(offered === 'all' ? 'CONNECTS' : 'CONNECTS_IN_PART', LISTENER);
}

const UNDECLARED: Note = {
  code: 'PORT_CLOSED',
  message: 'containers are taken to listen on the ports that they declare, and on no others',
};

function ofFailedName(name: NameStage, outside: PolicyVerdict | undefined): TraceConclusion {
  if (name.answer.verdict !== 'EXTERNAL' || name.askedElsewhere) return said('NAME_FAILS');
  return said(outside === 'DENIED' ? 'BLOCKED_BY_POLICY' : 'LEAVES_CLUSTER');
}

function ofPacket(stages: TraceStages, packet: PacketStage): TraceConclusion {
  const { verdict, result } = packet.answer;
  const [flow] = result.flows;
  switch (verdict) {
    case 'ACCEPT':
      return said('CONNECTS');
    case 'ALIAS':
      return said('LEAVES_CLUSTER');
    case 'REJECT':
      return said(flow?.reason === 'NO_ENDPOINTS' ? 'NO_ENDPOINTS' : 'NOT_SERVED');
    case 'DROP':
      return said(flow?.reason === 'CLUSTER_IP_UNALLOCATED' ? 'NOT_SERVED' : 'DROPPED');
    case 'NONE':
      return withoutService(stages, packet);
    case 'UNKNOWN':
      return said('UNKNOWN');
    case 'DIRECT':
      return listensElsewhere(packet) ? said('NOT_SERVED', PORT_CLOSED) : ofPolicies(stages, false);
    case 'DNAT':
      return ofPolicies(stages, new Set(result.flows.map((one) => one.verdict)).size > 1);
    default:
      return assertNever(verdict);
  }
}

const PORT_CLOSED: Note = {
  code: 'PORT_CLOSED',
  message: 'pods are taken to listen on the ports that their endpoints name, and on no others',
};
const LISTENER: Note = { code: 'LISTENER_ASSUMED', message: 'whether a process listens on the port is not known: taken that one does' };

/** The endpoints of a headless service are on another port than the one that was asked for. */
function listensElsewhere({ asked, answer }: PacketStage): boolean {
  const { endpoints } = answer.result;
  return asked !== undefined && endpoints.every(({ port }) => port > 0 && port !== asked);
}

/** No service has the packet: it goes to the address itself. */
function withoutService(stages: TraceStages, { answer, targets }: PacketStage): TraceConclusion {
  if (answer.result.service?.headless) return said('NO_ENDPOINTS');
  const [target] = targets;
  if (!target || answer.result.destination.via === 'NOT_EXPOSED') return said('NOT_SERVED');
  if (target.pod !== null || target.node !== null) return ofPolicies(stages, false, LISTENER);
  if (isOfCluster(stages.model, target.ip)) return said('NOT_SERVED');
  const { verdict } = ofPolicies(stages, false);
  return said(verdict.startsWith('CONNECTS') ? 'LEAVES_CLUSTER' : verdict);
}

/** An address of a service without that port, or of a range whose addresses are all of the cluster. */
export function isOfCluster({ ipOwners, profile }: NetworkModel, text: string): boolean {
  const ip = parseIp(text);
  if (!ip || ipOwners.has(text)) return true;
  return [...profile.serviceCIDRs, ...profile.podCIDRs].some((cidr) => cidrContains(cidr, ip));
}

function ofPolicies(stages: TraceStages, inPart: boolean, ...assumptions: readonly Note[]): TraceConclusion {
  const verdicts = new Set(stages.paths.map(({ answer }) => answer.verdict));
  const [only] = verdicts;
  if (verdicts.size > 1 || only === 'MIXED') return said('CONNECTS_IN_PART', ...assumptions);
  if (only === 'DENIED') return said('BLOCKED_BY_POLICY');
  if (only === 'NO_ENDPOINT') return said('NOT_SERVED');
  if (stages.refused?.everywhere) return said('BLOCKED_BY_POLICY');
  if (inPart || stages.refused) return said('CONNECTS_IN_PART', ...assumptions);
  return said(conditionsAsked(stages).length > 0 ? 'CONNECTS_IF' : 'CONNECTS', ...assumptions);
}
