import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../core/kernel/json.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { Fault } from './api-refusal.js';

/** Members of `spec` that say where and how a Pod is in the network, with what the API server fills in where one is missing (kubernetes `pkg/apis/core/v1/defaults.go`). */
const NETWORKED: Readonly<Record<string, Json>> = {
  hostNetwork: false,
  hostname: '',
  hostnameOverride: '',
  subdomain: '',
  setHostnameAsFQDN: false,
  dnsPolicy: 'ClusterFirst',
  dnsConfig: {},
  enableServiceLinks: true,
  serviceAccountName: 'default',
  nodeSelector: {},
};

/** Those that say on which nodes a Pod may be. */
export const PLACING: ReadonlySet<string> = new Set(['nodeSelector', 'tolerations', 'schedulingGates']);

const WHY =
  'pod updates may not change fields other than the images of containers, `activeDeadlineSeconds`, `tolerations` (only additions) and `terminationGracePeriodSeconds`';

/** What `ValidatePodUpdate` refuses of what the model reads of a spec; a manifest that does not name a member leaves it alone. */
export function immutablePodField(now: JsonObject, old: JsonObject): Fault | undefined {
  const node = now['nodeName'];
  if (node && old['nodeName'] && node !== old['nodeName']) return fault('/spec/nodeName');
  // A pod that waits for its gates may be held to fewer nodes.
  const isGated = objectsIn(old['schedulingGates']).length > 0;
  for (const [name, usual] of Object.entries(NETWORKED)) {
    const value = now[name];
    if (value === undefined || value === null || (isGated && PLACING.has(name))) continue;
    if (!isDeepStrictEqual(value, old[name] ?? usual)) return fault(`/spec/${name}`);
  }
  return aliasFault(now, old) ?? containerFault(now, old, 'containers') ?? containerFault(now, old, 'initContainers');
}

/** A Pod that is updated: what may not change is what it was, whether or not the manifest names it; images are those of the manifest. */
export function updatedPod(now: KubernetesObject, old: KubernetesObject): KubernetesObject {
  const [spec, before] = [now['spec'], old['spec']];
  if (now.apiVersion !== 'v1' || now.kind !== 'Pod' || !isJsonObject(spec) || !isJsonObject(before)) return now;
  const lists = (['containers', 'initContainers'] as const).flatMap((list) =>
    before[list] === undefined ? [] : [[list, withImages(objectsIn(before[list]), objectsIn(spec[list]))] as const],
  );
  const placing = [...PLACING].flatMap((name) => (name in spec ? [[name, spec[name]] as const] : []));
  return { ...now, spec: { ...spec, ...before, ...Object.fromEntries([...placing, ...lists]) } };
}

function withImages(containers: readonly JsonObject[], named: readonly JsonObject[]): JsonObject[] {
  const images = new Map(named.map(({ name, image }) => [name, image]));
  return containers.map((container) => {
    const image = images.get(container['name']);
    return image === undefined ? container : { ...container, image };
  });
}

/** Aliases are told apart by their addresses (`patchMergeKey`). */
function aliasFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const before = new Map(objectsIn(old['hostAliases']).map(({ ip, hostnames }) => [ip, hostnames ?? []]));
  const index = objectsIn(now['hostAliases']).findIndex(({ ip, hostnames }) => !isDeepStrictEqual(hostnames ?? [], before.get(ip)));
  return index < 0 ? undefined : fault(`/spec/hostAliases/${index}`);
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

function fault(pointer: string): Fault {
  return { pointer, message: WHY, code: 'immutable' };
}
