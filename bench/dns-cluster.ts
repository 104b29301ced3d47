/** A cluster for name resolution: `pods` in `namespaces`, services of `endpoints` endpoints each, every tenth of them headless. */
export interface DnsShape {
  readonly namespaces: number;
  readonly services: number;
  readonly pods: number;
  /** Endpoints of each service. */
  readonly endpoints: number;
}

/** Address of a pod. */
function podIP(pod: number): string {
  return `10.${128 + (pod >> 16)}.${(pod >> 8) & 255}.${pod & 255}`;
}

/** Cluster IP of a service. */
export function clusterIP(service: number): string {
  return `10.96.${(service >> 8) & 255}.${service & 255}`;
}

/** `svc-12.ns-2`. */
export function serviceName(service: number, { namespaces }: DnsShape): string {
  return `svc-${service}.ns-${service % namespaces}`;
}

/** Address of an endpoint of a service; pods stand behind several services. */
export function endpointIP(service: number, endpoint: number, { pods, endpoints }: DnsShape): string {
  return podIP((service * endpoints + endpoint) % pods);
}

/** Whether a service is headless. */
export function isHeadless(service: number): boolean {
  return service % 10 === 0;
}

/** The objects of the cluster. */
export function* dnsCluster(shape: DnsShape): Generator<object> {
  const { namespaces, services, pods, endpoints } = shape;
  for (let namespace = 0; namespace < namespaces; namespace++)
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `ns-${namespace}` } };
  for (let pod = 0; pod < pods; pod++) {
    const status = { phase: 'Running', podIPs: [{ ip: podIP(pod) }], conditions: [{ type: 'Ready', status: 'True' }] };
    const metadata = { name: `pod-${pod}`, namespace: `ns-${pod % namespaces}` };
    yield { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'main' }] }, status };
  }
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  for (let service = 0; service < services; service++) {
    const metadata = { name: `svc-${service}`, namespace: `ns-${service % namespaces}` };
    const spec = { clusterIP: isHeadless(service) ? 'None' : clusterIP(service), ports };
    yield { apiVersion: 'v1', kind: 'Service', metadata, spec };
    yield {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, name: `svc-${service}-1`, labels: { 'kubernetes.io/service-name': `svc-${service}` } },
      addressType: 'IPv4',
      ports,
      endpoints: Array.from({ length: endpoints }, (_, endpoint) => ({
        addresses: [endpointIP(service, endpoint, shape)],
        conditions: { ready: true },
      })),
    };
  }
}
