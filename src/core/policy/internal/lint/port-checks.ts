import { didYouMean } from '../../../kernel/did-you-mean.js';
import { findPort } from '../../../model/endpoints/find-port.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import type { ClusterPort } from '../../../resources/cluster-policy.js';
import { selectorOfLabels } from '../../../resources/label-selector.js';
import type { LintFix } from '../../lint-result.js';
import { DIRECTIONS, type Direction } from '../direction.js';
import type { EndpointClass } from '../policy-index.js';
import { namedPort, type PodEndpoint } from '../policy-endpoint.js';
import { isNamed } from '../ports-at.js';
import type { LintDraft, LintDrafts } from './draft.js';
import { type LintContext, type LintedPolicy, nameSome, namespaceOf, subjectsOf } from './lint-context.js';

/** So many destinations are asked about a port; a rule that goes to more of them means no one service. */
const MOST_DESTINATIONS = 500;

type Rule = LintedPolicy[Direction][number];

/** The pods that a rule's connections go to: those of the policy, or those of the rule's peers; undefined: everybody. */
function destinationsOf(
  context: LintContext,
  policy: LintedPolicy,
  direction: Direction,
  rule: Rule,
): readonly EndpointClass[] | undefined {
  if (direction === 'ingress') return subjectsOf(context, policy);
  if (rule.peers.length === 0) return undefined;
  const found = rule.peers.flatMap((peer) => context.population.podsMatching(namespaceOf(policy), peer));
  return [...new Set(found)];
}

/** Rules, with their position to read on. */
function* rulesOf(policy: LintedPolicy): Generator<{ readonly direction: Direction; readonly rule: Rule }> {
  for (const direction of DIRECTIONS) for (const rule of policy[direction]) yield { direction, rule };
}

/** Services by namespace, protocol and port. */
export function servicesByPort(model: NetworkModel): ReadonlyMap<string, readonly ModelService[]> {
  const found = new Map<string, ModelService[]>();
  for (const service of model.services.values()) {
    for (const { protocol, port } of service.resource.ports) {
      const key = `${service.namespace} ${protocol} ${port}`;
      const known = found.get(key);
      if (known) known.push(service);
      else found.set(key, [service]);
    }
  }
  return found;
}

/** "Ports in rules are pod ports, never Service ports": a number that only a service in front of the pods has. */
export function* servicePort(context: LintContext, policy: LintedPolicy): LintDrafts {
  for (const { direction, rule } of rulesOf(policy)) {
    yield;
    const plain = numbered(rule.ports);
    const destinations = plain.length > 0 ? destinationsOf(context, policy, direction, rule) : undefined;
    if (!destinations || destinations.length > MOST_DESTINATIONS) continue;
    for (const port of plain) {
      yield;
      const found = translated(context, context.services(), destinations, port.protocol, port.port);
      if (!found) continue;
      const { service, targets } = found;
      const [target] = targets;
      yield {
        code: 'POL-SERVICE-PORT',
        object: policy.ref,
        pointer: port.pointer,
        message: `${port.protocol} ${port.port} is the port of service ${service.namespace}/${service.name}; its pods listen on ${targets.join(' and ')}, and that is where policies are judged`,
        related: [{ object: service.ref, pointer: '/spec/ports' }],
        fix: target === undefined || targets.length > 1 ? undefined : renumber(policy, port, target),
      };
    }
  }
}

type NumberedPort = Extract<ClusterPort, { type: 'port' }> & { readonly port: number };

/** Those that are a number, and no range. */
function numbered(ports: readonly ClusterPort[]): readonly NumberedPort[] {
  return ports.filter((port): port is NumberedPort => port.type === 'port' && typeof port.port === 'number' && port.endPort === undefined);
}

/** The service that translates the port for all of the destinations that it selects, while none of them has the port itself. */
function translated(
  { model, population }: LintContext,
  services: ReadonlyMap<string, readonly ModelService[]>,
  destinations: readonly EndpointClass[],
  protocol: ModelService['resource']['ports'][number]['protocol'],
  port: number,
): { readonly service: ModelService; readonly targets: readonly number[] } | undefined {
  const namespaces = new Set(destinations.flatMap(({ endpoint }) => (endpoint.kind === 'pod' ? [endpoint.namespace] : [])));
  for (const namespace of namespaces) {
    for (const service of services.get(`${namespace} ${protocol} ${port}`) ?? []) {
      const { selector, ports } = service.resource;
      const entry = ports.find((one) => one.port === port && one.protocol === protocol);
      if (!selector || !entry || Object.keys(selector).length === 0 || entry.targetPort === port) continue;
      const behind = new Set(population.select(namespace, selectorOfLabels(selector)));
      if (!destinations.some((one) => behind.has(one))) continue;
      const pods = model.selectPods(namespace, selectorOfLabels(selector)).flatMap((id) => model.pods[id] ?? []);
      const specs = [...new Set(pods.map(({ spec }) => spec))].slice(0, MOST_DESTINATIONS);
      const targets = new Set(specs.flatMap((spec) => numbersOf(findPort(spec, entry))));
      const declared = specs.some(({ containers }) => containers.some((one) => one.ports.some((own) => own.containerPort === port)));
      if (targets.size > 0 && !targets.has(port) && !declared) return { service, targets: [...targets] };
    }
  }
  return undefined;
}

