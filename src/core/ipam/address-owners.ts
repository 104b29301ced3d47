import { type Trail } from '../kernel/evidence.js';
import { describeRef, type ObjectRef } from '../kernel/object-ref.js';
import type { Provenance } from '../kernel/provenance.js';
import type { ClaimedAddress } from '../model/calico-objects.js';
import type { IpOwner as ModelOwner, ModelPod, NetworkModel } from '../model/network-model.js';
import { API_SERVICE } from '../model/api-service.js';
import { formatIp, type Ip, sameIp } from '../net/ip.js';
import { type IPAddress, parentText } from '../resources/ip-address.js';
import type { AddressPlane } from './address-plane.js';
import { claimOn, claimText } from './calico-claims.js';
import { apiServerAddress, devicesWith, type HoldingDevice, holdersOf } from './held-addresses.js';
import type { IpamReason } from './ipam-reasons.js';
import { planeOfOwner } from './observed-pools.js';

/** Who has the address, and how. */
export interface OwnerView {
  readonly type: ModelOwner['type'] | 'allocation' | 'calicoBlock' | 'ipAddress';
  readonly plane: AddressPlane;
  /** Null for allocations, which name their owner in free text; the block or the IPAddress where it alone says that somebody has it. */
  readonly object: ObjectRef | null;
  /** `Pod shop/web-0`, `Node a (tunl0)`, or what the allocation says. */
  readonly name: string;
  /** Of a pod; null where it is not placed. */
  readonly node: string | null;
  readonly provenance: Provenance;
}

const HELD_BY: Readonly<Record<ModelOwner['type'], IpamReason>> = {
  pod: 'HELD_BY_POD',
  node: 'HELD_BY_NODE',
  clusterIP: 'HELD_BY_CLUSTER_IP',
  loadBalancer: 'HELD_BY_LOAD_BALANCER',
  externalIP: 'HELD_BY_EXTERNAL_IP',
};

const POINTERS: Readonly<Record<ModelOwner['type'], string>> = {
  pod: '/status/podIPs',
  node: '/status/addresses',
  clusterIP: '/spec/clusterIPs',
  loadBalancer: '/status/loadBalancer/ingress',
  externalIP: '/spec/externalIPs',
};

/** Everybody who has an address in the cluster's objects; evidence goes to `trail`. */
export function modelOwners(model: NetworkModel, ip: Ip, trail: Trail): readonly OwnerView[] {
  const seen = holdersOf(model, ip).map((owner) => {
    const view = ownerView(model, owner);
    const observed = view.provenance === 'observed';
    trail.add({
      stage: 'owners',
      outcome: 'match',
      reason: HELD_BY[owner.type],
      message: `${view.name} has ${formatIp(ip)}${observed ? '' : ` (${view.provenance})`}`,
      object: view.object ?? undefined,
      pointer: observed ? POINTERS[owner.type] : undefined,
      provenance: view.provenance,
    });
    return view;
  });
  const owners = [...seen, ...deviceOwners(model, ip, trail)];
  for (const { ref } of formerHolders(model, ip)) {
    const message = `${describeRef(ref)} has finished: it names ${formatIp(ip)} in its status and has given it back`;
    trail.add({ stage: 'owners', outcome: 'excluded', reason: 'GIVEN_BACK', message, object: ref, pointer: POINTERS.pod });
  }
  const isOwned = owners.length > 0;
  const claimed = [...claimOwners(model, ip, isOwned, trail), ...ipAddressOwners(model, ip, isOwned, trail)];
  return isOwned ? owners : [...claimed, ...(claimed.length > 0 ? [] : apiServerOwner(model, ip, trail))];
}

/** Devices of nodes with the address, which objects tell of. */
function deviceOwners(model: NetworkModel, ip: Ip, trail: Trail): readonly OwnerView[] {
  return devicesWith(model, ip).map((holding) => {
    const view = deviceView(holding);
    const { source, pointer } = holding.device;
    const message = `${view.name} has ${formatIp(ip)}`;
    trail.add({ stage: 'owners', outcome: 'match', reason: HELD_BY.node, message, object: source, pointer, provenance: 'observed' });
    return view;
  });
}

/** Its address is one of the pods' network, though the node has it. */
function deviceView({ node, device: { device } }: HoldingDevice): OwnerView {
  const name = `${describeRef(node.ref)} (${device})`;
  return { type: 'node', plane: 'pod', object: node.ref, name, node: node.name, provenance: 'observed' };
}

function apiServerOwner(model: NetworkModel, ip: Ip, trail: Trail): readonly OwnerView[] {
  const owners = apiServerView(model, ip);
  for (const { name, provenance } of owners) {
    const message = `${name} has ${formatIp(ip)}, the first of the service range, whether it was imported or not`;
    trail.add({ stage: 'owners', outcome: 'match', reason: HELD_BY.clusterIP, message, provenance });
  }
  return owners;
}

