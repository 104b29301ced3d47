import { asksClusterDNS } from '../../core/dns/explain-resolver.js';
import { PUBLIC_LABELS } from '../../core/dns/public-labels.js';
import type { NameServer, Upstream } from '../../core/dns/server-answer.js';
import { type NameResult, resolveName } from '../../core/dns/resolve-name.js';
import type { NameVerdict } from '../../core/dns/name-question.js';
import type { Libc } from '../../core/dns/search-walk.js';
import { podMeantBy } from '../../core/findings/name-findings.js';
import { serviceNamed } from '../../core/findings/service-named.js';
import type { Answer, Note } from '../../core/kernel/answer.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import type { ModelPod, ModelService, NetworkModel } from '../../core/model/network-model.js';
import { type Ip, parseIp } from '../../core/net/ip.js';
import type { TraceDestination } from './trace-destination.js';
import type { TraceSender } from './trace-sender.js';

/** What looking up the name came to. */
export interface NameStage {
  readonly asked: string;
  readonly answer: Answer<NameVerdict, NameResult>;
  readonly asksCluster: boolean;
  /** The service that the answer is about, or that was probably meant where there is none. */
  readonly service: ModelService | undefined;
  /** The address that the sender takes: of its own family, or else the first. */
  readonly ip: Ip | undefined;
  /** The name would resolve if the sender asked the DNS of the cluster, and it asks somebody else. */
  readonly askedElsewhere: boolean;
  readonly assumptions: readonly Note[];
}

/** Looks the name up as the sender does. Undefined where there is no name to look up. */
export function nameStage(
  server: NameServer,
  sender: TraceSender,
  { target }: TraceDestination,
  libc: Libc,
): Result<NameStage | undefined, Problem> {
  const name = nameOf(server.model, target);
  if (name === undefined) return ok(undefined);
  const first = resolveName(server, { name, type: undefined, from: sender.asker, libc });
  if (!first.ok) return first;
  const isPublic = first.value.verdict !== 'EXTERNAL' || !isOfNobody(server.model, name, first.value);
  const answer = isPublic
    ? first
    : resolveName({ ...server, upstream: NOBODY_OUTSIDE }, { name, type: undefined, from: sender.asker, libc });
  if (!answer.ok) return answer;
  const { verdict, result } = answer.value;
  const asksCluster = sender.asker === undefined || asksClusterDNS(server.model, sender.asker);
  const meant = asksCluster || verdict !== 'EXTERNAL' ? undefined : ofTheCluster(server, sender, name, libc);
  return ok({
    asked: name,
    answer: answer.value,
    asksCluster,
    service: meant ?? serviceOf(server.model, verdict, result),
    ip: addressFor(sender, result.addresses),
    askedElsewhere: meant !== undefined,
    assumptions: [
      ...(sender.asker ? [] : [ASKED_DIRECTLY]),
      ...(meant ? [OTHERS_KNOW_NO_SERVICES] : []),
      ...(isPublic ? [] : [NOT_PUBLIC]),
    ],
  });
}

const NOBODY_OUTSIDE: Upstream = () => ({ records: [], truncated: false, rcode: 'NXDOMAIN' });

/** A name that goes outside only because nobody in the cluster has it: too short for a public one, ending like names of the cluster, or that of a pod. */
function isOfNobody(model: NetworkModel, asked: string, { result, warnings }: Answer<NameVerdict, NameResult>): boolean {
  if (result.answer.length > 0) return false;
  const labels = asked.toLowerCase().replace(/\.$/, '').split('.');
  const last = labels.at(-1) ?? '';
  if (PUBLIC_LABELS.has(last)) return false;
  if (labels.length === 1 || last === 'svc' || model.namespaces.has(last)) return true;
  return warnings.some(({ code }) => code === 'NEAREST_SERVICE') || result.tried.some(({ name }) => podMeantBy(model, name));
}

const NOT_PUBLIC: Note = {
  code: 'OUTSIDE_HAS_NO_SUCH_NAME',
  message: 'the name is asked outside the cluster and has not the form of a public one: taken not to exist there',
};

const ASKED_DIRECTLY: Note = {
  code: 'RESOLVER_UNKNOWN',
  message: 'the sender’s resolver is not known: the name is taken to mean what the DNS server of the cluster answers',
};
const OTHERS_KNOW_NO_SERVICES: Note = {
  code: 'OUTSIDE_HAS_NO_SUCH_NAME',
  message: 'the sender asks a resolver that is not the DNS server of the cluster: it is taken not to know the names of services',
};

/** A service that is named itself is not looked up, save one that is nothing but a name. */
function nameOf({ profile }: NetworkModel, target: TraceDestination['target']): string | undefined {
  if (target.kind === 'name') return target.name;
  if (target.kind !== 'service' || target.service.resource.type !== 'ExternalName') return undefined;
  return `${target.service.name}.${target.service.namespace}.svc.${profile.clusterDomain}.`;
}

/** The service that the name would lead to with the cluster's resolv.conf. */
function ofTheCluster(server: NameServer, { asker }: TraceSender, name: string, libc: Libc): ModelService | undefined {
  const from = asker && 'pod' in asker ? { pod: withClusterDns(asker.pod) } : undefined;
  const answer = resolveName(server, { name, type: undefined, from, libc });
  if (!answer.ok || answer.value.verdict !== 'RESOLVED') return undefined;
  return serviceOf(server.model, answer.value.verdict, answer.value.result);
}

function withClusterDns(pod: ModelPod): ModelPod {
  return { ...pod, spec: { ...pod.spec, dnsPolicy: 'ClusterFirstWithHostNet', dnsConfig: undefined } };
}

function serviceOf(model: NetworkModel, verdict: NameVerdict, { answer, tried, addresses }: NameResult): ModelService | undefined {
  if (verdict !== 'RESOLVED') return [...answer, ...tried].map(({ name }) => serviceNamed(model, name)).find((one) => one !== undefined);
  const last = answer.findLast(({ type }) => type === 'A' || type === 'AAAA');
  const named = last && serviceNamed(model, last.name);
  if (named) return named;
  const owner = addresses.flatMap((ip) => model.ipOwners.get(ip) ?? []).find(({ type }) => type === 'clusterIP');
  return owner?.type === 'clusterIP' ? model.services.get(owner.service) : undefined;
}

function addressFor({ pods }: TraceSender, addresses: readonly string[]): Ip | undefined {
  const ips = addresses.flatMap((text) => parseIp(text) ?? []);
  const families = pods[0]?.ips.map(({ value }) => value.family) ?? [];
  return ips.find(({ family }) => families.includes(family)) ?? ips[0];
}
