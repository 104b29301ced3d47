import { API_SERVICE } from '../model/api-service.js';
import { formatIp, type Ip } from '../net/ip.js';
import { compareStarts, type IpRange, joinSorted } from '../net/ip-set.js';
import { serviceAddresses } from '../net/service-range.js';
import type { IpOwner, ModelNode, NetworkModel } from '../model/network-model.js';
import type { NodeDevice } from '../model/node-devices.js';
import { inMap } from '../kernel/in-map.js';
import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import { finished, type Steps } from '../kernel/steps.js';

const ADDRESSES_A_STEP = 4_000;

const MEMORY = new WeakMap<NetworkModel, readonly IpRange[]>();

/**
 * Every address that somebody in the cluster has, whichever plane it is of, a device of a node too, that a block of Calico or an IPAddress gives to somebody, or that the API servers keep, as ascending ranges.
 * Memoised: a model never changes.
 */
export function heldAddresses(model: NetworkModel): readonly IpRange[] {
  return finished(heldInSteps(model));
}

/** The same for whoever looks at a model that nobody may have looked at before. Yields often. */
export function* heldInSteps(model: NetworkModel): Steps<readonly IpRange[]> {
  const known = MEMORY.get(model);
  if (known) return known;
  const ranges: IpRange[] = [];
  for (const ip of addressesHeld(model)) {
    if (ranges.push(rangeOf(ip)) % ADDRESSES_A_STEP === 0) yield;
  }
  const held = joinSorted(yield* sortedInSteps(ranges, compareStarts));
  MEMORY.set(model, held);
  return held;
}

function* addressesHeld(model: NetworkModel): Generator<Ip> {
  for (const [owner] of model.ipOwners.values()) if (owner) yield owner.ip.value;
  for (const { claims } of model.calico.ipam.blocks) for (const { ip } of claims) yield ip;
  for (const { ip } of model.ipAddresses.values()) if (ip) yield ip;
  for (const { devices } of model.nodes.values()) for (const { ip } of devices) yield ip;
  const own = apiServerAddress(model);
  if (own) yield own;
}

/**
 * The first address of the primary service range, which the API servers give to `default/kubernetes` when they start, whether the service was imported or not (kubernetes
 * `pkg/controlplane/instance.go`, `ServiceIPRange`); undefined where the service is seen with an address, or nothing tells of a range.
 */
export function apiServerAddress({ profile, services }: NetworkModel): Ip | undefined {
  const [primary] = profile.serviceCIDRs;
  const addresses = primary && serviceAddresses(primary);
  const isSeen = (services.get(API_SERVICE)?.clusterIPs.length ?? 0) > 0;
  return addresses && !isSeen ? { family: addresses.family, value: addresses.first } : undefined;
}

/** Who has the address in the cluster. */
export function holdersOf(model: NetworkModel, ip: Ip): readonly IpOwner[] {
  return model.ipOwners.get(formatIp(ip)) ?? [];
}

/** A device, and the node that it is of. */
export interface HoldingDevice {
  readonly node: ModelNode;
  readonly device: NodeDevice;
}

const DEVICES = new WeakMap<NetworkModel, ReadonlyMap<string, readonly HoldingDevice[]>>();

/** Devices of nodes that have the address; not those that have what the node itself reports: that is one address of one node, told twice. */
export function devicesWith(model: NetworkModel, ip: Ip): readonly HoldingDevice[] {
  const devices = devicesByAddress(model).get(formatIp(ip)) ?? [];
  const holders = devices.length === 0 ? [] : holdersOf(model, ip);
  return devices.filter(({ node }) => !holders.some((owner) => owner.type === 'node' && owner.node === node.name));
}

/** Memoised: a model never changes. */
function devicesByAddress(model: NetworkModel): ReadonlyMap<string, readonly HoldingDevice[]> {
  const known = DEVICES.get(model);
  if (known) return known;
  const devices = new Map<string, HoldingDevice[]>();
  for (const node of model.nodes.values()) {
    for (const device of node.devices) inMap(devices, formatIp(device.ip), () => []).push({ node, device });
  }
  DEVICES.set(model, devices);
  return devices;
}

/** One address as a range. */
export function rangeOf({ family, value }: Ip): IpRange {
  return { family, first: value, last: value };
}
