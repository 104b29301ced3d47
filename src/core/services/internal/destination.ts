import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import { formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import type { ModelNode, ModelService, NetworkModel } from '../../model/network-model.js';
import type { ServicePort } from '../../resources/service.js';
import type { ServiceQuestion } from '../service-question.js';
import { outsideAddresses } from './service-index.js';

/** One address the packet may be sent to; `node` is set when it belongs to one. */
export interface Target {
  readonly ip: Ip;
  readonly port: number;
  readonly protocol: Protocol;
  readonly node: ModelNode | undefined;
}

/** What the question's `to` means. */
export type Destination =
  | { readonly kind: 'targets'; readonly targets: readonly Target[]; readonly service: ModelService | undefined }
  | {
      readonly kind: 'service';
      readonly service: ModelService;
      readonly port: ServicePort | undefined;
      readonly how: 'headless' | 'external-name' | 'no-address';
    };

/** Where the sender stands: it decides by which address a service is reached, and in which family. */
export interface SenderPlace {
  readonly outside: boolean;
  readonly family: IpFamily | undefined;
}

/** Works out where the packet goes. Problems: no such port, more than one port to choose from, an address without a port. */
export function destinationOf(model: NetworkModel, question: ServiceQuestion, place: SenderPlace): Result<Destination, Problem> {
  const { to } = question;
  if (question.destinationIP) return addressDestination(model, question, place);
  const [key] = to.services;
  const service = key === undefined ? undefined : model.services.get(key);
  if (service && to.services.length === 1) return serviceDestination(model, service, question, place);
  if (to.services.length > 1)
    return refuse('/to', 'several-services', `\`${to.selector}\` names ${to.services.length} services; ask for one of them`);
  return addressDestination(model, question, place);
}

function refuse(pointer: string, code: string, message: string, hint?: string): Result<never, Problem> {
  const more = hint === undefined ? {} : { hint };
  return err(problem('invalid-request', message, { errors: [{ pointer, code, message, ...more }], ...more }));
}

/** `80`, `0080` is none; 1 to 65535. */
function portNumber(text: string): number | undefined {
  const value = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  return value > 0 && value < 65536 ? value : undefined;
}

function noNumber(written: string): Result<never, Problem> {
  return refuse('/port', 'invalid-port', `\`${written}\` is no port number: expected 1 to 65535`);
}

function serviceDestination(
  model: NetworkModel,
  service: ModelService,
  question: ServiceQuestion,
  place: SenderPlace,
): Result<Destination, Problem> {
  if (service.resource.type === 'ExternalName') return ok({ kind: 'service', service, port: undefined, how: 'external-name' });
  const wanted = wantedPort(service, question);
  if (!wanted.ok) return wanted;
  const { port, number, protocol } = wanted.value;
  if (service.resource.headless) return ok({ kind: 'service', service, port, how: 'headless' });
  const targets = place.outside ? targetsFromOutside(model, service, number, protocol, port) : clusterTargets(service, number, protocol);
  const ofFamily = targets.filter(({ ip }) => place.family === undefined || ip.family === place.family);
  if (ofFamily.length === 0) return ok({ kind: 'service', service, port, how: 'no-address' });
  const family = ofFamily[0]?.ip.family;
  return ok({ kind: 'targets', targets: ofFamily.filter(({ ip }) => ip.family === family), service });
}

interface WantedPort {
  readonly port: ServicePort | undefined;
  readonly number: number;
  readonly protocol: Protocol;
}

function wantedPort(service: ModelService, { to, port: asked, protocol }: ServiceQuestion): Result<WantedPort, Problem> {
  const name = `${service.namespace}/${service.name}`;
  const written = to.port ?? asked;
  const all = service.resource.ports.filter((port) => protocol === undefined || port.protocol === protocol);
  const listed = service.resource.ports
    .map((port) => (port.name === '' ? `${port.port}/${port.protocol}` : `${port.name} (${port.port}/${port.protocol})`))
    .join(', ');
  if (written === undefined) {
    const [only] = all;
    // A headless service without ports is whole: its clients choose the port.
    if (!only && service.resource.headless) return ok({ port: undefined, number: 0, protocol: protocol ?? 'TCP' });
    if (!only) return refuse('/port', 'no-port', `service \`${name}\` has no ${protocol ?? ''} port`.replace('  ', ' '));
    if (all.length > 1)
      return refuse(
        '/port',
        'ambiguous-port',
        `service \`${name}\` has ${all.length} ports: name one of ${listed}`,
        `write \`svc/${name}:${only.name || only.port}\``,
      );
    return ok({ port: only, number: only.port, protocol: only.protocol });
  }
  const number = portNumber(written);
  if (number === undefined && /^-?\d+$/.test(written)) return noNumber(written);
  const port = all.find((one) => (number === undefined ? one.name === written : one.port === number));
  if (port) return ok({ port, number: port.port, protocol: port.protocol });
  // A number that the service does not have is a packet that can be sent all the same; a name is not.
  if (number !== undefined) return ok({ port: undefined, number, protocol: protocol ?? 'TCP' });
  const hint = didYouMeanHint(
    written,
    service.resource.ports.map((one) => one.name),
  );
  return refuse('/port', 'unknown-port', `service \`${name}\` has no port \`${written}\`; it has ${listed || 'none'}`, hint);
}

function clusterTargets(service: ModelService, port: number, protocol: Protocol): readonly Target[] {
  return service.clusterIPs.map(({ value }) => ({ ip: value, port, protocol, node: undefined }));
}

/** From outside: a load balancer address, else an external IP, else the node port of each node. */
function targetsFromOutside(
  model: NetworkModel,
  service: ModelService,
  number: number,
  protocol: Protocol,
  port: ServicePort | undefined,
): readonly Target[] {
  const addresses = outsideAddresses(service);
  const balancers = addresses.filter(({ via }) => via === 'LOAD_BALANCER');
  const chosen = balancers.length > 0 ? balancers : addresses;
  if (chosen.length > 0) return chosen.map(({ ip }) => ({ ip, port: number, protocol, node: undefined }));
  const nodePort = port && service.nodePorts[service.resource.ports.indexOf(port)]?.value;
  if (nodePort === undefined) return [];
  return [...model.nodes.values()].flatMap((node) => node.addresses.slice(0, 1).map(({ ip }) => ({ ip, port: nodePort, protocol, node })));
}

/** `ip/…` or `node/…` with a port. */
function addressDestination(model: NetworkModel, question: ServiceQuestion, place: SenderPlace): Result<Destination, Problem> {
  const { to, port: asked } = question;
  const written = to.port ?? asked;
  if (written === undefined) return refuse('/port', 'missing-port', `\`${to.selector}\` is an address: a port is needed`, 'add `port=80`');
  const port = portNumber(written);
  if (port === undefined) return noNumber(written);
  const protocol = question.protocol ?? 'TCP';
  const addresses = question.destinationIP ? [question.destinationIP] : addressesOf(model, question, place);
  const targets = addresses.map((ip): Target => ({ ip, port, protocol, node: ownerOf(model, ip) }));
  if (targets.length === 0)
    return refuse(
      '/to',
      'no-address',
      `\`${to.selector}\` is no service, node or single address`,
      'write `svc/<namespace>/<name>`, `ip/<address>` or `node/<name>`',
    );
  return ok({ kind: 'targets', targets, service: undefined });
}

/** One address of each node or pod that `to` names: of the sender's family, or its first. */
function addressesOf(model: NetworkModel, { to }: ServiceQuestion, { family }: SenderPlace): readonly Ip[] {
  const owned = [
    ...to.nodes.map((name) => (model.nodes.get(name)?.addresses ?? []).map(({ ip }) => ip)),
    ...to.pods.map((id) => (model.pods[id]?.ips ?? []).map(({ value }) => value)),
  ];
  const single = to.ranges.filter(({ first, last }) => first === last).map((range): Ip => ({ family: range.family, value: range.first }));
  return [...owned.flatMap((ips) => ips.find((ip) => family === undefined || ip.family === family) ?? []), ...single];
}

/** The node that has the address (not loopback, which every node has). */
function ownerOf(model: NetworkModel, ip: Ip): ModelNode | undefined {
  const owner = (model.ipOwners.get(formatIp(ip)) ?? []).find((one) => one.type === 'node');
  return owner?.type === 'node' ? model.nodes.get(owner.node) : undefined;
}
