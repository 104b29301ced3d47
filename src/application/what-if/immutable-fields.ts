import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { identityOf } from '../imports/object-identity.js';

/** A field that an update may not change, and what the API server says of it. */
interface Fault {
  readonly pointer: string;
  readonly message: string;
}

type Rule = (now: JsonObject, old: JsonObject) => Fault | undefined;

/** `ValidateImmutableField` of k8s.io/apimachinery/pkg/api/validation. */
const IMMUTABLE = 'field is immutable';

/** What validation of updates refuses of the kinds that the model understands, by group and kind; a function of the two objects each. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // kubernetes/pkg/apis/core/validation/validation.go
  ['/Service', (now, old) => clusterIPFault(specOf(now), specOf(old)) ?? familyFault(specOf(now), specOf(old))],
  ['/Node', inSpec('may not change once set', 'podCIDR', 'podCIDRs', 'providerID')],
  ['/Pod', inSpec('a Pod keeps what it was made with', 'hostNetwork', 'nodeName', 'hostname', 'subdomain')],
  ['/ConfigMap', (now, old) => frozenFault(now, old)],
  ['/Secret', (now, old) => frozenFault(now, old) ?? changed(now, old, 'type', IMMUTABLE)],
  // `ValidateUpdate` of kubernetes/pkg/registry/apps/{deployment,replicaset,daemonset}/strategy.go, for apps/v1
  ['apps/Deployment', selectorFault],
  ['apps/ReplicaSet', selectorFault],
  ['apps/DaemonSet', selectorFault],
  // `ValidateStatefulSetUpdate` of kubernetes/pkg/apis/apps/validation/validation.go
  ['apps/StatefulSet', (now, old) => selectorFault(now, old) ?? statefulFault(now, old)],
  // kubernetes/pkg/apis/networking/validation/validation.go
  ['networking.k8s.io/IngressClass', inSpec(IMMUTABLE, 'controller')],
  ['networking.k8s.io/IPAddress', inSpec(IMMUTABLE, 'parentRef')],
  ['networking.k8s.io/ServiceCIDR', (now, old) => rangeFault(specOf(now), specOf(old))],
  // `ValidateEndpointSliceUpdate` of kubernetes/pkg/apis/discovery/validation/validation.go
  ['discovery.k8s.io/EndpointSlice', (now, old) => changed(now, old, 'addressType', IMMUTABLE)],
  // The CRD's own rule, `self == oldSelf` (sigs.k8s.io/gateway-api/apis/v1/gatewayclass_types.go)
  ['gateway.networking.k8s.io/GatewayClass', inSpec(IMMUTABLE, 'controllerName')],
]);

/** Why the API server would refuse to make one object of the other, as `invalid-request`; undefined: it would not. */
export function immutableFault(now: KubernetesObject, old: KubernetesObject): Problem | undefined {
  const { group, kind, namespace, name } = identityOf(now);
  const fault = RULES.get(`${group}/${kind}`)?.(now, old);
  if (!fault) return undefined;
  const text = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  const message = `the API server would refuse the update of \`${text}\`: \`${fault.pointer}\`: ${fault.message}`;
  const hint = `to have it made anew, suppose it gone as well: \`delete=${text}\``;
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/apply', code: 'immutable', message, hint }] });
}

function specOf({ spec }: JsonObject): JsonObject {
  return isJsonObject(spec) ? spec : {};
}

/** Members that are there keep their value; a manifest that does not name one leaves it alone. */
function inSpec(message: string, ...names: readonly string[]): Rule {
  return (now, old) => {
    for (const name of names) {
      const fault = changed(specOf(now), specOf(old), name, message);
      if (fault) return { ...fault, pointer: `/spec${fault.pointer}` };
    }
    return undefined;
  };
}

function changed(now: JsonObject, old: JsonObject, name: string, message: string): Fault | undefined {
  const [value, before] = [now[name], old[name]];
  if (!isGiven(value) || !isGiven(before) || isDeepStrictEqual(value, before)) return undefined;
  return { pointer: `/${name}`, message: `${message}, and ${shortText(before)} is not ${shortText(value)}` };
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null && value !== '';
}

/** The most of a value that is told. */
const MOST_TOLD = 80;

function shortText(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `\`${text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}…` : text}\``;
}

function textsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** `validateUpgradeDowngradeClusterIPs`: of addresses that both have, each stays; a second one may come and go. */
function clusterIPFault(now: JsonObject, old: JsonObject): Fault | undefined {
  if (now['type'] === 'ExternalName' || old['type'] === 'ExternalName') return undefined;
  return firstChanged(addressesOf(now), addressesOf(old), 'clusterIPs');
}

function addressesOf({ clusterIP, clusterIPs }: JsonObject): readonly string[] {
  const all = textsIn(clusterIPs);
  return all.length > 0 || typeof clusterIP !== 'string' || clusterIP === '' ? all : [clusterIP];
}

/** `validateUpgradeDowngradeIPFamilies`. */
function familyFault(now: JsonObject, old: JsonObject): Fault | undefined {
  if (now['type'] === 'ExternalName' || old['type'] === 'ExternalName') return undefined;
  return firstChanged(textsIn(now['ipFamilies']), textsIn(old['ipFamilies']), 'ipFamilies');
}

function firstChanged(now: readonly string[], old: readonly string[], name: string): Fault | undefined {
  const index = old.findIndex((value, at) => now[at] !== undefined && now[at] !== value);
  if (index < 0) return undefined;
  return { pointer: `/spec/${name}/${index}`, message: `may not change once set, and \`${old[index]}\` is not \`${now[index]}\`` };
}

function selectorFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const [selector, before] = [specOf(now)['selector'], specOf(old)['selector']];
  if (!isJsonObject(before) || isDeepStrictEqual(filled(selector), filled(before))) return undefined;
  return { pointer: '/spec/selector', message: IMMUTABLE };
}

/** Without members that say nothing: tools write them or leave them out. */
function filled(selector: Json | undefined): JsonObject {
  if (!isJsonObject(selector)) return {};
  return Object.fromEntries(
    Object.entries(selector).filter(([, part]) => typeof part === 'object' && part !== null && Object.keys(part).length > 0),
  );
}

function statefulFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const why =
    'only replicas, ordinals, template, updateStrategy, revisionHistoryLimit, persistentVolumeClaimRetentionPolicy and minReadySeconds may change';
  return inSpec(why, 'serviceName', 'podManagementPolicy')(now, old);
}

/** `immutable: true` holds for the data, and for itself (`ValidateConfigMapUpdate`, `ValidateSecretUpdate`). */
function frozenFault(now: JsonObject, old: JsonObject): Fault | undefined {
  if (old['immutable'] !== true) return undefined;
  const name = ['data', 'binaryData'].find((one) => !isDeepStrictEqual(now[one] ?? {}, old[one] ?? {}));
  const pointer = name === undefined ? '/immutable' : `/${name}`;
  return name === undefined && now['immutable'] === true ? undefined : { pointer, message: 'field is immutable when `immutable` is set' };
}

/** `ValidateServiceCIDRUpdate`: one range may get a second one, of the other family, and that is all. */
function rangeFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const [ranges, before] = [textsIn(now['cidrs']), textsIn(old['cidrs'])];
  const grows = before.length === 1 && ranges.length === 2 && ranges[0] === before[0];
  return grows || isDeepStrictEqual(ranges, before) ? undefined : { pointer: '/spec/cidrs', message: IMMUTABLE };
}
