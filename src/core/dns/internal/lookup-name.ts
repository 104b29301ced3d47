import { assertNever } from '../../kernel/assert-never.js';
import { canonicalIp, formatIp } from '../../net/ip.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import { type Candidate, found, type Lookup, missing } from './candidate.js';
import { dnsIndex, type ReadyAddress } from './dns-index.js';
import { lookupZonal } from './lookup-zonal.js';
import { type NameRequest, parseNameRequest, type ServiceRequest } from './name-request.js';

/** The labels between the start of `name` and `zone`, in lower case. Both are absolute. */
export function labelsBelow(name: string, zone: string): readonly string[] {
  const rest = name.slice(0, name.length - zone.length).toLowerCase();
  return rest === '' ? [] : (rest.endsWith('.') ? rest.slice(0, -1) : rest).split('.');
}

/**
 * What a name below a served zone stands for, whatever the type asked for (coredns `plugin/kubernetes/kubernetes.go` Records).
 * @param name absolute, in the case of the question
 * @param zone the end of `name` that is the zone, in the same case: it is echoed in the names of the answer
 */
export function lookupName(model: NetworkModel, name: string, zone: string): Lookup {
  const request = parseNameRequest(labelsBelow(name, zone), dnsIndex(model).zonal);
  switch (request.kind) {
    case 'invalid':
      return missing('NAME_MALFORMED', `\`${name}\` names nothing: ${request.why}`);
    case 'container':
      return lookupContainer(model, request, name);
    case 'pod':
      return hidden(model, request.namespace) ?? lookupPod(model, request.namespace, request.pod, zone);
    case 'service':
      return hidden(model, request.namespace) ?? lookupService(model, request, zone);
    case 'zonal':
      return hidden(model, request.namespace) ?? lookupZonal(model, request, zone);
    default:
      return assertNever(request);
  }
}

function lookupContainer(model: NetworkModel, request: Extract<NameRequest, { kind: 'container' }>, name: string): Lookup {
  const refusal = request.namespace === undefined ? undefined : hidden(model, request.namespace);
  return refusal ?? found([], 'EMPTY_NON_TERMINAL', `\`${name}\` exists and has no records of its own`);
}

/** Why a namespace is not served, or undefined when it is. */
function hidden(model: NetworkModel, namespace: string): Lookup | undefined {
  if (!model.namespaces.has(namespace)) return missing('NAMESPACE_UNKNOWN', `there is no namespace \`${namespace}\``);
  const { namespaces } = model.profile.dns;
  if (namespaces.length === 0 || namespaces.includes(namespace)) return undefined;
  return missing(
    'NAMESPACE_HIDDEN',
    `the DNS server serves the namespaces ${namespaces.map((name) => `\`${name}\``).join(', ')} only, not \`${namespace}\``,
  );
}

/** Pod names are addresses with dashes (specification section 2.6, deprecated; coredns `findPods`). */
function lookupPod(model: NetworkModel, namespace: string, label: string, zone: string): Lookup {
  const { server, pods } = model.profile.dns;
  // kube-dns has no such option: it always behaves as `insecure` (kubernetes/dns `pkg/dns`).
  const mode = server === 'kube-dns' ? 'insecure' : pods;
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
  const owner = (model.ipOwners.get(address) ?? []).find((one) => one.type === 'pod' && verifies(model, one.pod, namespace, address));
  const pod = owner?.type === 'pod' ? model.pods[owner.pod] : undefined;
  if (!pod) return missing('POD_UNKNOWN', `no running pod of namespace \`${namespace}\` has the address ${address} (\`pods verified\`)`);
  return found([candidate], 'POD_ADDRESS', `pod \`${namespace}/${pod.name}\` has the address ${address}`, pod.ref);
}

/** Only `status.podIP`, the first address, verifies a pod; terminating and finished pods do not count. */
function verifies(model: NetworkModel, id: number, namespace: string, address: string): boolean {
  const pod = model.pods[id];
  const first = pod?.ips[0]?.value;
  return (
    pod !== undefined &&
    first !== undefined &&
    pod.namespace === namespace &&
    !pod.terminating &&
    !pod.finished &&
    formatIp(first) === address
  );
}

function lookupService(model: NetworkModel, request: ServiceRequest, zone: string): Lookup {
  const service = model.services.get(`${request.namespace}/${request.service}`);
  if (!service) return missing('SERVICE_UNKNOWN', `there is no service \`${request.namespace}/${request.service}\``);
  const owner = `${service.name}.${service.namespace}.svc.${zone}`;
  if (service.resource.type === 'ExternalName') return lookupExternalName(model, service, request, owner);
  const ready = dnsIndex(model).byService.get(`${service.namespace}/${service.name}`) ?? [];
  if (service.resource.headless || request.endpoint !== '') return lookupEndpoints(service, ready, request, owner);
  if (model.profile.dns.ignoreEmptyService && ready.length === 0) {
    return missing(
      'SERVICE_EMPTY_IGNORED',
      `service \`${request.namespace}/${request.service}\` has no ready endpoint (\`ignore empty_service\`)`,
      service.ref,
    );
  }
  return lookupClusterIP(service, request, owner);
}

/** A cluster IP answers whether or not there are endpoints: one candidate per matching port and address. */
function lookupClusterIP(service: ModelService, request: ServiceRequest, owner: string): Lookup {
  const ports = service.resource.ports.filter((port) => portMatches(request, port.name, port.protocol));
  const portless = service.resource.ports.length === 0 && request.port === '' && request.protocol === '';
  const numbers = portless ? [undefined] : ports.map((port) => port.port);
  if (numbers.length === 0)
    return missing('SERVICE_PORT_UNKNOWN', `the service has no port \`${request.port}\` of protocol \`${request.protocol}\``, service.ref);
  const candidates = numbers.flatMap((port) =>
    service.clusterIPs.map(({ value }): Candidate => ({ owner, host: formatIp(value), kind: value.family, port })),
  );
  return found(
    candidates,
    'CLUSTER_IP',
    `service \`${service.namespace}/${service.name}\` has the cluster IP ${candidates[0]?.host ?? 'none'}`,
    service.ref,
  );
}

/** Headless services, and one endpoint of any service: ready endpoints, filtered by endpoint name, port and protocol. */
function lookupEndpoints(service: ModelService, ready: readonly ReadyAddress[], request: ServiceRequest, owner: string): Lookup {
  const candidates = ready
    .filter((address) => request.endpoint === '' || address.endpointName.toLowerCase() === request.endpoint)
    .flatMap((address) =>
      address.ports
        .filter((port) => portMatches(request, port.name, port.protocol))
        .map(({ port }): Candidate => ({ owner: `${address.endpointName}.${owner}`, host: address.address, kind: address.family, port })),
    );
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
function lookupExternalName(model: NetworkModel, service: ModelService, request: ServiceRequest, owner: string): Lookup {
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
  if (address !== undefined && model.profile.dns.server === 'kube-dns') {
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

/** A missing port or protocol in the question matches any (coredns `matchPortAndProtocol`). */
function portMatches(request: ServiceRequest, name: string, protocol: string): boolean {
  return (
    (request.port === '' || request.port === name.toLowerCase()) && (request.protocol === '' || request.protocol === protocol.toLowerCase())
  );
}
