import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { IpamDraft } from '../../ipam-finding.js';
import { type NodePortClaim, nodePortClaims } from '../../node-port-claims.js';

/** Numbers outside the range of node ports, and numbers that are asked for twice: the API server gives each to one service. */
export function* nodePortChecks(model: NetworkModel): Generator<IpamDraft> {
  const { first, last } = model.profile.proxy.nodePortRange;
  const owners = new Map<number, NodePortClaim>();
  for (const claim of nodePortClaims(model)) {
    if (claim.isGiven && (claim.number < first || claim.number > last)) yield outside(claim, `${first}-${last}`);
    const owner = owners.get(claim.number);
    if (!owner) owners.set(claim.number, claim);
    else if (!mayShare(owner, claim)) yield conflict(owner, claim);
  }
}

/** "Ports of one service with the same number and different protocols share a node port" (kubernetes `pkg/registry/core/service/storage/alloc.go`, updateNodePorts). */
function mayShare(owner: NodePortClaim, claim: NodePortClaim): boolean {
  const isOfPorts = owner.protocol !== undefined && claim.protocol !== undefined;
  return owner.service === claim.service && isOfPorts && owner.protocol !== claim.protocol;
}

function outside({ service, number, pointer, protocol }: NodePortClaim, range: string): IpamDraft {
  const message = `${protocol === undefined ? 'the port of the health check' : 'node port'} ${number} is outside ${range}`;
  const fix = 'take another port, or set `proxy.nodePortRange` of the profile to that of the API server';
  return { code: 'NODE_PORT_OUTSIDE', object: service.ref, pointer, message, fix, addresses: [] };
}

function conflict(owner: NodePortClaim, { service, number, pointer, protocol }: NodePortClaim): IpamDraft {
  const whose = owner.service === service ? 'the service itself' : describeRef(owner.service.ref);
  const what = protocol === undefined ? 'the port of the health check' : 'node port';
  const message = `${what} ${number} is that of ${whose} already (${owner.pointer})`;
  const fix = `remove \`${pointer.slice(1).replaceAll('/', '.')}\`, so that the API server gives a free one`;
  return { code: 'NODE_PORT_CONFLICT', object: service.ref, pointer, message, fix, addresses: [] };
}
