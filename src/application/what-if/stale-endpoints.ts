import { isDeepStrictEqual } from 'node:util';
import type { EndpointSlice } from '../../core/resources/endpoint-slice.js';
import type { Labels } from '../../core/resources/resource.js';
import type { Service } from '../../core/resources/service.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadObject } from '../models/read-revision.js';

type Objects = ReadonlyMap<string, ReadObject>;

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLERS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
]);

/**
 * The keys of EndpointSlices and Endpoints that controllers would write anew, for pods or the Service are other ones: what was seen of them holds no more, and the model derives what follows. Of a Service that
 * none of the changed pods could be of, what was seen stays.
 */
export async function staleEndpoints(
  before: Objects,
  after: Objects,
  touched: ReadonlySet<string>,
  pace: Pace,
): Promise<ReadonlySet<string>> {
  const pods = new PodLabels();
  const services = new Set<string>();
  for (const key of touched) {
    const [old, now] = [before.get(key)?.resource, after.get(key)?.resource];
    pods.add(old);
    pods.add(now);
    if (old?.kind === 'Service' && !(now?.kind === 'Service' && selectsAlike(old, now))) services.add(placeOf(old));
    if (pace.isDue) await pace.rest();
  }
  if (services.size === 0 && pods.isEmpty) return new Set();
  for (const { resource } of after.values()) {
    if (resource?.kind === 'Service' && resource.selector && pods.mayHave(resource.ref.namespace, resource.selector))
      services.add(placeOf(resource));
    if (pace.isDue) await pace.rest();
  }
  const stale = new Set<string>();
  for (const [key, { resource }] of after) {
    const service = resource && !touched.has(key) ? serviceOf(resource) : undefined;
    if (service !== undefined && services.has(service)) stale.add(key);
    if (pace.isDue) await pace.rest();
  }
  return stale;
}

function placeOf({ ref }: { readonly ref: { readonly namespace?: string; readonly name: string } }): string {
  return `${ref.namespace ?? ''}/${ref.name}`;
}

/** Whether the controllers make the same endpoints of both. */
function selectsAlike(a: Service, b: Service): boolean {
  const parts = ({ type, selector, ports, ipFamilies, publishNotReadyAddresses, trafficDistribution }: Service) => {
    const targets = ports.map(({ name, protocol, targetPort, appProtocol }) => [name, protocol, targetPort, appProtocol]);
    return [type === 'ExternalName', selector, targets, ipFamilies, publishNotReadyAddresses, trafficDistribution];
  };
  return isDeepStrictEqual(parts(a), parts(b));
}

/** Which service's endpoints an object has that controllers keep: by its label, or by its name. */
function serviceOf(resource: UnderstoodResource): string | undefined {
  if (resource.kind === 'Endpoints') return placeOf(resource);
  return resource.kind === 'EndpointSlice' && isKept(resource)
    ? `${resource.ref.namespace ?? ''}/${resource.serviceName ?? ''}`
    : undefined;
}

function isKept({ labels, serviceName }: EndpointSlice): boolean {
  return serviceName !== undefined && CONTROLLERS.has(labels[MANAGED_BY]);
}

/** The labels of pods that are other ones, of all pods of a namespace together: a selector of which one is missing selects none of them. */
class PodLabels {
  private readonly byNamespace = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.byNamespace.size === 0;
  }

  add(resource: UnderstoodResource | undefined): void {
    if (!resource || !('template' in resource || resource.kind === 'Pod')) return;
    const namespace = resource.ref.namespace ?? '';
    const known = this.byNamespace.get(namespace) ?? new Set<string>();
    this.byNamespace.set(namespace, known);
    for (const label of Object.entries('template' in resource ? resource.template.labels : resource.labels)) known.add(label.join('='));
  }

  mayHave(namespace: string | undefined, selector: Labels): boolean {
    const known = this.byNamespace.get(namespace ?? '');
    return known !== undefined && Object.entries(selector).every((label) => known.has(label.join('=')));
  }
}
