import type { Note } from '../../../kernel/answer.js';
import { formatIp } from '../../../net/ip.js';
import { holdsFor } from '../../../traefik-rule/compile-rule.js';
import { type SeenRequest, seenRequest } from '../../../traefik-rule/seen-request.js';
import type { RouteRequest } from '../../route-request.js';
import type { ClassRouter, JudgedRule, Outcome } from '../dialect.js';
import type { AnyGapCode } from '../gaps.js';
import { attempt, type HttpAttempt, type Surroundings } from './attempt.js';
import { completedHeaders } from './forwarded-headers.js';
import type { HttpRouter } from './http-router.js';
import { judgeRouters } from './judge-routers.js';
import { nearRules } from './near-rules.js';
import { withPages } from './pages.js';
import { compareRouters, gapOf, takersOf } from './takers.js';
import { answered, nothing, served, unknown } from './traefik-outcomes.js';
import { treat } from './treat.js';
import type { Treated } from './treated.js';

/** Routers behind one another are followed so deep, and so many of one request; what lies behind is left open. */
const DEEPEST = 50;
const MOST = 200;

/** What the routers of one muxer make of a request, those behind them included. */
export interface Followed {
  readonly attempts: readonly HttpAttempt[];
  /** Routers that take it, or may. */
  readonly taking: readonly HttpAttempt[];
  readonly outcomes: readonly Outcome[];
  readonly judged: readonly JudgedRule[];
  readonly assumptions: readonly Note[];
}

/** Tries routers in the order in which they come, and follows those that take the request. */
export class RouterFollower {
  private followed = 0;

  /** `sent`: the request as it arrived; its host is the one that rules see in every layer (`GetCanonHost`). */
  constructor(
    private readonly owner: ClassRouter,
    private readonly surroundings: Surroundings,
    private readonly sent: RouteRequest,
  ) {}

  follow(routers: readonly HttpRouter[], request: RouteRequest, above: readonly HttpRouter[] = []): Followed {
    const seen = this.seenOf(request);
    const attempts = routers.map((router) => attempt(router, { seen, scheme: this.sent.scheme }, this.surroundings));
    const taking = takersOf(attempts);
    const gap = gapOf(taking);
    const reached = taking.map((one) => this.reach(one.router, request, gap, above));
    const isOpen = taking.length > 1;
    const behind = reached.flatMap(({ judged }) => (isOpen ? judged.map(possibly) : judged));
    const outcomes = reached.flatMap((one) => one.outcomes);
    const isTaken = taking.some(({ state }) => state === 'match');
    return {
      attempts,
      taking,
      outcomes: isTaken ? outcomes : [...outcomes, nothing(this.owner, gap, this.nearly(attempts, seen))],
      judged: [...judgeRouters(attempts, taking), ...behind],
      assumptions: reached.flatMap(({ assumptions }) => assumptions),
    };
  }

  /** How routers fare behind whatever takes all requests that none of a higher priority does. */
  behind(routers: readonly HttpRouter[], request: RouteRequest, taker: { readonly priority: number }): readonly JudgedRule[] {
    const seen = this.seenOf(request);
    const attempts = routers.map((router) => attempt(router, { seen, scheme: this.sent.scheme }, this.surroundings));
    const taking = takersOf(attempts.filter(({ router }) => router.priority > taker.priority));
    return judgeRouters(attempts, taking, taker.priority);
  }

  /** The router that takes a request for certain, or that none does, found without what the others have to say; undefined: that takes a closer look. */
  certain(candidatesFor: (path: string) => readonly HttpRouter[], request: RouteRequest): HttpRouter | 'nobody' | undefined {
    const arrival = { seen: this.seenOf(request), scheme: this.sent.scheme };
    let first: HttpRouter | undefined;
    for (const router of candidatesFor(arrival.seen.path)) {
      if (first && compareRouters(first, router) < 0) break;
      if (router.compiled.ok && holdsFor(router.compiled.value, arrival.seen) === false) continue;
      const { state } = attempt(router, arrival, this.surroundings);
      if (state === 'unknown' || (state === 'match' && first)) return undefined;
      if (state === 'match') first = router;
    }
    return first ?? 'nobody';
  }

  private seenOf(request: RouteRequest): SeenRequest {
    const client = request.clientAddress && formatIp(request.clientAddress);
    const headers = completedHeaders({ ...request, host: this.sent.host });
    return seenRequest({ ...request, host: this.sent.host, headers, client, deepWildcards: this.surroundings.options.deepWildcards });
  }

  private nearly(attempts: readonly HttpAttempt[], seen: SeenRequest) {
    return nearRules(attempts, seen, (router) => this.surroundings.services.targetOf(router));
  }

  private reach(
    router: HttpRouter,
    request: RouteRequest,
    because: AnyGapCode | null,
    above: readonly HttpRouter[],
  ): Pick<Followed, 'outcomes' | 'judged' | 'assumptions'> {
    const { owner, surroundings } = this;
    const chain = surroundings.middlewares.chainOf(router);
    const treated = treat(chain.ok ? chain.value : [], request);
    const target = surroundings.services.targetOf(router);
    const assumptions = [...treated.assumptions, ...target.assumptions];
    const ends = (outcome: Outcome) => ({ outcomes: [outcome], judged: [], assumptions });
    if (treated.unknown) return ends(unknown(owner, router, treated.unknown.code, treated.unknown.message));
    if (treated.answer) return ends(withPages(answered(owner, router, treated, treated.answer, because), request, treated));
    const { layer } = router.parts;
    if (layer) {
      if (above.length >= DEEPEST || ++this.followed > MOST) return ends(unknown(owner, router, 'SERVICE_NOT_KNOWN', TOO_DEEP));
      const path = [...above, router];
      const children = layer.routers.filter((child) => !path.includes(child));
      const behind = this.follow(children, requestBehind(request, treated), path);
      const outcomes = behind.outcomes.map((outcome) => withPages(through(outcome, treated, because), request, treated));
      return { outcomes, judged: behind.judged, assumptions: [...assumptions, ...behind.assumptions] };
    }
    if (target.unknown) return ends(unknown(owner, router, target.unknown.code, target.unknown.message));
    return ends(withPages(served(owner, router, target, treated, because), request, treated));
  }
}

const TOO_DEEP = `more than ${DEEPEST} IngressRoutes behind one another (\`parentRefs\`), or ${MOST} of one request, are not followed`;

/** The request that a router hands to those behind it. */
function requestBehind(request: RouteRequest, { forwarded: { method, host, path: uri, headers } }: Treated): RouteRequest {
  const [path = '', ...query] = uri.split('?');
  const pairs = headers.map((text): readonly [string, string] => [text.slice(0, text.indexOf(': ')), text.slice(text.indexOf(': ') + 2)]);
  return { ...request, method, host, path, query: query.length === 0 ? undefined : query.join('?'), headers: pairs };
}

/** An outcome behind the middlewares of a router. */
function through(outcome: Outcome, { steps, responseHeaders }: Treated, because: AnyGapCode | null): Outcome {
  return {
    ...outcome,
    because: because ?? outcome.because,
    reached: { ...outcome.reached, steps: [...steps, ...outcome.reached.steps] },
    responseHeaders: [...(outcome.responseHeaders ?? []), ...responseHeaders],
  };
}

function possibly(judged: JudgedRule): JudgedRule {
  return judged.outcome === 'selected' ? { ...judged, outcome: 'possible' } : judged;
}
