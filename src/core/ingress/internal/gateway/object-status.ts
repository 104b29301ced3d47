import { type Note, uniqueNotes } from '../../../kernel/answer.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP, type ParentReference } from '../../../resources/gateway-reference.js';
import type { BackendTLSPolicy, Gateway, GatewayClass, ListenerSet } from '../../../resources/gateway.js';
import type { GatewayRoute } from '../../../resources/gateway-route.js';
import type { Condition, GatewayStatusResult, ListenerStatus, ParentStatus } from '../../gateway-status-result.js';
import type { Attachment } from './attachments.js';
import { backendsOf, resolveBackend } from './backend-references.js';
import { detached, opensConnections, policyBefore, policyFault } from './backend-tls.js';
import { defaultParent, gatewayOf } from './claims.js';
import { fails, holds } from './conditions.js';
import { judgeAddresses } from './gateway-addresses.js';
import { attachedListenerSets, gatewayConditions, listenerSetConditions } from './gateway-conditions.js';
import { attachedRoutes, type GatewayState, gatewayState } from './gateway-state.js';
import { importNote } from './imported-service.js';
import { routeConditions } from './route-conditions.js';
import { classParameters, parametersFault, unknownParts, unknownProtocols } from './unknown-parts.js';

/** A status, whether anybody writes it, and what stands in the way. */
export interface ObjectStatus {
  readonly result: GatewayStatusResult;
  readonly handled: boolean;
  readonly remarks: readonly { readonly reason: string; readonly message: string }[];
  /** What is taken for granted because the model does not know it. */
  readonly assumptions: readonly Note[];
}

const NOTHING: Omit<GatewayStatusResult, 'object'> = {
  conditions: [],
  listeners: null,
  parents: null,
  attachedListenerSets: null,
  reported: null,
};

/** The status of a GatewayClass: its controller is taken to do what the text says (`GatewayClassSpec.ParametersRef`). */
export function classStatus(model: NetworkModel, gatewayClass: GatewayClass): ObjectStatus {
  const noParameters = parametersFault(model, gatewayClass);
  const accepted =
    noParameters === undefined
      ? holds('Accepted', 'Accepted', `controller \`${gatewayClass.controllerName}\` serves the class`)
      : fails('Accepted', 'InvalidParameters', noParameters);
  const result = { ...NOTHING, object: describeRef(gatewayClass.ref), conditions: [accepted, ...supportedVersion(gatewayClass)] };
  return { result, handled: true, remarks: [], assumptions: classParameters(gatewayClass) };
}

/** Of which versions the CRDs are that a controller knows, it alone can say (experimental: `GatewayClassConditionStatusSupportedVersion`): only what it has written is told. */
function supportedVersion({ supportedVersion: written, generation }: GatewayClass): readonly Condition[] {
  if (!written || written.generation !== generation) return [];
  const message = `the controller says: ${written.message || written.reason}`;
  return [(written.status === 'True' ? holds : fails)('SupportedVersion', written.reason, message)];
}

/** The status of a Gateway with its own listeners. */
export function gatewayStatus(model: NetworkModel, gateway: Gateway): ObjectStatus {
  const object = describeRef(gateway.ref);
  const state = stateOf(model, gateway);
  if (!state) return notHandled({ ...NOTHING, object, listeners: [], attachedListenerSets: 0 }, 'CLASS_MISSING', classMissing(gateway));
  const listeners = listenerStatuses(state, gateway);
  const conditions = gatewayConditions(model, state);
  const attached = attachedListenerSets(model, state);
  const result = { ...NOTHING, object, conditions, listeners, attachedListenerSets: attached };
  const assumptions = [...unknownParts(model, gateway), ...unknownProtocols(gateway), ...judgeAddresses(model, gateway).open];
  return { result, handled: true, remarks: [], assumptions };
}

function notHandled(result: GatewayStatusResult, reason: string, message: string): ObjectStatus {
  return { result, handled: false, remarks: [{ reason, message }], assumptions: [] };
}

function classMissing({ className }: Gateway): string {
  return `no GatewayClass \`${className}\` exists, so that no controller serves the Gateway`;
}

/** The state of a Gateway that has a class. */
function stateOf(model: NetworkModel, gateway: Gateway): GatewayState | undefined {
  if (!model.gatewayApi.classes.has(gateway.className)) return undefined;
  return gatewayState(model, `${gateway.namespace}/${gateway.ref.name}`);
}

