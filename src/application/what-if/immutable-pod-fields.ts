import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';
import type { Fault } from './api-refusal.js';

/** Members of `spec` that say where and how a Pod is in the network, with what the API server fills in where one is missing (kubernetes `pkg/apis/core/v1/defaults.go`). */
const NETWORKED: Readonly<Record<string, Json>> = {
  hostNetwork: false,
  hostname: '',
  subdomain: '',
  setHostnameAsFQDN: false,
  dnsPolicy: 'ClusterFirst',
};

const WHY =
  'pod updates may not change fields other than the images of containers, `activeDeadlineSeconds`, `tolerations` (only additions) and `terminationGracePeriodSeconds`';

/** What `ValidatePodUpdate` refuses of what the model reads; a manifest that does not name a member leaves it alone. */
export function immutablePodField({ spec: now }: JsonObject, { spec: old }: JsonObject): Fault | undefined {
  if (!isJsonObject(now) || !isJsonObject(old)) return undefined;
  const node = now['nodeName'];
  if (node && old['nodeName'] && node !== old['nodeName']) return fault('/spec/nodeName');
  for (const [name, usual] of Object.entries(NETWORKED)) {
    const value = now[name];
    if (value !== undefined && value !== null && value !== (old[name] ?? usual)) return fault(`/spec/${name}`);
  }
  if (isJsonObject(now['dnsConfig']) && !isDeepStrictEqual(now['dnsConfig'], old['dnsConfig'] ?? {})) return fault('/spec/dnsConfig');
  return containerFault(now, old, 'containers') ?? containerFault(now, old, 'initContainers');
}

/** Containers are told apart by their names (`patchMergeKey`): what others added to a Pod stays, and none may come, nor a port of one. */
function containerFault(now: JsonObject, old: JsonObject, list: 'containers' | 'initContainers'): Fault | undefined {
  const before = new Map(objectsIn(old[list]).map((container) => [container['name'], container]));
  for (const [index, container] of objectsIn(now[list]).entries()) {
    const known = before.get(container['name']);
    if (!known) return { pointer: `/spec/${list}`, message: 'pod updates may not add or remove containers', code: 'immutable' };
    const ports = new Set(objectsIn(known['ports']).map(portText));
    if (objectsIn(container['ports']).some((port) => !ports.has(portText(port)))) return fault(`/spec/${list}/${index}/ports`);
  }
  return undefined;
}

function portText({ name, containerPort, protocol, hostPort, hostIP }: JsonObject): string {
  return JSON.stringify([name ?? '', containerPort, protocol ?? 'TCP', hostPort ?? 0, hostIP ?? '']);
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function fault(pointer: string): Fault {
  return { pointer, message: WHY, code: 'immutable' };
}
