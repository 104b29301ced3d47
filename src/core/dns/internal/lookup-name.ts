import { assertNever } from '../../kernel/assert-never.js';
import { canonicalIp, formatIp } from '../../net/ip.js';
import type { ModelService } from '../../model/network-model.js';
import { selectorMatches } from '../../resources/label-selector.js';
import { type Candidate, found, type Lookup, missing } from './candidate.js';
import { isKnown, type KubernetesServer, PORTLESS, type ReadyAddress, type ServedService } from './kubernetes-server.js';
import { lookupFederation } from './lookup-federation.js';
import { lookupImport } from './lookup-import.js';
import { lookupZonal } from './lookup-zonal.js';
import { type NameRequest, parseNameRequest, type ServiceRequest } from './name-request.js';
import { portMatches } from './port-matches.js';

/** The labels between the start of `name` and `zone`, in lower case. Both are absolute. */
export function labelsBelow(name: string, zone: string): readonly string[] {
  // The zone's own dot belongs to it; that in front of it parts it from the labels.
  const end = zone === '.' ? name.length - 1 : name.length - zone.length - 1;
  return end <= 0 ? [] : name.slice(0, end).toLowerCase().split('.');
}

/**
 * What a name below a served zone stands for, whatever the type asked for (coredns `plugin/kubernetes/kubernetes.go` Records).
 * @param name absolute, in the case of the question
 * @param zone the end of `name` that is the zone, in the same case: it is echoed in the names of the answer
 */
export function lookupName(server: KubernetesServer, name: string, zone: string): Lookup {
  const { zonal, multiclusterZones } = server.options;
  const multicluster = multiclusterZones.size > 0 && multiclusterZones.has(zone.toLowerCase());
  const labels = labelsBelow(name, zone);
  const federated = server.options.federations.size > 0 ? lookupFederation(server, labels, zone) : undefined;
  if (federated) return federated;
  const request = parseNameRequest(labels, { multicluster, zonal });
  switch (request.kind) {
    case 'invalid':
      return missing('NAME_MALFORMED', `\`${name}\` names nothing: ${request.why}`);
    case 'container':
      return lookupContainer(server, request, name);
    case 'pod':
      return hidden(server, request.namespace) ?? lookupPod(server, request.namespace, request.pod, zone);
    case 'service':
      return (
        hidden(server, request.namespace) ?? (multicluster ? lookupImport(server, request, zone) : lookupService(server, request, zone))
      );
    case 'zonal':
      return hidden(server, request.namespace) ?? lookupZonal(server, request, zone);
    default:
      return assertNever(request);
  }
}

function lookupContainer(server: KubernetesServer, request: Extract<NameRequest, { kind: 'container' }>, name: string): Lookup {
  const refusal = request.namespace === undefined ? undefined : hidden(server, request.namespace);
  return refusal ?? found([], 'EMPTY_NON_TERMINAL', `\`${name}\` exists and has no records of its own`);
}

/** Why a namespace is not served, or undefined when it is. */
function hidden({ model, options }: KubernetesServer, namespace: string): Lookup | undefined {
  const found = model.namespaces.get(namespace);
  if (!found) return missing('NAMESPACE_UNKNOWN', `there is no namespace \`${namespace}\``);
  const { namespaces, namespaceSelector } = options;
  if (namespaceSelector && !selectorMatches(namespaceSelector, found.labels))
    return missing('NAMESPACE_HIDDEN', `the DNS server serves namespaces by their labels (\`namespace_labels\`), not \`${namespace}\``);
  if (namespaces.size === 0 || namespaces.has(namespace)) return undefined;
  const served = [...namespaces].map((name) => `\`${name}\``).join(', ');
  return missing('NAMESPACE_HIDDEN', `the DNS server serves the namespaces ${served} only, not \`${namespace}\``);
}

/** Pod names are addresses with dashes (specification section 2.6, deprecated; coredns `findPods`). */
function lookupPod(server: KubernetesServer, namespace: string, label: string, zone: string): Lookup {
  const { model } = server;
  const mode = server.options.pods;
  if (mode === 'disabled') return missing('POD_RECORDS_DISABLED', 'the DNS server has pod records disabled (`pods disabled`)');
  const text = label.split('-').length === 4 && !label.includes('--') ? label.replaceAll('-', '.') : label.replaceAll('-', ':');
  const address = canonicalIp(text);
  if (address === undefined) return missing('POD_UNKNOWN', `\`${label}\` is no address with dashes`);
  // Port 0, not "no port": CoreDNS gives an SRV record for a pod's name.
  const candidate: Candidate = { owner: `${label}.${namespace}.pod.${zone}`, host: address, kind: address.includes(':') ? 6 : 4, port: 0 };
  if (mode === 'insecure')
    return found(
      [candidate],
      'POD_ADDRESS',
      `\`${label}\` is an address and the server does not check that a pod has it (\`pods insecure\`)`,
    );
  const owner = (model.ipOwners.get(address) ?? []).find((one) => one.type === 'pod' && verifies(server, one.pod, namespace, address));
  const pod = owner?.type === 'pod' ? model.pods[owner.pod] : undefined;
  if (!pod) return missing('POD_UNKNOWN', `no running pod of namespace \`${namespace}\` has the address ${address} (\`pods verified\`)`);
  return found([candidate], 'POD_ADDRESS', `pod \`${namespace}/${pod.name}\` has the address ${address}`, pod.ref);
}

/** Only `status.podIP`, the first address, verifies a pod; terminating and finished pods do not count. */
function verifies(server: KubernetesServer, id: number, namespace: string, address: string): boolean {
  const pod = server.model.pods[id];
  const first = pod?.ips[0]?.value;
  return (
    pod !== undefined &&
    first !== undefined &&
    pod.namespace === namespace &&
    isKnown(server, pod) &&
    !pod.terminating &&
    !pod.finished &&
    formatIp(first) === address
  );
}