/** `status.listeners` of a Gateway or a ListenerSet. */
function listenerStatuses(state: GatewayState, of: Gateway | ListenerSet): readonly ListenerStatus[] {
  const routes = attachedRoutes(state);
  return state.listeners
    .filter(({ owner }) => owner === of)
    .map((judged) => ({
      name: judged.listener.name,
      pointer: judged.listener.pointer,
      attachedRoutes: routes.get(judged) ?? 0,
      supportedKinds: judged.kinds.map((kind) => ({ group: GATEWAY_GROUP, kind })),
      conditions: judged.conditions,
    }));
}

/** The status of a ListenerSet. */
export function listenerSetStatus(model: NetworkModel, set: ListenerSet): ObjectStatus {
  const object = describeRef(set.ref);
  const parent = set.parentRef && `${set.parentRef.namespace ?? set.namespace}/${set.parentRef.name}`;
  const gateway = parent === undefined ? undefined : model.gatewayApi.gateways.get(parent);
  const empty = { ...NOTHING, object, listeners: [] };
  if (!gateway) return notHandled(empty, 'PARENT_MISSING', `Gateway ${parent ?? '(none named)'} does not exist`);
  const state = stateOf(model, gateway);
  if (!state) return notHandled(empty, 'CLASS_MISSING', classMissing(gateway));
  const listeners = listenerStatuses(state, set);
  const result = { ...empty, conditions: listenerSetConditions(model, set, state), listeners };
  return { result, handled: true, remarks: [], assumptions: [...unknownParts(model, gateway), ...unknownProtocols(set)] };
}

/** The status of a route: one entry for each parent that some controller serves. */
export function routeStatus(model: NetworkModel, route: GatewayRoute): ObjectStatus {
  const parents: ParentStatus[] = [];
  const remarks: ObjectStatus['remarks'][number][] = [];
  const assumptions: Note[] = [];
  const defaults = defaultGateways(model, route);
  for (const parent of [...route.parentRefs, ...defaults.slice(0, MOST_PARENTS).map(defaultParent)]) {
    const name = `${parent.kind} ${parent.namespace ?? route.namespace}/${parent.name}`;
    const key = gatewayOf(model, route, parent);
    const gateway = key === undefined ? undefined : model.gatewayApi.gateways.get(key);
    const state = gateway && stateOf(model, gateway);
    const attachment = state?.attachments.find((one) => one.route === route && one.parent === parent);
    if (attachment && gateway) parents.push(parentStatus(model, gateway, attachment));
    else if (gateway) remarks.push({ reason: 'CLASS_MISSING', message: classMissing(gateway) });
    else if (!isGatewayParent(parent)) assumptions.push({ code: 'PARENT_NOT_MODELLED', message: notModelled(name) });
    else remarks.push({ reason: 'PARENT_MISSING', message: `${name} does not exist` });
  }
  if (defaults.length > MOST_PARENTS) remarks.push({ reason: 'MORE_DEFAULT_GATEWAYS', message: moreDefaults(defaults.length) });
  if (route.parentRefs.length === 0 && defaults.length === 0) remarks.push({ reason: 'NO_PARENT', message: noParent(route) });
  const result = { ...NOTHING, object: describeRef(route.ref), parents };
  return { result, handled: parents.length > 0, remarks, assumptions: uniqueNotes([...assumptions, ...importNotes(model, route)]) };
}

/** That an implementation may leave out the ServiceImports a route leads to. */
function importNotes(model: NetworkModel, route: GatewayRoute): readonly Note[] {
  return backendsOf(route).flatMap((reference) => {
    const backend = resolveBackend(model, route, reference);
    return backend.ok && !backend.service ? [importNote(backend.owner.ref)] : [];
  });
}

/** `status.parents` of a route holds no more (`RouteStatus.Parents`). */
const MOST_PARENTS = 32;

/** The Gateways that take the route without being named by it, by name (GEP-3793): several may. */
function defaultGateways({ gatewayApi }: NetworkModel, { usesDefaultGateways }: GatewayRoute): readonly Gateway[] {
  return usesDefaultGateways ? [...gatewayApi.gateways.values()].filter(({ isDefault }) => isDefault) : [];
}

function moreDefaults(count: number): string {
  return `${count} Gateways are default ones: those beyond the first ${MOST_PARENTS} have no place in the status of the route`;
}

function noParent({ usesDefaultGateways }: GatewayRoute): string {
  return usesDefaultGateways ? 'the route names no parent, and no Gateway is a default one' : 'the route names no parent';
}

/** Other parents are those of meshes (GAMMA: a Service), and of implementations. */
function isGatewayParent({ group, kind }: ParentReference): boolean {
  return group === GATEWAY_GROUP && (kind === 'Gateway' || kind === 'ListenerSet');
}

