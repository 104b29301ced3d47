import { inMap } from '../../../kernel/in-map.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { StreamRoute } from '../../../resources/gateway-route.js';
import type { LintedRule, RuleWitness } from '../../route-lint-result.js';
import { ownerOf } from '../claim-text.js';
import type { Attachment, AttachedRoute } from '../gateway/attachments.js';
import { choose } from '../gateway/choose-listener.js';
import type { GatewayState } from '../gateway/gateway-state.js';
import { describeBackends } from '../gateway/judged-candidate.js';
import { bestCovering } from '../gateway/hostnames.js';
import { HOSTNAME_RANK } from '../gateway/winners.js';
import { mostSpecificStreams, type StreamsUnder } from '../gateway/routes-by-host.js';
import { type Connection, firstsUnder } from '../gateway/stream-candidates.js';
import type { ClaimGroups } from './claim-groups.js';
import type { MatchProof } from './gateway-prover.js';
import type { Ledger } from './ledger.js';
import { ListenerWitnesses, withoutCertificate } from './listener-witness.js';
import { unreachableRoute } from './unreachable-route.js';
import { plainRequest, witnessHosts } from './witness-requests.js';

interface StreamLint {
  readonly prover: StreamProver;
  readonly state: GatewayState;
  readonly ledger: Ledger;
  readonly claims: ClaimGroups;
}

/** What one listener and hostname showed. */
type Shown =
  | { readonly ends: 'own'; readonly witness: RuleWitness }
  | { readonly ends: 'other'; readonly winners: readonly StreamRoute[] }
  | { readonly ends: 'open'; readonly why: string };

/**
 * Looks at a route of connections: whether one reaches it (rules G39 and G40), and who else claims it. A connection goes by the route as a whole. Of two routes on a listener the same
 * one goes first for every name that the same hostname covers, so that one connection shows it for all.
 */
export function lintStreamRoute(lint: StreamLint, route: StreamRoute, attachments: readonly Attachment[]): void {
  const { state, ledger, claims } = lint;
  const attached = attachments.flatMap((one) => one.attached);
  const proof = lint.prover.prove(route, attached);
  const [rule] = route.rules;
  const place = { object: route.ref, pointer: rule?.pointer ?? '/spec/rules' };
  const linted: LintedRule = {
    ...place,
    dialect: 'gateway-api',
    class: state.gateway.className,
    gateway: qualifiedName(state.gateway.ref),
    host: attached[0]?.hostnames[0] ?? null,
    path: '',
    pathType: protocolOf(route),
    backend: rule ? describeBackends(rule) : '',
    owner: ownerOf(route),
    createdAt: route.createdAt ?? null,
    state: proof.state,
    witness: proof.witness ?? null,
    by: proof.by ?? [],
    why: proof.why ?? null,
  };
  if (ledger.count(proof.state)) ledger.addRule(linted);
  if (proof.code) ledger.add({ ...place, code: proof.code, message: proof.why ?? '', related: linted.by });
  if (proof.state === 'unreachable') return;
  for (const { listener, hostnames } of attached)
    for (const hostname of hostnames)
      claims.add(
        linted,
        `${listener.owner.kind} ${qualifiedName(listener.owner.ref)} ${listener.listener.name} ${protocolOf(route)} ${hostname ?? '*'}`,
      );
}

/** Shows of routes of connections that one reaches them, or who takes them all. */
export class StreamProver {
  private readonly witnessFor: (hostname: string | undefined) => string;
  /** Of the routes under a hostname of a listener, those that go first. */
  private readonly firsts = new Map<StreamsUnder, readonly StreamRoute[]>();

  private readonly witnesses: ListenerWitnesses;

  constructor(
    private readonly model: NetworkModel,
    private readonly state: GatewayState,
  ) {
    this.witnesses = new ListenerWitnesses(model);
    const taken = new Set(model.gatewayApi.routes.flatMap(({ hostnames }) => hostnames));
    this.witnessFor = witnessHosts((name) => taken.has(name));
  }

  prove(route: StreamRoute, attached: readonly AttachedRoute[]): MatchProof {
    const why = unreachableRoute(this.model, this.state, attached);
    if (why !== undefined) return { state: 'unreachable', why };
    const served = attached.filter(({ listener }) => listener.programmed);
    if (route.rules.length !== 1) {
      const why = `the route has ${route.rules.length} rules and may have one: which of them counts is not described`;
      return { state: 'undecided', why, code: 'ING-UNDECIDED' };
    }
    const shown = served.flatMap((one) => one.hostnames.map((hostname) => this.onHostname(route, one, hostname)));
    const own = shown.find((one) => one.ends === 'own');
    if (own) return { state: 'live', witness: own.witness };
    const open = shown.find((one) => one.ends === 'open');
    if (open) return { state: 'undecided', why: open.why, code: 'ING-UNDECIDED' };
    const winners = [...new Set(shown.flatMap((one) => (one.ends === 'other' ? one.winners : [])))];
    const names = winners.map(({ kind, ref }) => `${kind} ${qualifiedName(ref)}`);
    const by = winners.map((one) => ({ object: one.ref, pointer: one.rules[0]?.pointer ?? '/spec/rules' }));
    return { state: 'shadowed', by, why: `every connection that it might take is taken by ${names.join(' and ')}`, code: 'ING-SHADOWED' };
  }

  private onHostname(route: StreamRoute, { listener, hostnames }: AttachedRoute, hostname: string | undefined): Shown {
    const name = this.witnessFor(hostname);
    const protocol = protocolOf(route);
    const { port } = listener.listener;
    const scheme = SCHEMES[protocol];
    const sni = protocol === 'TLS' ? name : undefined;
    const { listener: chosen } = choose(this.state, { scheme, port, host: undefined, sni });
    if (chosen !== listener)
      return { ends: 'open', why: `listener \`${chosen?.listener.name ?? '(none)'}\` takes connections for \`${name}\`` };
    const under = mostSpecificStreams(this.state, listener, route.kind, sni);
    const firsts = under ? inMap(this.firsts, under, () => firstsUnder(under, sni)) : [];
    if (firsts.length > 1 && firsts.includes(route)) return { ends: 'open', why: HOSTNAME_RANK.message };
    if (firsts.includes(route)) {
      const plain = plainRequest(protocol === 'TLS' ? 'https' : 'http', name, '/');
      const witness = this.witnesses.of({ ...plain, connection: { scheme, port } }, listener);
      return witness ? { ends: 'own', witness } : { ends: 'open', why: withoutCertificate(listener) };
    }
    const isProven = protocol !== 'TLS' || (bestCovering(hostnames, sni) === hostname && under?.hostname === hostname);
    return firsts.length > 0 && isProven
      ? { ends: 'other', winners: firsts }
      : { ends: 'open', why: 'no connection was found that reaches it' };
  }
}

const SCHEMES = { TLS: 'tls', TCP: 'tcp', UDP: 'udp' } as const;

const PROTOCOLS: Readonly<Record<StreamRoute['kind'], Connection['protocol']>> = { TLSRoute: 'TLS', TCPRoute: 'TCP', UDPRoute: 'UDP' };
const protocolOf = ({ kind }: StreamRoute) => PROTOCOLS[kind];
