import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';

/**
 * An object that is applied where one is already. The API server leaves who that is and how old (`rest.BeforeUpdate`), and the addresses and
 * node ports that a Service was given (`patchAllocatedValues` of kubernetes/pkg/registry/core/service/storage); each change counts as a generation. The status, which is written through a path
 * of its own, stays as it is unless the manifest supposes another.
 */
export function updatedObject(applied: KubernetesObject, before: KubernetesObject): KubernetesObject {
  const object = applied.apiVersion === 'v1' && applied.kind === 'Service' ? withGiven(applied, before) : applied;
  const { uid, creationTimestamp, generation } = before.metadata;
  const isSame = isDeepStrictEqual(object['spec'], before['spec']);
  const metadata = {
    ...object.metadata,
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(typeof generation === 'number' ? { generation: isSame ? generation : generation + 1 } : {}),
  };
  const { status } = before;
  return status === undefined || tells(object['status']) ? { ...object, metadata } : { ...object, status, metadata };
}

/** Tools write an empty status, `loadBalancer: {}`, which supposes nothing. */
function tells(value: Json | undefined): boolean {
  if (typeof value !== 'object') return value !== undefined;
  return value !== null && Object.values(value).some(tells);
}

const HAVE_CLUSTER_IPS: ReadonlySet<Json | undefined> = new Set([undefined, 'ClusterIP', 'NodePort', 'LoadBalancer']);
const HAVE_NODE_PORTS: ReadonlySet<Json | undefined> = new Set(['NodePort', 'LoadBalancer']);

function withGiven(applied: KubernetesObject, before: KubernetesObject): KubernetesObject {
  const [now, old] = [applied['spec'], before['spec']];
  if (!isJsonObject(now) || !isJsonObject(old)) return applied;
  const ips = HAVE_CLUSTER_IPS.has(now['type']) && HAVE_CLUSTER_IPS.has(old['type']) ? withClusterIPs(now, old) : now;
  const hasPorts = hasNodePorts(now) && hasNodePorts(old);
  return { ...applied, spec: hasPorts ? withNodePorts(ips, old) : ips };
}

function withClusterIPs(now: JsonObject, { clusterIP = null, clusterIPs = null }: JsonObject): JsonObject {
  const ip = isGiven(now['clusterIP']) ? now['clusterIP'] : clusterIP;
  if (!isGiven(ip)) return now;
  const all = now['clusterIPs'] ?? (ip === clusterIP ? clusterIPs : null);
  return { ...now, clusterIP: ip, ...(all === null ? {} : { clusterIPs: all }) };
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null && value !== '';
}

function hasNodePorts({ type, allocateLoadBalancerNodePorts }: JsonObject): boolean {
  return HAVE_NODE_PORTS.has(type) && (type === 'NodePort' || allocateLoadBalancerNodePorts !== false);
}

/** Ports without one keep the node port that was theirs by name, unless another has it now. */
function withNodePorts(now: JsonObject, old: JsonObject): JsonObject {
  const [ports, earlier] = [portsOf(now), portsOf(old)];
  const byName = new Map(earlier.map((port) => [nameOf(port), port['nodePort']]));
  const asked = new Set(ports.map((port) => port['nodePort']));
  const used = new Set([...byName.values()].filter((port) => asked.has(port)));
  const kept = ports.map((port) => {
    const given = byName.get(nameOf(port));
    if (isGiven(port['nodePort']) || !isGiven(given) || used.has(given)) return port;
    used.add(given);
    return { ...port, nodePort: given };
  });
  return { ...now, ports: kept };
}

function portsOf({ ports }: JsonObject): readonly JsonObject[] {
  return Array.isArray(ports) ? ports.filter(isJsonObject) : [];
}

function nameOf({ name }: JsonObject): Json {
  return name ?? '';
}
