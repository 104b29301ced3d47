import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../core/kernel/json.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { isHealthChecked } from './immutable-service-fields.js';
import { isExternalName } from './service-spec.js';

/**
 * An object that is applied where one is already. The API server leaves who that is, how old, and whether it is being deleted (`BeforeUpdate` of k8s.io/apiserver/pkg/registry/rest/update.go), and the addresses and
 * ports that a Service was given (`patchAllocatedValues`, `normalizeClusterIPs` and `beginUpdate` of kubernetes/pkg/registry/core/service/storage); an apply leaves the node of a Pod, and the ranges of a Node, of which the manifest
 * says nothing. Whatever else than metadata and status changes counts as a generation (`PrepareForUpdate` of each strategy; of custom resources that of apiextensions-apiserver/pkg/registry/customresource). The status,
 * which is written through a path of its own, stays as it is unless the manifest supposes another.
 */
export function updatedObject(applied: KubernetesObject, before: KubernetesObject): KubernetesObject {
  const object = withGiven(applied, before);
  const { generation } = before.metadata;
  const isSame = isDeepStrictEqual(desired(object), desired(before));
  const metadata = {
    ...object.metadata,
    ...keptOf(before.metadata, ['uid', 'creationTimestamp', 'deletionTimestamp']),
    ...(object.metadata['deletionGracePeriodSeconds'] === undefined ? keptOf(before.metadata, ['deletionGracePeriodSeconds']) : {}),
    ...(typeof generation === 'number' ? { generation: isSame ? generation : generation + 1 } : {}),
  };
  const { status } = before;
  return status === undefined || tells(object['status']) ? { ...object, metadata } : { ...object, status, metadata };
}

/** What people ask for: not who it is, what became of it, or in which version it is written. */
function desired(object: KubernetesObject): JsonObject {
  const { apiVersion: _, metadata: __, status: ___, ...rest } = object;
  return rest;
}

/** The members of an object that have a value. */
function keptOf(from: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (isGiven(from[name]) ? [[name, from[name]]] : [])));
}

/** Tools write an empty status, `loadBalancer: {}`, which supposes nothing. */
function tells(value: Json | undefined): boolean {
  if (typeof value !== 'object') return value !== undefined;
  return value !== null && Object.values(value).some(tells);
}

const HAVE_NODE_PORTS: ReadonlySet<Json | undefined> = new Set(['NodePort', 'LoadBalancer']);

/** Of kinds that controllers complete, the members of `spec` that they write. */
const COMPLETED: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', ['nodeName']],
  ['Node', ['podCIDR', 'podCIDRs', 'providerID']],
]);

function withGiven(applied: KubernetesObject, before: KubernetesObject): KubernetesObject {
  const [now, old] = [applied['spec'] ?? {}, before['spec']];
  if (applied.apiVersion !== 'v1' || !isJsonObject(now) || !isJsonObject(old)) return applied;
  const completed = COMPLETED.get(applied.kind);
  if (completed) return { ...applied, spec: { ...keptOf(old, completed), ...now } };
  return applied.kind === 'Service' ? { ...applied, spec: serviceWithGiven(now, old) } : applied;
}

function serviceWithGiven(now: JsonObject, old: JsonObject): JsonObject {
  const ips = isExternalName(now) || isExternalName(old) ? now : withClusterIPs(withFamilies(now, old), old);
  const ports = hasNodePorts(now) && hasNodePorts(old) ? withNodePorts(ips, old) : ips;
  const keepsHealth = isHealthChecked(now) && isHealthChecked(old) && !isGiven(now['healthCheckNodePort']);
  return keepsHealth ? { ...ports, ...keptOf(old, ['healthCheckNodePort']) } : ports;
}

/** Families and their policy are filled in when a Service is made, and its class when a load balancer is; a manifest that does not name them leaves them alone. */
function withFamilies(now: JsonObject, old: JsonObject): JsonObject {
  const isBalanced = now['type'] === 'LoadBalancer' && old['type'] === 'LoadBalancer';
  const kept = keptOf(old, ['ipFamilies', 'ipFamilyPolicy', ...(isBalanced ? ['loadBalancerClass'] : [])]);
  return { ...now, ...Object.fromEntries(Object.entries(kept).filter(([name]) => !isGiven(now[name]))) };
}

/** Who changes the address without its list means a list of that one. */
function withClusterIPs(now: JsonObject, old: JsonObject): JsonObject {
  const ip = isGiven(now['clusterIP']) ? now['clusterIP'] : old['clusterIP'];
  if (!isGiven(ip)) return now;
  const own = now['clusterIPs'];
  if (Array.isArray(own) && own.length > 0) return { ...now, clusterIP: ip };
  return { ...now, clusterIP: ip, ...(ip === old['clusterIP'] ? keptOf(old, ['clusterIPs']) : { clusterIPs: [ip] }) };
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null && value !== '';
}

function hasNodePorts({ type, allocateLoadBalancerNodePorts }: JsonObject): boolean {
  return HAVE_NODE_PORTS.has(type) && (type === 'NodePort' || allocateLoadBalancerNodePorts !== false);
}

/** Ports without one keep the node port that was theirs by name, unless another has it now. */
function withNodePorts(now: JsonObject, old: JsonObject): JsonObject {
  const [ports, earlier] = [objectsIn(now['ports']), objectsIn(old['ports'])];
  const byName = new Map(earlier.map((port) => [nameOf(port), port['nodePort']]));
  const asked = new Set(ports.map((port) => port['nodePort']));
  const used = new Set([...byName.values()].filter((port) => asked.has(port)));
  const kept = ports.map((port) => {
    const given = byName.get(nameOf(port));
    if (isGiven(port['nodePort']) || !isGiven(given) || used.has(given)) return port;
    used.add(given);
    return { ...port, nodePort: given };
  });
  return kept.length === 0 ? now : { ...now, ports: kept };
}

function nameOf({ name }: JsonObject): Json {
  return name ?? '';
}
