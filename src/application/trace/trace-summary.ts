import { assertNever } from '../../core/kernel/assert-never.js';
import { firstFew } from '../../core/kernel/first-few.js';
import type { Finding } from '../../core/findings/finding.js';
import type { FindingCodeName } from '../../core/findings/finding-codes.js';
import { policiesText } from '../../core/findings/policy-findings.js';
import { formatIp } from '../../core/net/ip.js';
import { formatAddress } from '../../core/services/proxy-endpoint.js';
import { conditionsText } from './conditions-asked.js';
import { nothingLeaves } from './leaving-stage.js';
import { partialText } from './partial-text.js';
import type { TraceStages } from './trace-stages.js';
import { isOfCluster } from './trace-verdict.js';
import type { TraceVerdict } from './trace-verdicts.js';

/** One sentence that says what becomes of the request and why. */
export function traceSummary(verdict: TraceVerdict, stages: TraceStages, findings: readonly Finding[]): string {
  const { sender, name, packet, loopback } = stages;
  const [who, what] = [sender.label, destinationText(stages)];
  const because = (...codes: readonly FindingCodeName[]) =>
    codes.flatMap((code) => findings.find((one) => one.code === code)?.message ?? [])[0] ??
    findings.find(({ severity }) => severity === 'error')?.message;
  switch (verdict) {
    case 'CONNECTS':
      return `${who} reaches ${what}: ${arrival(stages)}${doubt(findings)}`;
    case 'CONNECTS_IN_PART':
      return `${who} reaches ${what} only in part: ${partialText(stages, because('POLICY_DENIED', 'ITP_LOCAL_NO_LOCAL', 'ETP_LOCAL_NO_LOCAL')) ?? packet?.answer.warnings[0]?.message ?? 'not every packet arrives'}`;
    case 'CONNECTS_IF':
      return `${who} reaches ${what} ${conditionsText(stages)}; ${arrival(stages)}`;
    case 'LEAVES_CLUSTER':
      return leavingText(stages, what);
    case 'DNS_BLOCKED':
      return `${who} cannot resolve ${hostText(stages)}: ${refusedQuery(stages)}`;
    case 'NAME_FAILS':
      return `${who} cannot resolve ${hostText(stages)}: ${because('HOST_NETWORK_DNS', 'MUSL_NDOTS', 'NAME_UNKNOWN') ?? name?.answer.result.tried.at(-1)?.message ?? 'nobody has the name'}`;
    case 'NOT_SERVED':
      return `${who} finds nobody at ${what}: ${loopback?.message ?? because('SERVICE_PORT_MISSING', 'HEADLESS_PORT') ?? refusal(stages) ?? 'no service, pod or node has it'}`;
    case 'NO_ENDPOINTS':
      return `${who} is refused at ${what}: ${serviceText(stages)} has no usable endpoint${reasonText(because(...ENDPOINT_CODES))}`;
    case 'UNKNOWN':
      return `whether ${who} reaches ${what} is not known: ${packet?.answer.result.flows[0]?.message ?? 'its endpoints are not in the input'}`;
    case 'DROPPED':
      return `${who} waits in vain for ${what}: ${nothingLeaves(stages.leaving) ?? because('ITP_LOCAL_NO_LOCAL', 'ETP_LOCAL_NO_LOCAL', 'LBSR_DENIED') ?? 'kube-proxy drops the packet'}`;
    case 'BLOCKED_BY_POLICY':
      return `${who} is kept from ${what}: ${because('POLICY_DENIED') ?? 'policies let nothing of it out of the cluster'}`;
    default:
      return assertNever(verdict);
  }
}

/** Why nobody answers, in the words of the step that decided. */
function refusal({ packet }: TraceStages): string | undefined {
  return packet?.answer.result.flows[0]?.message ?? packet?.answer.evidence[0]?.message;
}

/** The name alone: its port has no part in what it resolves to. */
function hostText({ destination: { text, port } }: TraceStages): string {
  return port !== undefined && text.endsWith(`:${port}`) ? text.slice(0, -port.length - 1) : text;
}

/** With the port that was meant where none is written. */
function destinationText({ destination: { text, port }, packet }: TraceStages): string {
  const meant = port === undefined ? (packet?.port?.port ?? packet?.asked) : undefined;
  return meant === undefined ? text : `${text}:${meant}`;
}