function notModelled(name: string): string {
  return `what becomes of the route under ${name} is up to a mesh or an implementation, and not modelled`;
}

function parentStatus(model: NetworkModel, gateway: Gateway, attachment: Attachment): ParentStatus {
  const { parent, route, attached } = attachment;
  return {
    kind: parent.kind,
    namespace: parent.namespace ?? route.namespace,
    name: parent.name,
    sectionName: parent.sectionName ?? null,
    port: parent.port ?? null,
    controllerName: controllerOf(model, gateway),
    listeners: attached.map(({ listener }) => listener.listener.name),
    conditions: routeConditions(model, attachment),
  };
}

function controllerOf(model: NetworkModel, gateway: Gateway): string | null {
  return model.gatewayApi.classes.get(gateway.className)?.controllerName ?? null;
}

/** The status of a BackendTLSPolicy: one entry for each Gateway that speaks TLS by it with what a route of its own leads to (rule G41). */
export function policyStatus(model: NetworkModel, policy: BackendTLSPolicy): ObjectStatus {
  const conditions = policyConditions(model, policy);
  const using = gatewaysUsing(model, policy);
  const parents = using.slice(0, MOST_ANCESTORS).map((gateway) => ({
    kind: 'Gateway',
    namespace: gateway.namespace,
    name: gateway.ref.name,
    sectionName: null,
    port: null,
    controllerName: controllerOf(model, gateway),
    listeners: [],
    conditions,
  }));
  const result = { ...NOTHING, object: describeRef(policy.ref), parents };
  return { result, handled: parents.length > 0, remarks: policyRemarks(model, policy, using.length), assumptions: [] };
}

/** `status.ancestors` of a policy holds no more, and "implementations MUST NOT add further entries" (`PolicyStatus.Ancestors`). */
const MOST_ANCESTORS = 16;

function policyRemarks(model: NetworkModel, policy: BackendTLSPolicy, ancestors: number): ObjectStatus['remarks'] {
  if (ancestors > MOST_ANCESTORS) {
    const message = `${ancestors} Gateways use the policy: those beyond the first ${MOST_ANCESTORS} have no place in its status, and have to take it for one that cannot be implemented`;
    return [{ reason: 'MORE_ANCESTORS', message }];
  }
  if (ancestors > 0) return [];
  const missing = detached(model, policy);
  const message = `no route of a Gateway that opens TLS leads to a Service that the policy names${missing === undefined ? '' : `: ${missing}`}`;
  return [{ reason: 'NOT_USED', message }];
}

function policyConditions(model: NetworkModel, policy: BackendTLSPolicy): readonly Condition[] {
  const fault = policyFault(model, policy);
  const resolved =
    fault && policy.fault === undefined
      ? fails('ResolvedRefs', fault.fault.reason, fault.fault.message)
      : holds('ResolvedRefs', 'ResolvedRefs', 'every reference is resolved');
  return [policyRefusal(model, policy, fault?.none === true) ?? holds('Accepted', 'Accepted', 'the policy is accepted'), resolved];
}

function policyRefusal(model: NetworkModel, policy: BackendTLSPolicy, noAuthority: boolean): Condition | undefined {
  const missing = detached(model, policy);
  if (missing !== undefined) return fails('Accepted', 'TargetNotFound', missing);
  const before = policyBefore(model, policy);
  if (before) return fails('Accepted', 'Conflicted', `${describeRef(before.ref)} names the same target and goes before it`);
  if (policy.fault !== undefined) return fails('Accepted', 'Invalid', policy.fault);
  return noAuthority ? fails('Accepted', 'NoValidCACertificate', 'none of its certificates of an authority can be used') : undefined;
}

function gatewaysUsing(model: NetworkModel, policy: BackendTLSPolicy): readonly Gateway[] {
  const names = new Set(policy.targetRefs.map(({ name }) => `${policy.namespace}/${name}`));
  return [...model.gatewayApi.gateways.values()].filter((gateway) =>
    stateOf(model, gateway)?.attachments.some(
      ({ route, attached }) => attached.some(({ listener }) => opensConnections(listener)) && leadsTo(model, route, names),
    ),
  );
}

function leadsTo(model: NetworkModel, route: GatewayRoute, services: ReadonlySet<string>): boolean {
  return backendsOf(route).some((reference) => {
    const backend = resolveBackend(model, route, reference);
    return backend.ok && backend.service !== undefined && services.has(`${backend.service.namespace}/${backend.service.name}`);
  });
}
