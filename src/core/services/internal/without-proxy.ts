import { type Answer, type Note, uniqueNotes } from '../../kernel/answer.js';
import { type Evidence, Trail } from '../../kernel/evidence.js';
import type { Provenance } from '../../kernel/provenance.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import { parseIp } from '../../net/ip.js';
import type { EndpointSlice } from '../../resources/endpoint-slice.js';
import type { ServicePort } from '../../resources/service.js';
import { formatAddress } from '../proxy-endpoint.js';
import type { ServiceReason } from '../service-reasons.js';
import type { EndpointView, ExcludedView, ServiceQuestion, ServiceResult, ServiceVerdict } from '../service-question.js';
import { accountedPods, podAt } from './accounted-pods.js';
import type { Destination } from './destination.js';
import { serviceAssumptions, serviceWarnings } from './service-notes.js';
import { serviceView } from './service-view.js';

/** Services that kube-proxy has no rule for: headless ones, ExternalName, and those that the sender cannot address at all. */
export function resolveWithoutProxy(
  model: NetworkModel,
  { service, port, how }: Extract<Destination, { kind: 'service' }>,
  question: ServiceQuestion,
): Answer<ServiceVerdict, ServiceResult> {
  const assumptions = serviceAssumptions(model, service);
  const outcome =
    how === 'headless' ? headless(model, service, port) : how === 'external-name' ? alias(model, service) : unreachable(service);
  const { verdict, reason, message, endpoints, excluded, warnings } = outcome;
  const destination = { ip: null, port: port?.port ?? null, protocol: port?.protocol ?? 'TCP', via: reason };
  return {
    verdict,
    summary: `${question.to.selector}: ${message}`,
    result: { destination, service: serviceView(service, port), endpoints, excluded, masquerade: false, sourceSeen: null, flows: [] },
    evidence: explain(service, outcome),
    assumptions,
    warnings: uniqueNotes([...warnings, ...serviceWarnings(model, service)]),
    confidence: assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

function explain(
  { ref, endpoints: { source } }: ModelService,
  { verdict, reason, message, endpoints, excluded }: Outcome,
): readonly Evidence[] {
  const trail = new Trail();
  const parent = trail.add({
    stage: 'packet',
    outcome: verdict === 'NONE' ? 'deny' : 'info',
    reason,
    message,
    object: ref,
    provenance: 'derived',
  });
  const provenance: Provenance = source === 'derived' ? 'derived' : 'observed';
  const step = { stage: 'endpoint-selection', object: ref, provenance, parent };
  for (const { endpoint } of endpoints) trail.add({ ...step, outcome: 'selected', reason: 'ENDPOINT_USED', message: endpoint });
  for (const one of excluded)
    trail.add({ ...step, outcome: 'excluded', reason: one.reason, message: `${one.endpoint ?? one.pod ?? ''}: ${one.message}` });
  return trail.list();
}

interface Outcome {
  readonly verdict: ServiceVerdict;
  readonly reason: ServiceReason;
  readonly message: string;
  readonly endpoints: readonly EndpointView[];
  readonly excluded: readonly ExcludedView[];
  readonly warnings: readonly Note[];
}

function alias({ profile }: NetworkModel, { resource: { externalName = '' } }: ModelService): Outcome {
  const nameless = { endpoints: [], excluded: [], warnings: [] };
  if (parseIp(externalName) && profile.dns.server !== 'kube-dns') {
    const message = `ExternalName of the address ${externalName}: DNS knows no alias of an address, so its name does not resolve`;
    return { verdict: 'NONE', reason: 'EXTERNALNAME_IP', message, ...nameless };
  }
  const message = `ExternalName: it stands for \`${externalName}\`; the name server answers with a CNAME and no port is translated`;
  return { verdict: 'ALIAS', reason: 'EXTERNAL_NAME', message, ...nameless };
}

function unreachable(service: ModelService): Outcome {
  const message = `service \`${service.namespace}/${service.name}\` has no address that this sender can reach: no load balancer IP, external IP or node port of its family`;
  return { verdict: 'NONE', reason: 'NOT_EXPOSED', message, endpoints: [], excluded: [], warnings: [] };
}

/** One address of a slice, and whether the name server gives it. */
interface SliceEndpoint {
  readonly view: EndpointView;
  readonly ready: boolean;
}

/** The name of a headless service gives its ready endpoints; the client connects to one of them, on the endpoint's own port. */
function headless(model: NetworkModel, service: ModelService, port: ServicePort | undefined): Outcome {
  const all = onceEach(service.endpoints.slices.flatMap((slice) => endpointsOfSlice(model, slice, port)));
  const ready = all.filter((one) => one.ready);
  const endpoints = ready.map(({ view }): EndpointView => ({ ...view, probability: 1 / ready.length }));
  const notReady = all
    .filter((one) => !one.ready)
    .map(({ view }): ExcludedView => ({
      endpoint: view.endpoint,
      pod: view.pod,
      node: view.node,
      reason: 'NOT_READY',
      message: 'not ready: the name server leaves it out',
    }));
  const excluded = [...notReady, ...accountedPods(model, service, port, endpoints, notReady)];
  if (endpoints.length === 0) {
    const message = 'headless and without a ready endpoint: its name does not resolve';
    return { verdict: 'NONE', reason: 'HEADLESS_NOT_READY', message, endpoints, excluded, warnings: [] };
  }
  const message = `headless: the client picks one of ${endpoints.length} endpoints itself, nothing is translated`;
  return { verdict: 'DIRECT', reason: 'HEADLESS', message, endpoints, excluded, warnings: portWarnings(endpoints, port) };
}

/** An address that several slices or endpoints have is one answer of the name server: ready where one of them is. */
function onceEach(endpoints: readonly SliceEndpoint[]): readonly SliceEndpoint[] {
  const byAddress = new Map<string, SliceEndpoint>();
  for (const one of endpoints) {
    const known = byAddress.get(one.view.endpoint);
    if (!known || (one.ready && !known.ready)) byAddress.set(one.view.endpoint, one);
  }
  return [...byAddress.values()];
}

function portWarnings(endpoints: readonly EndpointView[], port: ServicePort | undefined): readonly Note[] {
  const other = port && endpoints.find((one) => one.port !== port.port);
  if (!port || !other) return [];
  return [
    {
      code: 'HEADLESS_PORT',
      message: `headless services translate no port: clients have to use ${other.port}, not the service's ${port.port}`,
    },
  ];
}

function endpointsOfSlice(model: NetworkModel, slice: EndpointSlice, port: ServicePort | undefined): readonly SliceEndpoint[] {
  const number = port ? slice.ports.find((one) => one.name === port.name && one.protocol === port.protocol)?.port : 0;
  if (number === undefined || slice.addressType === 'FQDN') return [];
  return slice.endpoints.flatMap(({ addresses, ready, nodeName, zone, targetRef }) =>
    addresses.map((ip) => {
      const named = targetRef?.kind === 'Pod' ? `${targetRef.namespace ?? slice.ref.namespace ?? ''}/${targetRef.name}` : undefined;
      const endpoint = number === 0 ? ip : formatAddress(ip, number);
      const view = {
        endpoint,
        ip,
        port: number,
        pod: named ?? podAt(model, ip) ?? null,
        node: nodeName ?? null,
        zone: zone ?? null,
        probability: 0,
        masquerade: false,
      };
      return { view, ready };
    }),
  );
}
