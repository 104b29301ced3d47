import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import type { Problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import { parseIp } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import type { ModelPod, ModelService, NetworkModel } from '../../model/network-model.js';
import type { Endpoint } from '../../resources/endpoint-slice.js';
import type { AskedProtocol } from '../asked-protocol.js';
import type { ServicePort } from '../../resources/service.js';
import { type AskedPort, refusedPort } from './asked-ports.js';
import { type ConnectionSet, connectionsOf } from './connection-set.js';
import { frontOf, type ServiceFront } from './service-front.js';
import { type Member, memberOf } from './parties.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';

/** One endpoint behind a port of a service: policies are judged there, after the service's address translation. */
export interface ServiceTarget {
  readonly class: EndpointClass;
  readonly member: Member;
  readonly asked: ConnectionSet;
  /** `shop/api:80`. */
  readonly via: string;
  readonly front: ServiceFront | undefined;
}

/** The endpoints that get the traffic of the asked ports. Fails when the service has no such port. */
export function serviceTargets(
  model: NetworkModel,
  index: PolicyIndex,
  service: ModelService,
  protocol: AskedProtocol | undefined,
  port: AskedPort,
): Result<readonly ServiceTarget[], Problem> {
  // Services hand on no others, which `behindServiceOnly` has said.
  const ports = askedPorts(service, typeof protocol === 'string' ? protocol : undefined, port);
  if (!ports.ok) return ports;
  const targets = targetsBehind(model, index, service, ports.value);
  return ok(targets);
}

function askedPorts(
  service: ModelService,
  protocol: Protocol | undefined,
  asked: AskedPort,
): Result<readonly (ServicePort | undefined)[], Problem> {
  const { ports } = service.resource;
  const name = `${service.namespace}/${service.name}`;
  // A headless service may have no ports: its clients choose one themselves.
  if (ports.length === 0) return ok([undefined]);
  const fitting = ports.filter(
    (port) =>
      (protocol === undefined || port.protocol === protocol) &&
      (asked === undefined || (typeof asked === 'number' ? port.port === asked : port.name === asked)),
  );
  if (fitting.length > 0) return ok(fitting);
  const listed = ports.map((port) => (port.name === '' ? `${port.port}/${port.protocol}` : `${port.name} (${port.port}/${port.protocol})`));
  const wanted = asked === undefined ? `${protocol ?? ''} port` : `port \`${asked}\`${protocol === undefined ? '' : ` with ${protocol}`}`;
  const hint =
    typeof asked === 'string'
      ? didYouMeanHint(
          asked,
          ports.map((one) => one.name),
        )
      : undefined;
  return err(refusedPort('unknown-port', `service \`${name}\` has no ${wanted}; it has ${listed.join(', ')}`, hint));
}

function targetsBehind(
  model: NetworkModel,
  index: PolicyIndex,
  service: ModelService,
  ports: readonly (ServicePort | undefined)[],
): readonly ServiceTarget[] {
  const slices = service.endpoints.slices.filter((slice) => slice.addressType !== 'FQDN');
  const usable = readyOnes(slices.flatMap((slice) => slice.endpoints));
  return ports.flatMap((port) =>
    slices.flatMap((slice) => {
      const sets = slice.ports
        .filter((one) => port === undefined || (one.name === port.name && one.protocol === port.protocol))
        .map((one) => connectionsOf(one.protocol, one.port, one.port));
      const asked = slice.ports.length === 0 && port ? [connectionsOf(port.protocol)] : sets;
      const front = frontOf(service, port);
      const via = `${service.namespace}/${service.name}${port === undefined ? '' : `:${port.port}`}`;
      return slice.endpoints
        .filter((endpoint) => usable.has(endpoint))
        .flatMap((endpoint) =>
          membersOf(model, index, endpoint).flatMap((one) => asked.map((set) => ({ ...one, asked: set, via, front }))),
        );
    }),
  );
}

/** Ready endpoints; where there is none, those that still serve while they end (kube-proxy, KEP-1669). */
function readyOnes(endpoints: readonly Endpoint[]): ReadonlySet<Endpoint> {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  return new Set(ready.length > 0 ? ready : endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating));
}

function membersOf(model: NetworkModel, index: PolicyIndex, endpoint: Endpoint): readonly Pick<ServiceTarget, 'class' | 'member'>[] {
  const pod = podBehind(model, endpoint);
  return endpoint.addresses.flatMap((text) => {
    const ip = parseIp(text);
    if (pod) {
      const classes = index.classesOf(pod);
      const ofFamily = classes.filter(({ endpoint: one }) => one.address === undefined || one.address.family === ip?.family);
      return (ofFamily.length > 0 ? ofFamily : classes).map((one) => ({ class: one, member: memberOf(model, pod) }));
    }
    if (!ip) return [];
    const owner = model.ipOwners.get(text)?.find((one) => one.type === 'node');
    const node = owner?.type === 'node' ? model.nodes.get(owner.node) : undefined;
    if (node) {
      const member: Member = { name: `Node ${node.name}`, owner: `Node ${node.name}`, pod: undefined, siblings: 1, node: node.name };
      return index
        .classesOfNode(node)
        .slice(0, 1)
        .map((one) => ({ class: one, member }));
    }
    const range = { family: ip.family, first: ip.value, last: ip.value };
    return [{ class: index.classOfRange(range), member: { name: text, owner: text, pod: undefined, siblings: 1, node: undefined } }];
  });
}

function podBehind(model: NetworkModel, { targetRef, addresses }: Endpoint): ModelPod | undefined {
  if (targetRef?.kind === 'Pod') {
    const pod = model.podByKey.get(`${targetRef.namespace ?? ''}/${targetRef.name}`);
    if (pod) return pod;
  }
  const owner = model.ipOwners.get(addresses[0] ?? '')?.find((one) => one.type === 'pod');
  return owner?.type === 'pod' ? model.pods[owner.pod] : undefined;
}