/** What leaves the cluster, and from where; of a sender outside nothing does. */
function leavingText(stages: TraceStages, what: string): string {
  const { model, sender, loopback, leaving } = stages;
  if (loopback) return `what ${sender.label} sends to ${what} stays with it, outside the cluster: what becomes of it is not known`;
  const inside = sender.asker !== undefined || (sender.ip !== undefined && isOfCluster(model, formatIp(sender.ip)));
  if (!inside)
    return `${sender.label} and ${what} both lie outside the cluster: the packet never comes to it, and what becomes of it is not known`;
  const nodes = [...new Set([...sender.pods.flatMap(({ nodeName }) => nodeName?.value ?? []), ...sender.endpoints.nodes])];
  const from = nodes.length === 1 ? ` by node ${nodes[0] ?? ''}` : nodes.length > 1 ? ` by ${nodes.length} nodes, each sender’s own` : '';
  const conditions = conditionsText(stages);
  const [lost] = leaving?.lost ?? [];
  const free =
    lost === undefined ? 'nothing keeps the packet from leaving' : `of some senders it does not leave (${lost}), of others it does`;
  const kept = conditions === '' ? free : `the packet leaves ${conditions}`;
  const seen = leaving ? ` with the source ${firstFew(leaving.sources, 3)}` : '';
  return `${sender.label} reaches for ${what}, which lies outside the cluster: ${kept}${from}${seen}, and what becomes of it there is not known`;
}

/** `NetworkPolicy ops/default-deny keeps its queries (UDP 53) from Service kube-system/kube-dns`. */
function refusedQuery({ dns }: TraceStages): string {
  const refused = dns?.protocols.find(({ verdict }) => verdict === 'DENIED');
  if (!dns || !refused) return 'policies keep it from its name server';
  const side = refused.egress.allowed ? refused.ingress : refused.egress;
  const keep = side.isolatedBy.length > 1 ? 'keep' : 'keeps';
  return `${policiesText(side)} ${keep} its queries (${refused.protocol} ${refused.port}) from ${dns.server}`;
}

/** What leaves a service without endpoints, the likeliest first. */
const ENDPOINT_CODES: readonly FindingCodeName[] = [
  'SELECTOR_NEAR_MISS',
  'SELECTOR_NO_MATCH',
  'SELECTORLESS',
  'PORT_NAME_NOT_FOUND',
  'PORT_PROTOCOL_MISMATCH',
  'FAMILY_MISMATCH',
  'NODE_MISSING',
  'NO_POD_IP',
  'NOT_READY',
  'TERMINATING',
  'POD_TERMINAL_PHASE',
];

function reasonText(message: string | undefined): string {
  return message === undefined ? '' : `, for ${message}`;
}

function serviceText({ service }: TraceStages): string {
  return service ? `service ${service.namespace}/${service.name}` : 'the service';
}

/** `service prod/api (10.96.0.7) sends it to one of 2 endpoints, 10.244.1.5:8080 or 10.244.2.6:8080, which see the sender's own address`. */
function arrival(stages: TraceStages): string {
  const { packet, loopback } = stages;
  if (loopback) return loopback.message;
  if (!packet) return 'nothing is in its way';
  const { verdict, result } = packet.answer;
  const addresses = packet.targets.map(({ endpoint, pod }) => (pod === null ? endpoint : `${endpoint} (${pod})`));
  const shown = addresses.length > 2 ? firstFew(addresses, 2) : addresses.join(' or ');
  if (verdict === 'NONE') return `nothing is in the way to ${shown}`;
  if (verdict === 'ACCEPT') return 'kube-proxy itself answers there';
  const count = addresses.length === 1 ? shown : `one of ${addresses.length} endpoints, ${shown}`;
  if (verdict === 'DIRECT') return `${serviceText(stages)} is headless, and the sender picks ${count}`;
  const sees = result.masquerade
    ? ', which see' + (addresses.length === 1 ? 's' : '') + ` the address ${result.sourceSeen ?? 'of the node'}`
    : '';
  const { ip, port, via: how } = result.destination;
  const via = ip === null ? '' : how === 'NODE_PORT' ? ` (node port ${formatAddress(ip, port ?? 0)})` : ` (${ip})`;
  return `${serviceText(stages)}${via} sends it to ${count}${sees}`;
}

/** What may be wrong all the same. */
function doubt(findings: readonly Finding[]): string {
  const doubtful: readonly FindingCodeName[] = ['SEARCH_CAPTURE', 'TARGETPORT_UNDECLARED', 'PORT_PROTOCOL_MISMATCH'];
  const found = findings.find(({ code }) => doubtful.includes(code));
  return found ? `; but ${found.message}` : '';
}
