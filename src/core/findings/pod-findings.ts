import { podHostname } from '../dns/pod-hostname.js';
import type { JsonObject } from '../kernel/json.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { type Finding, type FindingDraft, type FindingFix, findingOf } from './finding.js';
import { placeOfPod, type PodPlace } from './internal/pod-place.js';

/** What a pod's own settings make of its names: the one it has, and those it can ask for. */
export function podFindings(model: NetworkModel, pod: ModelPod): readonly Finding[] {
  return [...nameChecks(model, pod), ...resolverChecks(model, pod)].map(findingOf);
}

function* nameChecks(model: NetworkModel, pod: ModelPod): Generator<FindingDraft> {
  if (pod.spec.subdomain === undefined) return;
  const place = placeOfPod(model, pod);
  const about = `pod \`${pod.namespace}/${pod.name}\``;
  for (const { code, message } of podHostname(model, pod).warnings) {
    if (code === 'SUBDOMAIN_SERVICE_MISSING') {
      const fix = governingService(pod, pod.spec.subdomain, place);
      yield { code, object: place.object, pointer: `${place.spec}/subdomain`, message: `${about}: ${message}`, fix };
    }
    if (code === 'SUBDOMAIN_WITHOUT_HOSTNAME') {
      yield { code, object: place.object, pointer: `${place.spec}/hostname`, message: `${about}: ${message}`, fix: ownHostname(place) };
    }
  }
}

/** The headless service that publishes the pods under the subdomain. */
function governingService({ namespace }: ModelPod, subdomain: string, { object, labels }: PodPlace): FindingFix | undefined {
  if (Object.keys(labels).length === 0) return undefined;
  const service: JsonObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: subdomain, namespace },
    spec: { clusterIP: 'None', selector: { ...labels } },
  };
  return { message: `create the headless service \`${namespace}/${subdomain}\``, object, patch: [], create: [service] };
}

function ownHostname({ object, spec, name }: PodPlace): FindingFix {
  const value = name.slice(0, 63).replaceAll('.', '-').replace(/-+$/, '');
  return { message: `give it the hostname \`${value}\``, object, patch: [{ op: 'add', path: `${spec}/hostname`, value }], create: [] };
}

/** The host's network does not imply the host's resolver: whoever wants the cluster's has to say so (`ClusterFirstWithHostNet`). */
function* resolverChecks(model: NetworkModel, pod: ModelPod): Generator<FindingDraft> {
  const { hostNetwork, dnsPolicy } = pod.spec;
  if (!hostNetwork || dnsPolicy !== 'ClusterFirst') return;
  const { object, spec } = placeOfPod(model, pod);
  yield {
    code: 'HOST_NETWORK_DNS',
    object,
    pointer: `${spec}/dnsPolicy`,
    message: `pod \`${pod.namespace}/${pod.name}\` is on the host network with dnsPolicy ClusterFirst: it asks the resolver of its node, which knows no names of the cluster`,
    fix: {
      message: 'ask the DNS of the cluster',
      object,
      patch: [{ op: 'add', path: `${spec}/dnsPolicy`, value: 'ClusterFirstWithHostNet' }],
      create: [],
    },
  };
}
