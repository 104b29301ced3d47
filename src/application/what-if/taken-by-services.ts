import { cidrContains, formatCidr } from '../../core/net/cidr.js';
import { formatIp } from '../../core/net/ip.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { type IPAddress, parentText, serviceOf } from '../../core/resources/ip-address.js';
import type { Service } from '../../core/resources/service.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadObject } from '../models/read-revision.js';
import type { Fault } from './api-refusal.js';

/** Where an address or port of a Service is asked for, and how it is told. */
interface Claim {
  readonly pointer: string;
  readonly text: string;
}

/**
 * The addresses and node ports that Services say they have: the API server gives none of them to two (kubernetes/pkg/registry/core/service/{ipallocator,portallocator}). What nobody says is given out later. An
 * IPAddress that is not a Service's own takes one, too; those of Services come and go with them.
 */
export class TakenByServices {
  /** `10.96.0.1` or `30080`, to `Service shop/web`. */
  private readonly owners = new Map<string, string>();

  private constructor(private readonly model: NetworkModel) {}

  static async of(objects: ReadonlyMap<string, ReadObject>, model: NetworkModel, pace: Pace): Promise<TakenByServices> {
    const taken = new TakenByServices(model);
    for (const { resource } of objects.values()) {
      if (resource?.kind === 'Service') taken.take(resource);
      if (resource?.kind === 'IPAddress') taken.takeAddress(resource);
      if (pace.isDue) await pace.rest();
    }
    return taken;
  }

  /** Gives a Service what it asks for instead of what it had; or says why the API server does not. */
  replace(before: UnderstoodResource | undefined, now: UnderstoodResource | undefined): Fault | undefined {
    if (now?.kind === 'IPAddress') this.takeAddress(now);
    if (now?.kind !== 'Service') return undefined;
    const had = new Set<string>();
    for (const { text } of before?.kind === 'Service' ? claimsOf(before) : []) {
      if (this.owners.get(text) === placeOf(now)) this.owners.delete(text);
      had.add(text);
    }
    const fault = claimsOf(now).flatMap((claim) => (had.has(claim.text) ? [] : (this.faultOf(claim) ?? [])))[0];
    if (!fault) this.take(now);
    return fault ?? this.outsideFault(now, had);
  }

  private take(service: Service): void {
    for (const { text } of claimsOf(service)) if (!this.owners.has(text)) this.owners.set(text, placeOf(service));
  }

  private takeAddress(address: IPAddress): void {
    if (address.ip && serviceOf(address) === undefined) this.owners.set(formatIp(address.ip), parentText(address));
  }

  private faultOf({ pointer, text }: Claim): Fault | undefined {
    const owner = this.owners.get(text);
    return owner === undefined ? undefined : { pointer, message: `${text} is already allocated: \`${owner}\` has it` };
  }

  /** Ranges that are a guess refuse nothing. */
  private outsideFault(service: Service, had: ReadonlySet<string>): Fault | undefined {
    const { profile, profileSources } = this.model;
    const isKnown = (field: string) => (profileSources.get(field)?.provenance ?? 'assumed') !== 'assumed';
    const { first, last } = profile.proxy.nodePortRange;
    const port = isKnown('proxy.nodePortRange')
      ? portsOf(service).find(({ text }) => !had.has(text) && (Number(text) < first || Number(text) > last))
      : undefined;
    if (port) return { pointer: port.pointer, message: `${port.text} is not in the valid range, ${first}-${last}` };
    const index = isKnown('serviceCIDRs')
      ? service.clusterIPs.findIndex((ip) => !had.has(formatIp(ip)) && !profile.serviceCIDRs.some((range) => cidrContains(range, ip)))
      : -1;
    const ip = service.clusterIPs[index];
    const ranges = profile.serviceCIDRs.map(formatCidr).join(', ');
    return ip && { pointer: `/spec/clusterIPs/${index}`, message: `${formatIp(ip)} is not in the valid range, ${ranges}` };
  }
}

function placeOf({ ref }: Service): string {
  return `Service ${ref.namespace ?? ''}/${ref.name}`;
}

function claimsOf(service: Service): readonly Claim[] {
  const ips = service.type === 'ExternalName' ? [] : service.clusterIPs;
  return [...ips.map((ip, index) => ({ pointer: `/spec/clusterIPs/${index}`, text: formatIp(ip) })), ...portsOf(service)];
}

/** Ports of one Service may share one; so do protocols of it alone. */
function portsOf({ type, ports, healthCheckNodePort }: Service): readonly Claim[] {
  if (type !== 'NodePort' && type !== 'LoadBalancer') return [];
  const ofPorts = ports.flatMap(({ nodePort }, index) =>
    nodePort ? [{ pointer: `/spec/ports/${index}/nodePort`, text: String(nodePort) }] : [],
  );
  return healthCheckNodePort ? [...ofPorts, { pointer: '/spec/healthCheckNodePort', text: String(healthCheckNodePort) }] : ofPorts;
}
