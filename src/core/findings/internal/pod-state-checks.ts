import { didYouMean } from '../../kernel/did-you-mean.js';
import type { EndpointReason, ModelService, NetworkModel } from '../../model/network-model.js';
import type { FindingDraft, FindingFix } from '../finding.js';
import { podsText } from './pod-place.js';
import { type SelectedPod, selectedPods } from './selected-pods.js';

/** How each state of a selected pod is told; `{n}` are the pods. */
const STATES = [
  ['NO_POD_IP', '/status/podIP'],
  ['POD_TERMINAL_PHASE', '/status/phase'],
  ['NODE_MISSING', '/spec/nodeName'],
  ['NOT_READY', '/status/conditions'],
  ['TERMINATING', '/metadata/deletionTimestamp'],
  ['FAMILY_MISMATCH', '/status/podIPs'],
] as const satisfies readonly (readonly [EndpointReason, string])[];

/** The selected pods that are no ready endpoints, by what keeps them out. */
export function* podStateChecks(model: NetworkModel, service: ModelService): Generator<FindingDraft> {
  const selected = selectedPods(model, service);
  for (const [code, pointer] of STATES) {
    const concerned = selected.filter(({ candidate }) => candidate.reason === code);
    const [first] = concerned;
    if (!first) continue;
    const pods = concerned.map(({ pod }) => pod);
    yield {
      code,
      object: service.ref,
      pointer: code === 'FAMILY_MISMATCH' ? '/spec/ipFamilies' : '/spec/selector',
      message: `${concerned.length} of the ${selected.length} pods that service \`${service.namespace}/${service.name}\` selects: ${podsText(pods)}: ${first.candidate.message}`,
      related: pods.map(({ ref }) => ({ object: ref, pointer })),
      fix: fixOf(model, service, code, concerned),
    };
  }
}

function fixOf(
  model: NetworkModel,
  service: ModelService,
  code: EndpointReason,
  concerned: readonly SelectedPod[],
): FindingFix | undefined {
  if (code === 'NOT_READY') return publishNotReady(service);
  if (code === 'FAMILY_MISMATCH') return ofTheirFamily(service, concerned);
  return code === 'NODE_MISSING' ? onNearestNode(model, concerned) : undefined;
}

/** Only where clients look for the pods themselves: behind a cluster IP it would send them to pods that do not answer. */
function publishNotReady({ resource, endpoints, ref }: ModelService): FindingFix | undefined {
  if (!resource.headless || endpoints.source !== 'derived') return undefined;
  return {
    message: 'publish addresses of pods that are not ready, if peers have to find each other before they are (StatefulSets)',
    object: ref,
    patch: [{ op: 'add', path: '/spec/publishNotReadyAddresses', value: true }],
    create: [],
  };
}

/** The family of a service is set when it is created, with its cluster IP. */
function ofTheirFamily({ resource, ref, endpoints }: ModelService, concerned: readonly SelectedPod[]): FindingFix | undefined {
  const families = concerned.map(({ pod }) => new Set(pod.ips.map(({ value }) => value.family)));
  const common = ([4, 6] as const).filter((family) => families.every((one) => one.has(family)));
  const [family] = common;
  if (family === undefined || endpoints.source !== 'derived') return undefined;
  const address = resource.headless ? 'None' : '';
  return {
    message: `make it an IPv${family} service, as its pods are; it has to be deleted and created anew`,
    object: ref,
    patch: [
      { op: 'add', path: '/spec/ipFamilies', value: [`IPv${family}`] },
      { op: 'add', path: '/spec/ipFamilyPolicy', value: 'SingleStack' },
      { op: 'add', path: '/spec/clusterIP', value: address },
      { op: 'add', path: '/spec/clusterIPs', value: address === '' ? [] : [address] },
    ],
    create: [],
  };
}

function onNearestNode(model: NetworkModel, [first]: readonly SelectedPod[]): FindingFix | undefined {
  const written = first?.pod.spec.nodeName;
  if (!first || written === undefined || first.pod.resource === undefined) return undefined;
  const nearest = didYouMean(written, model.nodes.keys());
  if (nearest === undefined) return undefined;
  return {
    message: `name node \`${nearest}\``,
    object: first.pod.ref,
    patch: [{ op: 'replace', path: '/spec/nodeName', value: nearest }],
    create: [],
  };
}
