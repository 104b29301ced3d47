import { didYouMean } from '../../kernel/did-you-mean.js';
import type { JsonObject } from '../../kernel/json.js';
import { formatIp, type Ip, parseIp } from '../../net/ip.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import type { FindingDraft, FindingFix } from '../finding.js';
import { serviceNamed } from '../service-named.js';

/** Longest chain that CoreDNS follows (coredns `plugin/backend_lookup.go`). */
const MOST_LINKS = 10;

/** An ExternalName that is an address, or that leads to a name of the cluster which nobody has. */
export function* externalNameChecks(model: NetworkModel, service: ModelService): Generator<FindingDraft> {
  const { resource, ref } = service;
  if (resource.type !== 'ExternalName' || resource.externalName === undefined) return;
  const name = `${service.namespace}/${service.name}`;
  const pointer = '/spec/externalName';
  const ip = parseIp(resource.externalName);
  if (ip) {
    const message = `service \`${name}\` is an ExternalName of the address ${resource.externalName}: DNS knows no alias of an address, so that the name does not exist`;
    yield { code: 'EXTERNALNAME_IP', object: ref, pointer, message, fix: asEndpoint(service, ip) };
    return;
  }
  const broken = brokenAt(model, resource.externalName);
  if (broken === undefined) return;
  const message = `service \`${name}\` stands for \`${resource.externalName}\`, ${broken}: the name gives no address`;
  yield { code: 'EXTERNALNAME_CHAIN_BROKEN', object: ref, pointer, message, fix: nearestTarget(model, service) };
}

/** Why a chain of names of the cluster gives nothing; undefined where it leads out of the cluster or to a service. */
function brokenAt(model: NetworkModel, externalName: string): string | undefined {
  let name = externalName;
  for (let link = 0; link < MOST_LINKS; link++) {
    if (!isOfCluster(model, name)) return undefined;
    const target = serviceNamed(model, name);
    if (!target) return link === 0 ? 'and there is no such service' : `which leads to \`${name}\`, and there is no such service`;
    if (target.resource.type !== 'ExternalName') return undefined;
    name = target.resource.externalName ?? '';
  }
  return 'which leads back to itself, or through too many names';
}

function isOfCluster({ profile }: NetworkModel, name: string): boolean {
  const plain = name.toLowerCase().replace(/\.$/, '');
  return plain.endsWith(`.svc.${profile.clusterDomain.toLowerCase()}`);
}

/** A headless service with the address as its one endpoint: its name resolves to it. */
function asEndpoint({ ref, resource, namespace, name }: ModelService, ip: Ip): FindingFix {
  const slice: JsonObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-external`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: `IPv${ip.family}`,
    ports: resource.ports.map((port) => ({
      name: port.name,
      protocol: port.protocol,
      port: typeof port.targetPort === 'number' ? port.targetPort : port.port,
    })),
    endpoints: [{ addresses: [formatIp(ip)], conditions: { ready: true } }],
  };
  return {
    message: `make it a headless service, and ${formatIp(ip)} its endpoint`,
    object: ref,
    patch: [
      { op: 'add', path: '/spec/type', value: 'ClusterIP' },
      { op: 'add', path: '/spec/clusterIP', value: 'None' },
      { op: 'remove', path: '/spec/externalName' },
    ],
    create: [slice],
  };
}

function nearestTarget(model: NetworkModel, { ref, resource }: ModelService): FindingFix | undefined {
  const [name = '', namespace = ''] = (resource.externalName ?? '').split('.');
  const others = [...model.services.keys()].filter((key) => key !== `${ref.namespace ?? ''}/${ref.name}`);
  const nearest = didYouMean(`${namespace}/${name}`, others);
  if (nearest === undefined) return undefined;
  const [nearNamespace = '', nearName = ''] = nearest.split('/');
  const value = `${nearName}.${nearNamespace}.svc.${model.profile.clusterDomain}`;
  return {
    message: `let it stand for \`${value}\``,
    object: ref,
    patch: [{ op: 'replace', path: '/spec/externalName', value }],
    create: [],
  };
}
