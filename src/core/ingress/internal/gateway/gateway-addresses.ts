import type { Note } from '../../../kernel/answer.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { canonicalIp } from '../../../net/ip.js';
import type { Gateway, GatewayAddress } from '../../../resources/gateway.js';
import { isKnownAddressType } from './unknown-parts.js';

/** Why a Gateway is not programmed although its listeners could be served. */
export interface AddressFault {
  readonly reason: string;
  readonly message: string;
}

/** What becomes of the addresses of a Gateway, and what is taken for granted where no object tells. */
export interface JudgedAddresses {
  readonly fault: AddressFault | undefined;
  readonly open: readonly Note[];
}

/** Reasons of `Programmed` that tell of addresses, or of what a cluster has to give (`GatewayConditionProgrammed`). */
const OF_ADDRESSES: ReadonlySet<string> = new Set(['AddressNotUsable', 'AddressNotAssigned', 'NoResources']);

/**
 * Whether a Gateway gets the addresses it asks for (rule G43; gateway-api `apis/v1/gateway_types.go`, `GatewaySpec.Addresses`, `GatewayReasonAddressNotUsable`,
 * `GatewayReasonAddressNotAssigned`). Only the network around the cluster knows in the end: what the controller itself has written about this generation goes first.
 */
export function judgeAddresses(model: NetworkModel, gateway: Gateway): JudgedAddresses {
  const { observed, generation, addresses } = gateway;
  const written = observed.programmed?.generation === generation ? observed.programmed : undefined;
  if (written?.status === 'False' && OF_ADDRESSES.has(written.reason))
    return { fault: { reason: written.reason, message: `the controller says: ${written.message || written.reason}` }, open: [] };
  if (written?.status === 'True') return { fault: undefined, open: [] };
  const asked = addresses.filter((address) => isKnownAddressType(address.type) && !isBound(gateway, address));
  const message = asked.map((address) => unusable(model, address)).find((text) => text !== undefined);
  if (message !== undefined) return { fault: { reason: 'AddressNotUsable', message }, open: [] };
  return { fault: undefined, open: asked.map((address) => taken(address)) };
}

/** Whether the status of the Gateway has the address; one without value, any of its type. */
function isBound({ observed }: Gateway, { type, value }: GatewayAddress): boolean {
  const same = (other: string) => value === '' || other === value || (type === 'IPAddress' && canonicalIp(other) === canonicalIp(value));
  return observed.addresses.some((bound) => bound.type === type && same(bound.value));
}

/** What the stored objects already say against an address. */
function unusable(model: NetworkModel, { type, value, pointer }: GatewayAddress): string | undefined {
  if (type !== 'IPAddress' || value === '') return undefined;
  const ip = canonicalIp(value);
  if (ip === undefined) return `${pointer}: \`${value}\` is no address`;
  const owner = model.ipOwners.get(ip)?.find(({ type: kind }) => kind === 'pod');
  const pod = owner?.type === 'pod' ? model.pods[owner.pod] : undefined;
  if (!pod || pod.spec.hostNetwork) return undefined;
  return `${pointer}: \`${value}\` is the address of Pod ${pod.namespace}/${pod.name}: ask for one that is free`;
}

function taken({ type, value }: GatewayAddress): Note {
  const message =
    value === ''
      ? `whether the implementation assigns an address of type ${type} by itself is not known; it is taken to`
      : `whether the network around the cluster leads \`${value}\` to the Gateway is not known; it is taken to`;
  return { code: 'ADDRESS_TAKEN_AS_USABLE', message };
}
