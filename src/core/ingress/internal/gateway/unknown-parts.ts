import type { Note } from '../../../kernel/answer.js';
import { inMap } from '../../../kernel/in-map.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Gateway, GatewayClass, ListenerSet } from '../../../resources/gateway.js';
import { affectedBy } from '../../../resources/unmodelled-kinds.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';
import { implementationObjects } from './implementation-objects.js';

/** Types of address that the specification names (`apis/v1/shared_types.go`, `AddressType`); others belong to implementations. */
const ADDRESS_TYPES: ReadonlySet<string> = new Set(['IPAddress', 'Hostname']);

/** Whether the specification names a type of address. */
export function isKnownAddressType(type: string): boolean {
  return ADDRESS_TYPES.has(type);
}

/** The first type of address of a Gateway that the specification does not name. */
export function oddAddress({ addresses }: Gateway): string | undefined {
  return addresses.find(({ type }) => !isKnownAddressType(type))?.type;
}

/** Whether the parameters are stored that an object of the namespace `own` refers to. */
function isStored(model: NetworkModel, { group, kind, name, namespace: written }: ObjectReference, own: string | undefined): boolean {
  const namespace = written ?? own;
  const core = group === '' ? CORE_KINDS[kind] : undefined;
  if (core) return core(model).has(`${namespace ?? ''}/${name}`);
  return implementationObjects(model).some(
    (ref) =>
      ref.kind === kind &&
      ref.name === name &&
      ref.apiVersion.startsWith(`${group}/`) &&
      (ref.namespace === undefined || ref.namespace === namespace),
  );
}

/** Kinds of Kubernetes itself in which parameters may stand. */
const CORE_KINDS: Readonly<Record<string, ((model: NetworkModel) => { has(key: string): boolean }) | undefined>> = {
  ConfigMap: ({ gatewayApi }) => gatewayApi.configMaps,
  Secret: ({ secrets }) => secrets,
};

/** Why a class or a Gateway is refused for its parameters: "If the referent cannot be found […]" (`GatewayClassSpec.ParametersRef`, `GatewayInfrastructure.ParametersRef`). */
export function parametersFault(model: NetworkModel, { parametersRef, ref }: Gateway | GatewayClass): string | undefined {
  if (!parametersRef || isStored(model, parametersRef, ref.namespace)) return undefined;
  const { group, kind, name, namespace = ref.namespace } = parametersRef;
  const what = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  if (group === '' || affectedBy(group, kind) !== undefined) return `no ${what} with parameters is known`;
  return `objects of \`${group}\` are in no model: whether ${what} exists is not known, and its kind is taken not to be supported`;
}

/** What an answer about a Gateway rests on because parts of it belong to its implementation. */
export function unknownParts(model: NetworkModel, gateway: Gateway): readonly Note[] {
  const gatewayClass = model.gatewayApi.classes.get(gateway.className);
  const odd = oddAddress(gateway);
  return [
    ...(gatewayClass ? classParameters(gatewayClass) : []),
    ...parameters(describeRef(gateway.ref), gateway.parametersRef),
    ...(odd === undefined
      ? []
      : [
          {
            code: 'ADDRESS_TYPE_UNKNOWN',
            message: `whether the implementation knows addresses of type \`${odd}\` is not known; it is taken not to`,
          },
        ]),
  ];
}

/** Protocols of listeners that belong to an implementation: it is taken not to know them. */
export function unknownProtocols({ listeners }: Gateway | ListenerSet): readonly Note[] {
  return listeners.flatMap(({ name, ownProtocol }) => {
    if (ownProtocol === undefined) return [];
    const message = `whether the implementation speaks \`${ownProtocol}\` of listener \`${name}\` is not known; it is taken not to`;
    return [{ code: 'PROTOCOL_UNKNOWN', message }];
  });
}

/** What an answer about a class rests on. */
export function classParameters({ ref, parametersRef }: GatewayClass): readonly Note[] {
  return parameters(describeRef(ref), parametersRef);
}

function parameters(owner: string, reference: ObjectReference | undefined): readonly Note[] {
  if (!reference) return [];
  const what = `${reference.kind} ${reference.name}${reference.group === '' ? '' : ` of ${reference.group}`}`;
  const message = `${owner} has parameters in ${what}, which the model does not know: the answer is what holds without them`;
  return [{ code: 'PARAMETERS_UNKNOWN', message }];
}

const extensions = new WeakMap<NetworkModel, readonly Note[]>();

/** What implementations attach to objects of the Gateway API (`SecurityPolicy`, `BackendTrafficPolicy` …) is stored and not modelled. */
export function unmodelledExtensions(model: NetworkModel): readonly Note[] {
  return inMap(extensions, model, () => countExtensions(model));
}

function countExtensions({ unmodelled }: NetworkModel): readonly Note[] {
  const counts = new Map<string, number>();
  for (const { ref, affects } of unmodelled) if (affects === 'gateways') counts.set(ref.kind, (counts.get(ref.kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({
    code: 'NOT_MODELLED',
    message: `${count} object${count === 1 ? '' : 's'} of kind ${kind} ${count === 1 ? 'is' : 'are'} stored but not modelled, and may change what Gateways do`,
  }));
}
