import type { Note } from '../../../kernel/answer.js';
import { compareBy } from '../../../kernel/compare.js';
import {
  ROUTE_ASPECTS,
  type RouteAspect,
  type RouteDiffQuestion,
  type RouteDiffResult,
  type RouteDifference,
  type RouteWitness,
  USUAL_ASPECTS,
} from '../../route-diff-result.js';
import type { RouteRequest } from '../../route-request.js';
import { lineOf } from '../lint/witness-requests.js';
import type { TriedRequest } from './tried-requests.js';
import { compareConnected } from './compare-connected.js';
import { asksClients, compareRouted, decidingRule, limitsOf, type Routed, same, sideAnswerOf } from './side-answer.js';
import type { Side } from './side.js';

interface Group extends RouteDifference {
  requests: number;
  readonly witnesses: RouteWitness[];
}

const MOST_OPEN = 20;
const MOST_NOTES = 50;

const OF_CLIENTS: readonly RouteAspect[] = ['conditions', 'status', 'redirect'];

const gravest = compareBy<RouteDifference>(
  ({ aspects }) => Math.min(...aspects.map((aspect) => ROUTE_ASPECTS.indexOf(aspect))),
  ({ requests }) => -requests,
);

/** Collects what both sides make of requests: differences by what differs and which rules decided, and what one of them leaves open. */
export class DifferenceBook {
  private readonly groups = new Map<string, Group>();
  private readonly firsts = new Map<RouteDifference, TriedRequest>();
  private readonly counts = new Map<RouteAspect, number>();
  private readonly openRequests: RouteWitness[] = [];
  private readonly requests = { tried: 0, same: 0, different: 0, open: 0 };
  private readonly notes = { assumptions: new Map<string, Note>(), warnings: new Map<string, Note>() };

  /** How many requests differ in an aspect that is not compared unless it is asked for. */
  readonly leftOut = new Map<RouteAspect, number>();

  /** Whether a rule of either side decided about any request. */
  isServed = false;

  /** Requests that are alike but for limits that one side alone has. */
  limitsOpen = 0;

  /** Requests that are alike but for the clients that are let in, of which that is not known. */
  clientsOpen = 0;

  constructor(
    private readonly question: Pick<RouteDiffQuestion, 'aspects' | 'limit' | 'witnesses'>,
    private readonly sides: Readonly<Record<'a' | 'b', Pick<Side, 'clients'>>>,
  ) {}

  /** Whether what becomes of clients that are not let in is among what is compared. */
  get toldByClients(): boolean {
    return (this.question.aspects ?? USUAL_ASPECTS).some((aspect) => OF_CLIENTS.includes(aspect));
  }

  get tried(): number {
    return this.requests.tried;
  }

  /** The first request of a group. */
  firstOf(difference: RouteDifference): TriedRequest | undefined {
    return this.firsts.get(difference);
  }

  add(tried: TriedRequest, a: Routed, b: Routed): void {
    const { request } = tried;
    this.requests.tried++;
    for (const { assumptions, warnings } of [a, b]) {
      keep(this.notes.assumptions, assumptions);
      keep(this.notes.warnings, warnings);
    }
    this.isServed ||= [a, b].some(({ result }) => decidingRule(result).object !== null);
    const compared = request.connection ? compareConnected(a, b) : compareRouted(a, b);
    const wanted = this.question.aspects ?? USUAL_ASPECTS;
    if (compared === 'open') {
      this.requests.open++;
      if (this.openRequests.length < MOST_OPEN) this.openRequests.push(witnessOf(request, a, b));
      return;
    }
    const aspects = compared.filter((aspect) => wanted.includes(aspect));
    if (this.question.aspects === undefined)
      countEach(
        this.leftOut,
        compared.filter((aspect) => !wanted.includes(aspect)),
      );
    if (aspects.length === 0) {
      this.requests.same++;
      if (wanted.includes('limits') && !same(limitsOf(a), limitsOf(b))) this.limitsOpen++;
      if (this.toldByClients && asksClients(a) && !this.sides.a.clients.asksLike(a.result, this.sides.b.clients, b.result))
        this.clientsOpen++;
      return;
    }
    this.requests.different++;
    countEach(this.counts, aspects);
    this.group(aspects, tried, a, b);
  }

  private group(aspects: readonly RouteAspect[], tried: TriedRequest, a: Routed, b: Routed): void {
    const witness = witnessOf(tried.request, a, b);
    const [ofA, ofB] = [witness.a, witness.b].map(({ object, pointer }) => ({ object, pointer }));
    if (!ofA || !ofB) return;
    const key = JSON.stringify([aspects, ofA, ofB, [witness.a, witness.b].map(({ verdict, status }) => [verdict, status])]);
    const known = this.groups.get(key);
    const group = known ?? { aspects, requests: 0, a: ofA, b: ofB, witnesses: [] };
    if (!known) {
      this.groups.set(key, group);
      this.firsts.set(group, tried);
    }
    group.requests++;
    if (group.witnesses.length < this.question.witnesses) group.witnesses.push(witness);
  }

  /** Notes that the answers carry, each once; the first fifty. */
  get assumptions(): readonly Note[] {
    return [...this.notes.assumptions.values()];
  }

  get warnings(): readonly Note[] {
    return [...this.notes.warnings.values()];
  }

  result(): Pick<RouteDiffResult, 'requests' | 'counts' | 'differences' | 'omitted' | 'openRequests'> {
    const differences = [...this.groups.values()].sort(gravest);
    const { limit } = this.question;
    return {
      requests: { ...this.requests },
      counts: ROUTE_ASPECTS.flatMap((aspect) => {
        const requests = this.counts.get(aspect);
        return requests === undefined ? [] : [{ aspect, requests }];
      }),
      differences: differences.slice(0, limit),
      omitted: Math.max(0, differences.length - limit),
      openRequests: this.openRequests,
    };
  }
}

function countEach(counts: Map<RouteAspect, number>, aspects: readonly RouteAspect[]): void {
  for (const aspect of aspects) counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
}

function keep(known: Map<string, Note>, notes: readonly Note[]): void {
  for (const note of notes) {
    const key = `${note.code} ${note.message}`;
    if (known.size < MOST_NOTES && !known.has(key)) known.set(key, note);
  }
}

function witnessOf(request: RouteRequest, a: Routed, b: Routed): RouteWitness {
  const { clientCertificate, auth, connection } = request;
  return {
    ...lineOf(request),
    sni: connection?.scheme === 'tls' && request.sni === undefined ? '' : null,
    clientCertificate: clientCertificate ? (clientCertificate.secret ?? '') : null,
    authStatus: auth?.status ?? null,
    a: sideAnswerOf(a),
    b: sideAnswerOf(b),
  };
}
