import type { NetworkModel } from '../../../model/network-model.js';
import type { Gateway, ListenerSet } from '../../../resources/gateway.js';
import { namespaceAllowed } from './allowed-namespaces.js';
import type { Condition } from '../../gateway-status-result.js';
import { fails, holds } from './conditions.js';
import { judgeAddresses } from './gateway-addresses.js';
import type { GatewayState } from './gateway-state.js';
import type { JudgedListener } from './listener-status.js';
import { ownCertificateFault } from './own-certificate.js';
import { oddAddress, parametersFault } from './unknown-parts.js';

/** `status.conditions` of a Gateway (rules G1, G42, G43; `DefaultGateway` by GEP-3793). */
export function gatewayConditions(model: NetworkModel, state: GatewayState): readonly Condition[] {
  const { gateway } = state;
  const own = ownListeners(state);
  const refusal = refusalOf(model, gateway, own);
  const { byDefault, perPort } = gateway.clientValidation;
  const insecure = [byDefault, ...perPort.values()].some((validation) => validation?.mode === 'AllowInsecureFallback');
  return [
    refusal ?? acceptedText(own),
    programmed(model, state, refusal),
    resolvedRefs(model, gateway, own),
    ...(insecure
      ? [holds('InsecureFrontendValidationMode', 'ConfigurationChanged', 'clients without a valid certificate are let in')]
      : []),
    ...(gateway.isDefault ? [holds('DefaultGateway', 'DefaultGateway', 'the Gateway has the default scope `All`')] : []),
  ];
}

function ownListeners({ gateway, listeners }: GatewayState): readonly JudgedListener[] {
  return listeners.filter(({ owner }) => owner === gateway);
}

function refusalOf(model: NetworkModel, gateway: Gateway, own: readonly JudgedListener[]): Condition | undefined {
  const noParameters = parametersFault(model, gateway);
  if (noParameters !== undefined) return fails('Accepted', 'InvalidParameters', noParameters);
  const odd = oddAddress(gateway);
  if (odd !== undefined) return fails('Accepted', 'UnsupportedAddress', `\`${odd}\` is no type of address that the specification names`);
  if (own.length > 0 && own.every(({ accepted }) => !accepted)) return fails('Accepted', 'ListenersNotValid', 'no listener can be served');
  return undefined;
}

/** "That Condition SHOULD clearly indicate in the Message which Listeners are conflicted, and which are Accepted" (`GatewaySpec.Listeners`). */
function acceptedText(own: readonly JudgedListener[]): Condition {
  const refused = own.filter(({ accepted }) => !accepted);
  if (refused.length === 0) return holds('Accepted', 'Accepted', 'the Gateway is accepted');
  return holds('Accepted', 'ListenersNotValid', servedText(own));
}

/** Which listeners can be served, and which not, by their names. */
function servedText(own: readonly JudgedListener[]): string {
  const names = (are: boolean) => {
    const some = own.filter(({ accepted }) => accepted === are).map(({ listener }) => `\`${listener.name}\``);
    return `${some.slice(0, MOST_NAMED).join(', ')}${some.length > MOST_NAMED ? ` and ${some.length - MOST_NAMED} more` : ''}`;
  };
  return `${names(false)} cannot be served, ${names(true)} can`;
}

const MOST_NAMED = 10;

function programmed(model: NetworkModel, { gateway, listeners }: GatewayState, refusal: Condition | undefined): Condition {
  if (refusal) return fails('Programmed', 'Invalid', 'the Gateway is not accepted');
  if (!listeners.some((listener) => listener.programmed)) return fails('Programmed', 'Invalid', 'no listener is served');
  const { fault } = judgeAddresses(model, gateway);
  return fault ? fails('Programmed', fault.reason, fault.message) : holds('Programmed', 'Programmed', 'the Gateway is served');
}

/** `ResolvedRefs` of a Gateway is about references that are no listener's, and sums up those of its listeners (`GatewayConditionResolvedRefs`). */
function resolvedRefs(model: NetworkModel, gateway: Gateway, own: readonly JudgedListener[]): Condition {
  const fault = ownCertificateFault(model, gateway);
  if (fault) return fails('ResolvedRefs', fault.reason, fault.message);
  const broken = own.filter(({ conditions }) => conditions.some(({ type, status }) => type === 'ResolvedRefs' && status === 'False'));
  if (broken.length === 0) return holds('ResolvedRefs', 'ResolvedRefs', 'every reference is resolved');
  const [first] = broken;
  const which = broken.length === 1 ? `listener \`${first?.listener.name ?? ''}\` has` : `${broken.length} of ${own.length} listeners have`;
  return fails('ResolvedRefs', 'ListenersNotResolved', `${which} references that cannot be resolved`);
}

/** Why a Gateway is not accepted; undefined where it is. */
export function gatewayRefusal(model: NetworkModel, state: GatewayState): Condition | undefined {
  return refusalOf(model, state.gateway, ownListeners(state));
}

/** How many ListenerSets have a listener that is served (rule G4): none of a Gateway that is not accepted. */
export function attachedListenerSets(model: NetworkModel, state: GatewayState): number {
  const { listeners } = state;
  if (gatewayRefusal(model, state)) return 0;
  return new Set(listeners.filter(({ owner, accepted }) => owner.kind === 'ListenerSet' && accepted).map(({ owner }) => owner)).size;
}

/** `status.conditions` of a ListenerSet (rule G4). */
export function listenerSetConditions(model: NetworkModel, set: ListenerSet, state: GatewayState): readonly Condition[] {
  const { gateway, listeners } = state;
  if (!namespaceAllowed(model, gateway.allowedListeners, gateway.namespace, set.namespace)) {
    const message = `Gateway ${gateway.namespace}/${gateway.ref.name} takes no ListenerSets of namespace ${set.namespace}`;
    return [fails('Accepted', 'NotAllowed', message), fails('Programmed', 'NotAllowed', message)];
  }
  const refusal = gatewayRefusal(model, state);
  if (refusal) {
    const message = `Gateway ${gateway.namespace}/${gateway.ref.name} is not accepted: ${refusal.message}`;
    return [fails('Accepted', 'ParentNotAccepted', message), fails('Programmed', 'ParentNotProgrammed', message)];
  }
  const own = listeners.filter(({ owner }) => owner === set);
  const served = own.filter(({ accepted }) => accepted).length;
  if (served === 0) {
    const message = 'none of its listeners can be served';
    return [fails('Accepted', 'ListenersNotValid', message), fails('Programmed', 'ListenersNotValid', message)];
  }
  const accepted =
    served === own.length
      ? holds('Accepted', 'Accepted', 'the ListenerSet is accepted')
      : holds('Accepted', 'ListenersNotValid', servedText(own));
  return [accepted, setProgrammed(model, gateway, own)];
}

function setProgrammed(model: NetworkModel, gateway: Gateway, own: readonly JudgedListener[]): Condition {
  if (!own.some((listener) => listener.programmed)) return fails('Programmed', 'ListenersNotValid', 'none of its listeners is served');
  const { fault } = judgeAddresses(model, gateway);
  if (!fault) return holds('Programmed', 'Programmed', 'its listeners are served');
  const message = `Gateway ${gateway.namespace}/${gateway.ref.name} is not programmed: ${fault.message}`;
  return fails('Programmed', 'ParentNotProgrammed', message);
}
