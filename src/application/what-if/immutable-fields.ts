import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';
import type { Problem } from '../../core/kernel/problem.js';
import { mayRewriteCidr } from '../../core/ipam/calico-pool-update.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { identityOf } from '../imports/object-identity.js';
import { type Fault, refusedUpdate } from './api-refusal.js';
import { claimTemplateFault } from './immutable-claim-templates.js';
import { immutableJobField } from './immutable-job-fields.js';
import { immutablePodField } from './immutable-pod-fields.js';
import { immutableServiceField } from './immutable-service-fields.js';
import { textsIn } from './service-spec.js';

type Rule = (now: JsonObject, old: JsonObject) => Fault | undefined;

/** `ValidateImmutableField` of k8s.io/apimachinery/pkg/api/validation. */
const IMMUTABLE = 'field is immutable';

/** What validation of updates refuses of the kinds that the model understands, by group and kind; a function of the two objects each. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // kubernetes/pkg/apis/core/validation/validation.go
  ['/Service', (now, old) => immutableServiceField(specOf(now), specOf(old))],
  ['/Node', (now, old) => podCIDRFault(specOf(now), specOf(old)) ?? inSpec('may not change once set', { providerID: undefined })(now, old)],
  ['/Pod', (now, old) => immutablePodField(specOf(now), specOf(old))],
  ['/ConfigMap', (now, old) => frozenFault(now, old)],
  ['/Secret', (now, old) => frozenFault(now, old) ?? changed(now, old, 'type', IMMUTABLE, 'Opaque')],
  // `ValidateUpdate` of kubernetes/pkg/registry/apps/{deployment,replicaset,daemonset}/strategy.go, for apps/v1
  ['apps/Deployment', selectorFault],
  ['apps/ReplicaSet', selectorFault],
  ['apps/DaemonSet', selectorFault],
  // `ValidateStatefulSetUpdate` of kubernetes/pkg/apis/apps/validation/validation.go
  ['apps/StatefulSet', (now, old) => selectorFault(now, old) ?? statefulFault(now, old) ?? claimTemplateFault(specOf(now), specOf(old))],
  // `ValidateJobUpdate` of kubernetes/pkg/apis/batch/validation/validation.go
  ['batch/Job', immutableJobField],
  // kubernetes/pkg/apis/networking/validation/validation.go
  ['networking.k8s.io/IngressClass', inSpec(IMMUTABLE, { controller: undefined })],
  ['networking.k8s.io/IPAddress', inSpec(IMMUTABLE, { parentRef: undefined })],
  ['networking.k8s.io/ServiceCIDR', (now, old) => rangeFault(specOf(now), specOf(old))],
  // `ValidateEndpointSliceUpdate` of kubernetes/pkg/apis/discovery/validation/validation.go
  ['discovery.k8s.io/EndpointSlice', (now, old) => changed(now, old, 'addressType', IMMUTABLE)],
  // `validateAndSetDefaults` of projectcalico/calico libcalico-go/lib/clientv3/ippool.go: of Calico's API server, which objects of the CRD `crd.projectcalico.org` do not pass
  ['projectcalico.org/IPPool', poolFault],
  // The CRD's own rule, `self == oldSelf` (sigs.k8s.io/gateway-api/apis/v1/gatewayclass_types.go)
  ['gateway.networking.k8s.io/GatewayClass', inSpec(IMMUTABLE, { controllerName: undefined })],
]);

/** Why the API server would refuse to make one object of the other, as `invalid-request`; undefined: it would not. */
export function immutableFault(now: KubernetesObject, old: KubernetesObject): Problem | undefined {
  const { group, kind } = identityOf(now);
  const fault = RULES.get(`${group}/${kind}`)?.(now, old);
  return fault && refusedUpdate(now, { code: 'immutable', ...fault });
}

function specOf({ spec }: JsonObject): JsonObject {
  return isJsonObject(spec) ? spec : {};
}

/** Members that are there keep their value, and a manifest that does not name one leaves it alone. `usual` is what one is that is missing; undefined: it may be set once. */
function inSpec(message: string, usual: Readonly<Record<string, Json | undefined>>): Rule {
  return (now, old) => {
    for (const name of Object.keys(usual)) {
      const fault = changed(specOf(now), specOf(old), name, message, usual[name]);
      if (fault) return { ...fault, pointer: `/spec${fault.pointer}` };
    }
    return undefined;
  };
}

function changed(now: JsonObject, old: JsonObject, name: string, message: string, usual?: Json): Fault | undefined {
  const value = now[name];
  const before = isGiven(old[name]) ? old[name] : usual;
  if (!isGiven(value) || before === undefined || isDeepStrictEqual(value, before)) return undefined;
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

/** `ValidateNodeUpdate` compares the whole list; `podCIDR` is the first of it. */
function podCIDRFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const before = rangesOf(old);
  const named = isGiven(now['podCIDR']) && now['podCIDR'] !== before[0] ? 'podCIDR' : 'podCIDRs';
  if (before.length === 0 || (named === 'podCIDRs' && isDeepStrictEqual(rangesOf(now), before))) return undefined;
  return { pointer: `/spec/${named}`, message: 'node updates may not change podCIDR except from "" to valid' };
}

function rangesOf({ podCIDR, podCIDRs }: JsonObject): readonly string[] {
  const all = textsIn(podCIDRs);
  return all.length === 0 && typeof podCIDR === 'string' && podCIDR !== '' ? [podCIDR] : all;
}

/** The CIDR may be written in canonical text; the block size of a pool that says none is that of its family; what gave addresses to load balancers gives none to pods. */
function poolFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const [spec, before] = [specOf(now), specOf(old)];
  const { cidr } = before;
  const blockSize = typeof cidr === 'string' && cidr.includes(':') ? 122 : 26;
  const isRewritten = typeof cidr === 'string' && typeof spec['cidr'] === 'string' && mayRewriteCidr(cidr, spec['cidr']);
  const fault = inSpec('cannot be modified', isRewritten ? { blockSize } : { cidr: undefined, blockSize })(now, old);
  if (fault || !textsIn(before['allowedUses']).includes('LoadBalancer')) return fault;
  const uses = textsIn(spec['allowedUses']);
  if (uses.length > 0 && uses.every((use) => use === 'LoadBalancer')) return undefined;
  return { pointer: '/spec/allowedUses', message: 'cannot be changed from LoadBalancer to Workload or Tunnel' };
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
  return inSpec(why, { serviceName: '', podManagementPolicy: 'OrderedReady' })(now, old);
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
