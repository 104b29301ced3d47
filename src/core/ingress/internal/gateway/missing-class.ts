import type { NetworkModel } from '../../../model/network-model.js';
import type { Gateway } from '../../../resources/gateway.js';

/** Why nobody serves a Gateway: its GatewayClass is not there. Undefined where it is. */
export function missingClass({ gatewayApi }: NetworkModel, { className, namespace, ref }: Gateway): string | undefined {
  if (gatewayApi.classes.has(className)) return undefined;
  return `no GatewayClass \`${className}\` exists: nobody serves Gateway ${namespace}/${ref.name}`;
}