function apiServerView(model: NetworkModel, ip: Ip): readonly OwnerView[] {
  const own = apiServerAddress(model);
  if (!own || !sameIp(own, ip)) return [];
  const [namespace = '', name = ''] = API_SERVICE.split('/');
  const object = { apiVersion: 'v1', kind: 'Service', namespace, name };
  const provenance = model.profileSources.get('serviceCIDRs')?.provenance === 'assumed' ? 'assumed' : 'derived';
  return [{ type: 'clusterIP', plane: 'service', object, name: describeRef(object), node: null, provenance }];
}

/** Whom Calico's blocks give the address to: an owner where nobody is seen with it, else told alone. */
function claimOwners(model: NetworkModel, ip: Ip, isOwned: boolean, trail: Trail): readonly OwnerView[] {
  const claimed = claimOn(model, ip);
  if (!claimed) return [];
  const { block, claim } = claimed;
  const message = `${formatIp(ip)} is given to ${claimText(claimed)}`;
  const pointer = `/spec/allocations/${claim.ordinal}`;
  const outcome = isOwned ? 'info' : 'match';
  trail.add({ stage: 'owners', outcome, reason: 'HELD_BY_BLOCK', message, object: block.ref, pointer, provenance: 'observed' });
  return isOwned ? [] : [claimView(claimed)];
}

/** Of what names no node the block's has it (projectcalico/calico `libcalico-go/lib/ipam/accounting/allocation.go`, Node). */
function claimView(claimed: ClaimedAddress): OwnerView {
  const { block, claim } = claimed;
  const name = claimText(claimed);
  const node = claim.node ?? (block.affinity?.type === 'host' ? block.affinity.name : null);
  return { type: 'calicoBlock', plane: 'pod', object: block.ref, name, node, provenance: 'observed' };
}

/** For whom an IPAddress keeps the address: an owner where nobody is seen with it, else told alone. */
function ipAddressOwners(model: NetworkModel, ip: Ip, isOwned: boolean, trail: Trail): readonly OwnerView[] {
  const address = model.ipAddresses.get(formatIp(ip));
  if (!address) return [];
  const view = ipAddressView(address);
  trail.add({
    stage: 'owners',
    outcome: isOwned ? 'info' : 'match',
    reason: 'HELD_BY_IP_ADDRESS',
    message: `an IPAddress keeps ${formatIp(ip)} for ${view.name}`,
    object: address.ref,
    pointer: '/spec/parentRef',
    provenance: 'observed',
  });
  return isOwned ? [] : [view];
}

function ipAddressView(address: IPAddress): OwnerView {
  return { type: 'ipAddress', plane: 'service', object: address.ref, name: parentText(address), node: null, provenance: 'observed' };
}

/** Finished pods whose status still names the address. */
function formerHolders(model: NetworkModel, { family, value }: Ip): readonly ModelPod[] {
  const names = (ip: Ip): boolean => ip.family === family && ip.value === value;
  return model.pods.filter(({ finished, resource }) => finished && resource?.status?.podIPs.some(names));
}

/** Who has an address in the cluster's objects. */
export function ownersIn(model: NetworkModel, ip: Ip): readonly OwnerView[] {
  const holders = [...holdersOf(model, ip).map((owner) => ownerView(model, owner)), ...devicesWith(model, ip).map(deviceView)];
  if (holders.length > 0) return holders;
  const claimed = claimOn(model, ip);
  if (claimed) return [claimView(claimed)];
  const address = model.ipAddresses.get(formatIp(ip));
  return address ? [ipAddressView(address)] : apiServerView(model, ip);
}

function ownerView(model: NetworkModel, owner: ModelOwner): OwnerView {
  const object = refOfOwner(model, owner);
  const node = owner.type === 'pod' ? model.pods[owner.pod]?.nodeName?.value : owner.type === 'node' ? owner.node : undefined;
  return {
    type: owner.type,
    plane: planeOfOwner(owner),
    object,
    name: object ? describeRef(object) : '',
    node: node ?? null,
    provenance: owner.ip.provenance,
  };
}

/** The object whose address it is; null where the model has none. */
export function refOfOwner(model: NetworkModel, owner: ModelOwner): ObjectRef | null {
  if (owner.type === 'pod') return model.pods[owner.pod]?.ref ?? null;
  if (owner.type === 'node') return model.nodes.get(owner.node)?.ref ?? null;
  return model.services.get(owner.service)?.ref ?? null;
}

/**
 * Owners that exclude one another: pods with a network of their own, nodes, and ClusterIPs. A pod of the host network has its node's address; load balancers and
 * externalIPs may share an address with one another and with a node; what was handed out through the API is there to be used by somebody.
 */
export function rivalsFor(model: NetworkModel, ip: Ip): readonly string[] {
  const rivals = holdersOf(model, ip).filter(({ type }) => type === 'pod' || type === 'node' || type === 'clusterIP');
  const own = rivals.filter((owner) => owner.type !== 'pod' || model.pods[owner.pod]?.spec.hostNetwork !== true);
  return [...new Set([...own.map((owner) => ownerView(model, owner)), ...devicesWith(model, ip).map(deviceView)].map(({ name }) => name))];
}
