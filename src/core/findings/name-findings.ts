import { countDots } from '../dns/dns-name.js';
import type { NameVerdict } from '../dns/name-question.js';
import type { NameResult } from '../dns/resolve-name.js';
import { ndotsOf } from '../dns/search-walk.js';
import type { Answer } from '../kernel/answer.js';
import { pointerBelow } from '../kernel/json-pointer.js';
import type { PatchStep } from '../kernel/patch-step.js';
import type { ModelPod, ModelService, NetworkModel } from '../model/network-model.js';
import { type Finding, type FindingDraft, type FindingFix, findingOf } from './finding.js';
import { placeOfPod } from './internal/pod-place.js';
import { podFindings } from './pod-findings.js';

/** A name that a pod looked up. */
export interface LookedUpName {
  readonly name: string;
  readonly pod: ModelPod;
  readonly answer: Answer<NameVerdict, NameResult>;
  /** The service that the name is about, or seems to be meant to be about. */
  readonly service: ModelService | undefined;
  /** The request fails of the name. */
  readonly fails: boolean;
  /** The cluster has the name, and the pod asks somebody else. */
  readonly askedElsewhere: boolean;
}

/** No resolver counts further (glibc `resolv/resolv.h` RES_MAXNDOTS; musl `resolvconf.c`). */
const MAX_NDOTS = 15;

/** What is wrong with a name as a pod asks for it: where it is asked, along which list, and whether anybody has it. */
export function nameFindings(model: NetworkModel, lookup: LookedUpName): readonly Finding[] {
  const own = podFindings(model, lookup.pod).filter(({ code }) => code === 'HOST_NETWORK_DNS');
  const elsewhere = own.map((finding): Finding => (lookup.askedElsewhere ? { ...finding, severity: 'error' } : finding));
  return [
    ...elsewhere,
    ...[...muslChecks(model, lookup), ...captureChecks(model, lookup), ...unknownName(lookup)].map(findingOf),
    ...(lookup.fails ? ownNamesOfPods(model, lookup) : []),
  ];
}

/** musl never appends a search domain to a name with ndots dots or more (musl `src/network/lookup_name.c` name_from_dns_search). */
function* muslChecks(model: NetworkModel, { name, pod, answer, fails }: LookedUpName): Generator<FindingDraft> {
  const { otherLibc, resolver, tried } = answer.result;
  if (!otherLibc || !resolver || name.endsWith('.')) return;
  const dots = countDots(name);
  const ndots = ndotsOf(resolver.options);
  const same = otherLibc.verdict === answer.verdict && otherLibc.name === (tried.at(-1)?.name ?? '');
  if (dots < ndots || same) return;
  const { object, spec } = placeOfPod(model, pod);
  yield {
    code: 'MUSL_NDOTS',
    severity: resolver.libc === 'musl' && fails ? 'error' : undefined,
    object,
    pointer: `${spec}/dnsConfig`,
    message: `\`${name}\` has ${dots} dot${dots === 1 ? '' : 's'}, and ndots is ${ndots}: musl (Alpine) asks for it as it is and never along the search list, glibc does both`,
    fix: dots < MAX_NDOTS ? withNdots(model, pod, dots + 1, `ask along the search list first: ndots ${dots + 1}`) : undefined,
  };
}

/** A name of the internet that a search domain turned into one of the cluster. */
function* captureChecks(model: NetworkModel, { name, pod, answer, service }: LookedUpName): Generator<FindingDraft> {
  const warning = answer.warnings.find(({ code }) => code === 'SEARCH_CAPTURE');
  if (!warning) return;
  const dots = countDots(name);
  yield {
    code: 'SEARCH_CAPTURE',
    object: service?.ref ?? pod.ref,
    pointer: '/metadata/name',
    message: warning.message,
    fix: withNdots(model, pod, dots, `ask for names with ${dots} dot${dots === 1 ? '' : 's'} as they are first: ndots ${dots}`),
  };
}

function* unknownName({ name, pod, answer, service, fails }: LookedUpName): Generator<FindingDraft> {
  if (!fails || service || answer.result.otherLibc?.verdict === 'RESOLVED') return;
  const nearest = answer.warnings.find(({ code }) => code === 'NEAREST_SERVICE');
  const hint = nearest ? `: ${nearest.message}` : '';
  yield { code: 'NAME_UNKNOWN', object: pod.ref, pointer: '', message: `nobody in the cluster has the name \`${name}\`${hint}` };
}

/** `db-0.db.prod` fails because the pod has no name of its own. */
function ownNamesOfPods(model: NetworkModel, { answer }: LookedUpName): readonly Finding[] {
  return answer.result.tried.flatMap(({ name }) => {
    const pod = podMeantBy(model, name);
    return pod ? podFindings(model, pod).filter(({ code }) => code.startsWith('SUBDOMAIN_')) : [];
  });
}

/** The pod that a name such as `db-0.db.prod.svc.cluster.local.` is about, by its own name and its subdomain. */
export function podMeantBy(model: NetworkModel, name: string): ModelPod | undefined {
  const [host = '', subdomain, namespace = ''] = name.toLowerCase().split('.');
  const pod = model.podByKey.get(`${namespace}/${host}`);
  return pod && pod.spec.subdomain === subdomain ? pod : undefined;
}

/** The pod's dnsConfig with another ndots; its options override those of the cluster by name (kubernetes `pkg/kubelet/network/dns/dns.go`). */
function withNdots(model: NetworkModel, pod: ModelPod, ndots: number, message: string): FindingFix {
  const { object, spec } = placeOfPod(model, pod);
  return { message, object, patch: [ndotsStep(`${spec}/dnsConfig`, pod, { name: 'ndots', value: String(ndots) })], create: [] };
}

function ndotsStep(base: string, { spec: { dnsConfig } }: ModelPod, option: { readonly name: string; readonly value: string }): PatchStep {
  if (!dnsConfig) return { op: 'add', path: base, value: { options: [option] } };
  if (dnsConfig.options.length === 0) return { op: 'add', path: `${base}/options`, value: [option] };
  const known = dnsConfig.options.findIndex(({ name }) => name === option.name);
  return known < 0
    ? { op: 'add', path: `${base}/options/-`, value: option }
    : { op: 'replace', path: pointerBelow(base, 'options', known), value: option };
}
