import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import type { Judgement, OwnProof } from '../dialect.js';
import { lineOf, plainRequest, witnessHost } from '../lint/witness-requests.js';
import type { PathRule } from '../path-rule.js';
import { addressesOf, nameFor } from './case-requests.js';
import { Comparisons, coveringOf, type Rival } from './covering.js';
import { listensOn } from './entry-points.js';
import { codeOfDropped, shadowText, whyUndecided } from './router-prover.js';
import { casesOf, type RuleCase } from './rule-cases.js';
import { portsOf } from './stream-entry-point.js';
import type { StreamRouter } from './stream-router.js';
import type { StreamRouters } from './stream-routers.js';
import { compareRouters } from './takers.js';

/** What a router without a rule takes: everything. */
const EVERYTHING: readonly RuleCase[] = [{ holding: [], failing: [] }];

/** Shows of routers of connections and packets that something reaches them, or that nothing does, as {@link RouterProver} does of those of requests. */
export class StreamProver {
  private readonly comparisons = new Comparisons();

  constructor(
    private readonly model: NetworkModel,
    private readonly streams: StreamRouters,
    private readonly judge: (request: RouteRequest) => Judgement,
  ) {}

  prove(router: StreamRouter): OwnProof {
    this.comparisons.begin();
    const faults = this.faultsOf(router);
    const [fault] = faults;
    const shown = { witness: undefined, by: [], why: undefined, faults };
    if (fault) return { ...shown, state: 'unreachable', why: fault.message };
    const cases = router.compiled?.ok ? casesOf(router.compiled.value.root) : EVERYTHING;
    if (!cases) return { ...shown, state: 'undecided', why: 'the rule has too many cases to look at each' };
    const by = this.shadows(router, cases);
    if (by) return { ...shown, state: 'shadowed', by, why: shadowText(by) };
    return { ...shown, ...this.witnessed(router, cases) };
  }

  private faultsOf(router: StreamRouter): OwnProof['faults'] {
    const { parts, compiled } = router;
    if (parts.fault !== undefined) return [{ code: 'ING-INVALID', message: parts.fault }];
    if (compiled && !compiled.ok) return [{ code: 'ING-INVALID', message: `Traefik refuses the rule: ${compiled.error.message}` }];
    const { dropped } = this.streams.targetOf(router);
    const actions = this.streams.actionsOf(router);
    const refused = this.streams.refusedTls(router);
    return [
      ...(dropped ? [{ code: codeOfDropped(dropped.reason), message: dropped.message }] : []),
      ...(typeof actions === 'string' ? [{ code: 'ING-MIDDLEWARE-MISSING', message: actions } as const] : []),
      ...(refused === undefined ? [] : [{ code: 'ING-TLS-OPTION-MISSING', message: refused } as const]),
    ];
  }

  private shadows(router: StreamRouter, cases: readonly RuleCase[]): readonly PathRule[] | undefined {
    const before = this.rivalsOf(router).filter((one) => compareRouters(one, router) < 0);
    const { entryPoints } = router.parts;
    const by = new Set<PathRule>();
    for (const place of entryPoints.length === 0 ? [undefined] : entryPoints) {
      const rivals = before.flatMap((one) => (isThere(one, place) ? this.asRival(one) : []));
      for (const known of cases) {
        const covering = coveringOf(known, rivals, this.comparisons).by;
        if (!covering) return undefined;
        for (const one of covering) by.add(one.parts.rule);
      }
    }
    return [...by];
  }

  /** Those that are tried for the same connections. */
  private rivalsOf(router: StreamRouter): readonly StreamRouter[] {
    const { tcp, udp } = this.streams;
    if (udp.includes(router)) return udp;
    return tcp.filter(({ parts }) => (parts.tls === undefined) === (router.parts.tls === undefined));
  }

  private asRival(router: StreamRouter): readonly Rival<StreamRouter>[] {
    return router.compiled?.ok && this.faultsOf(router).length === 0 ? [{ router, rule: router.compiled.value }] : [];
  }

  private witnessed(router: StreamRouter, cases: readonly RuleCase[]): Pick<OwnProof, 'state' | 'witness' | 'why'> {
    let tried = 0;
    for (const known of cases) {
      for (const request of this.requestsFor(router, known)) {
        if (!this.comparisons.spend(this.rivalsOf(router).length)) break;
        tried++;
        const selected = this.judge(request).judged.find(({ outcome }) => outcome === 'selected');
        if (selected?.rule === router.parts.rule) return { state: 'live', witness: lineOf(request), why: undefined };
      }
    }
    return { state: 'undecided', witness: undefined, why: whyUndecided(this.comparisons, tried) };
  }

  private *requestsFor(router: StreamRouter, known: RuleCase): Iterable<RouteRequest> {
    const { parts } = router;
    const isUdp = this.streams.udp.includes(router);
    const scheme = isUdp ? 'udp' : parts.tls ? 'tls' : 'tcp';
    const name = scheme === 'tls' ? nameFor(known, () => false) : witnessHost(undefined, () => false);
    if (name === undefined) return;
    const plain = plainRequest(scheme === 'tls' ? 'https' : 'http', name, '/');
    for (const port of portsOf(this.model, parts.entryPoints, isUdp ? 'UDP' : 'TCP'))
      for (const clientAddress of addressesOf(known))
        for (const alpn of scheme === 'tls' ? protocolsOf(known) : [undefined])
          yield { ...plain, clientAddress, alpn, connection: { scheme, port } };
  }
}

/** What clients of a case offer: what is asked for; else it does not matter, or something that few ask for. */
function protocolsOf({ holding }: RuleCase): readonly (readonly string[] | undefined)[] {
  const asked = holding.flatMap(({ name, values }) => (name === 'ALPN' ? values : []));
  return asked.length === 0 ? [undefined, ['http/1.0']] : [asked];
}

function isThere({ parts: { entryPoints } }: StreamRouter, place: string | undefined): boolean {
  return place === undefined ? entryPoints.length === 0 : listensOn(entryPoints, place);
}
