import { describeRef } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp, type Ip, sameIp } from '../../../net/ip.js';
import { type IPAddress, isLabelled, isOfAllocator, parentText, serviceOf } from '../../../resources/ip-address.js';
import type { IpamDraft } from '../../ipam-finding.js';

const ADDRESSES_A_STEP = 500;

/**
 * Compares IPAddresses with the services that have their addresses, as the API server's repair loop does (kubernetes `pkg/registry/core/service/ipallocator/controller/repairip.go`).
 * Without IPAddresses, or without services, nothing is found: they were not imported.
 */
export function* ipAddressChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  if (![...model.ipAddresses.values()].some(isOfAllocator) || model.services.size === 0) return [];
  const drafts: IpamDraft[] = [];
  let count = 0;
  for (const service of model.services.values()) {
    if (count++ % ADDRESSES_A_STEP === 0) yield;
    for (const ip of seenAddresses(service)) drafts.push(...checkService(model, service, ip));
  }
  for (const address of model.ipAddresses.values()) {
    if (count++ % ADDRESSES_A_STEP === 0) yield;
    drafts.push(...checkAddress(model, address));
  }
  return drafts;
}

function seenAddresses({ clusterIPs }: ModelService): readonly Ip[] {
  return clusterIPs.filter(({ provenance }) => provenance === 'observed').map(({ value }) => value);
}

/** What the loop calls syncService. An address outside every range is none of its business. */
function checkService(model: NetworkModel, service: ModelService, ip: Ip): readonly IpamDraft[] {
  const text = formatIp(ip);
  const name = describeRef(service.ref);
  const address = model.ipAddresses.get(text);
  if (!address) {
    const message = `${name} has ${text}, and no IPAddress says so: another service may get it too`;
    const fix =
      'none where the API server runs: its repair loop makes the IPAddress; in a backup, export IPAddresses and services together';
    return [{ code: 'IP_ADDRESS_MISSING', object: service.ref, pointer: '/spec/clusterIPs', message, fix, addresses: [text] }];
  }
  // Where another service is named that there is, SEVERAL_OWNERS tells of it if it has the address, and IP_ADDRESS_LEAK if it has not.
  const kept = serviceOf(address);
  const isFor = kept !== undefined && (kept === `${service.namespace}/${service.name}` || model.services.has(kept));
  const fault = !isFor ? `it is kept for ${parentText(address)}` : isLabelled(address) ? undefined : 'it lacks the labels of the allocator';
  if (fault === undefined) return [];
  return [
    {
      code: 'IP_ADDRESS_MISMATCH',
      object: address.ref,
      pointer: isFor ? '/metadata/labels' : '/spec/parentRef',
      message: `${name} has ${text}, and its IPAddress does not say so: ${fault}`,
      fix: 'none where the API server runs: its repair loop makes the IPAddress anew',
      addresses: [text],
    },
  ];
}

/** What the loop calls syncIPAddress: it takes away those of the allocator that no service has. */
function checkAddress({ services, ipOwners }: NetworkModel, address: IPAddress): readonly IpamDraft[] {
  const { ip, ref } = address;
  if (!ip || !isOfAllocator(address)) return [];
  const key = serviceOf(address);
  const service = key === undefined ? undefined : services.get(key);
  if (service && has(service, ip)) return [];
  // Where a service that is there has it, the IPAddress is made anew for that one: IP_ADDRESS_MISMATCH tells of it.
  if (!service && ipOwners.get(formatIp(ip))?.some(({ type }) => type === 'clusterIP')) return [];
  const why =
    key === undefined
      ? `is for ${parentText(address)}, which is no service`
      : service
        ? `is for ${parentText(address)}, which has another address`
        : `is for ${parentText(address)}, which is not there`;
  const isOrphan = key !== undefined && !service;
  return [
    {
      code: 'IP_ADDRESS_LEAK',
      object: ref,
      pointer: '/spec/parentRef',
      message: `${formatIp(ip)} ${why}`,
      fix: isOrphan ? orphanText(address) : 'none where the API server runs: its repair loop deletes the IPAddress as soon as it sees it',
      addresses: [formatIp(ip)],
    },
  ];
}

/** The service may still be about to be made: the loop waits for a minute ("60 seconds (default timeout value on the kube-apiserver)"). */
function orphanText({ createdAt }: IPAddress): string {
  const since = createdAt === undefined ? '' : `, since ${createdAt}`;
  return `none where the API server runs: its repair loop deletes the IPAddress once it is more than 60 s old${since}; until then its service may be about to be made`;
}

function has({ clusterIPs }: ModelService, ip: Ip): boolean {
  return clusterIPs.some(({ value }) => sameIp(value, ip));
}