function lookupService(server: KubernetesServer, request: ServiceRequest, zone: string): Lookup {
  const served = server.services.get(`${request.namespace}/${request.service}`);
  if (!served) return missing('SERVICE_UNKNOWN', `there is no service \`${request.namespace}/${request.service}\``);
  const isWhole = request.endpoint === '' && request.port === '' && request.protocol === '';
  const key = isWhole ? zone : `${zone} ${request.endpoint} ${request.port} ${request.protocol}`;
  const known = served.lookups.get(key);
  if (known) return known;
  const lookup = lookupServed(server, served, request, zone);
  // Only what exists is kept, under zones in their own case: there are no more such names than services, ports and endpoints.
  if ((isWhole || lookup.exists) && server.options.zones.includes(zone)) served.lookups.set(key, lookup);
  return lookup;
}

function lookupServed(server: KubernetesServer, served: ServedService, request: ServiceRequest, zone: string): Lookup {
  const { service, ready } = served;
  const owner = `${service.name}.${service.namespace}.svc.${zone}`;
  if (service.resource.type === 'ExternalName') return lookupExternalName(server, service, request, owner);
  if (service.resource.headless || request.endpoint !== '') return lookupEndpoints(service, ready, request, owner);
  if (server.options.ignoreEmptyService && ready.length === 0) {
    return missing(
      'SERVICE_EMPTY_IGNORED',
      `service \`${request.namespace}/${request.service}\` has no ready endpoint (\`ignore empty_service\`)`,
      service.ref,
    );
  }
  return lookupClusterIP(served, request, owner);
}

/** A cluster IP answers whether or not there are endpoints: one candidate per matching port and address. */
function lookupClusterIP({ service, clusterIPs }: ServedService, request: ServiceRequest, owner: string): Lookup {
  const { ports } = service.resource;
  const portless = ports.length === 0 && request.port === '' && request.protocol === '';
  const candidates: Candidate[] = [];
  let matches = portless;
  for (const { name, protocol, port } of portless ? PORTLESS : ports) {
    if (!portless && !portMatches(request, name, protocol)) continue;
    matches = true;
    for (const { host, family } of clusterIPs) candidates.push({ owner, host, kind: family, port });
  }
  if (!matches)
    return missing('SERVICE_PORT_UNKNOWN', `the service has no port \`${request.port}\` of protocol \`${request.protocol}\``, service.ref);
  return found(
    candidates,
    'CLUSTER_IP',
    `service \`${service.namespace}/${service.name}\` has the cluster IP ${candidates[0]?.host ?? 'none'}`,
    service.ref,
  );
}

/** Headless services, and one endpoint of any service: ready endpoints, filtered by endpoint name, port and protocol. */
function lookupEndpoints(service: ModelService, ready: readonly ReadyAddress[], request: ServiceRequest, owner: string): Lookup {
  const candidates: Candidate[] = [];
  for (const { endpointKey, endpointName, address, family, ports } of ready) {
    if (request.endpoint !== '' && endpointKey !== request.endpoint) continue;
    for (const { name, protocol, port } of ports) {
      if (portMatches(request, name, protocol)) candidates.push({ owner: `${endpointName}.${owner}`, host: address, kind: family, port });
    }
  }
  const name = `\`${service.namespace}/${service.name}\``;
  if (candidates.length === 0) {
    if (ready.length === 0) return missing('HEADLESS_NOT_READY', `service ${name} has no ready endpoint`, service.ref);
    if (request.endpoint === '')
      return missing(
        'SERVICE_PORT_UNKNOWN',
        `no ready endpoint of ${name} has a port \`${request.port}\` of protocol \`${request.protocol}\``,
        service.ref,
      );
    return missing('ENDPOINT_UNKNOWN', `no ready endpoint of ${name} is called \`${request.endpoint}\``, service.ref);
  }
  if (request.endpoint !== '')
    return found(candidates, 'ENDPOINT_ADDRESS', `endpoint \`${request.endpoint}\` of service ${name} is ready`, service.ref);
  return found(candidates, 'HEADLESS_ENDPOINTS', `service ${name} is headless: its name stands for its ready endpoints`, service.ref);
}

/** A service that stands for another name. Extra labels would capture search paths (coredns#5733), an address is no name (coredns#2324). */
function lookupExternalName(server: KubernetesServer, service: ModelService, request: ServiceRequest, owner: string): Lookup {
  const target = service.resource.externalName ?? '';
  if (request.endpoint !== '' || request.port !== '' || request.protocol !== '') {
    return missing(
      'EXTERNAL_NAME_SUBDOMAIN',
      `service \`${service.namespace}/${service.name}\` is an ExternalName: no name exists below it`,
      service.ref,
    );
  }
  const address = canonicalIp(target.endsWith('.') ? target.slice(0, -1) : target);
  // kube-dns answers an ExternalName that is an address; CoreDNS says that the name does not exist.
  if (address !== undefined && server.options.server === 'kube-dns') {
    return found(
      [{ owner, host: address, kind: address.includes(':') ? 6 : 4, port: undefined }],
      'EXTERNAL_NAME',
      `ExternalName is the address ${address}`,
      service.ref,
    );
  }
  if (address !== undefined || target === '') {
    return missing(
      'EXTERNALNAME_IP',
      `the externalName \`${target}\` of service \`${service.namespace}/${service.name}\` is no name`,
      service.ref,
    );
  }
  return found(
    [{ owner, host: target, kind: 'name', port: undefined }],
    'EXTERNAL_NAME',
    `service \`${service.namespace}/${service.name}\` stands for \`${target}\``,
    service.ref,
  );
}