function numbersOf(found: ReturnType<typeof findPort>): readonly number[] {
  return typeof found === 'number' ? [found] : [];
}

/** Where each API has the number. */
function renumber({ kind }: LintedPolicy, port: Extract<ClusterPort, { type: 'port' }>, value: number): LintFix {
  const inside =
    kind === 'NetworkPolicy'
      ? '/port'
      : kind === 'ClusterNetworkPolicy'
        ? `/${port.protocol.toLowerCase()}/destinationPort/number`
        : '/portNumber/port';
  return { message: `write ${value}`, patch: [{ op: 'replace', path: `${port.pointer}${inside}`, value }] };
}

/** "A named port is looked up on each destination": those without it are not matched by the entry. */
export function* namedPorts(context: LintContext, policy: LintedPolicy): LintDrafts {
  for (const { direction, rule } of rulesOf(policy)) {
    yield;
    const named = rule.ports.filter(isNamed);
    if (named.length === 0) continue;
    if (direction === 'egress' && rule.peers.length > 0 && !rule.peers.some(({ type }) => type === 'pods')) {
      const message = 'a named port is looked up on pods, and the rule goes to addresses only: the entry matches nothing';
      for (const { pointer } of named) yield { code: 'POL-NAMED-PORT-MISSING', object: policy.ref, pointer, message };
      continue;
    }
    const destinations = destinationsOf(context, policy, direction, rule) ?? context.population.pods;
    for (const port of named) {
      yield;
      const draft = missing(context, policy, { direction, port, destinations });
      if (draft) yield draft;
    }
  }
}

interface NamedEntry {
  readonly direction: Direction;
  readonly port: ClusterPort;
  readonly destinations: readonly EndpointClass[];
}

function missing({ population }: LintContext, policy: LintedPolicy, { direction, port, destinations }: NamedEntry): LintDraft | undefined {
  const name = port.type === 'named' ? port.name : port.type === 'port' ? String(port.port) : '';
  const protocol = port.type === 'port' ? port.protocol : undefined;
  const lacks = ({ endpoint }: EndpointClass) => endpoint.kind !== 'pod' || !namedPort(endpoint.ports, name, protocol);
  // Whom an egress rule goes to is not the policy's to choose: there it is enough that somebody has the port.
  if (direction === 'egress' && !destinations.every(lacks)) return undefined;
  const lacking = destinations.filter(lacks);
  if (lacking.length === 0) return undefined;
  const pods = lacking.flatMap(({ endpoint }) => (endpoint.kind === 'pod' ? [endpoint] : []));
  const other = pods.flatMap((pod) => namedPort(pod.ports, name, undefined) ?? [])[0];
  const whose = nameSome(lacking.map((one) => population.of(one).workload));
  const has = lacking.length === 1 ? 'has' : 'have';
  const otherwise = other && protocol ? `: there it is ${other.protocol} ${other.containerPort}` : '';
  const all = lacking.length === destinations.length;
  return {
    code: 'POL-NAMED-PORT-MISSING',
    object: policy.ref,
    pointer: port.pointer,
    message: `${whose} ${has} no ${protocol ?? 'container'} port named \`${name}\`${otherwise}; the entry matches nothing there`,
    fix: all ? mend(port, pods, name, protocol) : undefined,
  };
}

function mend(port: ClusterPort, pods: readonly PodEndpoint[], name: string, protocol: string | undefined): LintFix | undefined {
  if (port.type !== 'port') return undefined;
  const protocols = new Set(pods.map((pod) => namedPort(pod.ports, name, undefined)?.protocol));
  const [only] = protocols;
  if (protocols.size === 1 && only !== undefined) {
    return { message: `write ${only}`, patch: [{ op: 'add', path: `${port.pointer}/protocol`, value: only }] };
  }
  const names = pods.map((pod) => pod.ports.flatMap((own) => (own.protocol === protocol && own.name !== undefined ? [own.name] : [])));
  const near = didYouMean(name, names.flat());
  if (near === undefined || !names.every((own) => own.includes(near))) return undefined;
  return { message: `write \`${near}\``, patch: [{ op: 'replace', path: `${port.pointer}/port`, value: near }] };
}
