import type { Note } from '../../../kernel/answer.js';
import { compareText } from '../../../kernel/compare.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { RouteRequest } from '../../route-request.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { membersOf } from '../class-members.js';
import type { ClassRouter, Dialect, HostStep, Judgement, Outcome, OwnRule } from '../dialect.js';
import type { AnyGapCode } from '../gaps.js';
import { readRequestHost, type RequestHost } from '../request-host.js';
import { RouterProver } from './router-prover.js';
import { attempt, type HttpAttempt, type Surroundings } from './attempt.js';
import { cleanPath } from './clean-path.js';
import { isReadBy } from './class-of-route.js';
import { entryPointOf } from './entry-points.js';
import type { HttpRouter } from './http-router.js';
import { ingressRoutesOf, routersOfIngressRoutes } from './ingress-route-routers.js';
import { routersOfIngress } from './ingress-routers.js';
import { judgeRouters } from './judge-routers.js';
import { Middlewares } from './middlewares.js';
import { nearRules } from './near-rules.js';
import { traefikOptions, type TraefikOptions } from './options.js';
import { RouterTable } from './router-table.js';
import { type SeenRequest, seenRequest } from '../../../traefik-rule/seen-request.js';
import { Services } from './services.js';
import { answered, nothing, served, unknown } from './traefik-outcomes.js';
import { compareRouters, gapOf, takersOf } from './takers.js';
import { TraefikCertificates } from './traefik-certificates.js';
import type { StreamSurroundings } from './judge-stream.js';
import { StreamRouters } from './stream-routers.js';
import { CERTIFICATE_OF_BACKEND, eitherJudgement, isCertain, passesThrough, judgeConnection, streamBeforeHttps } from './stream-order.js';
import { nameOf, passTls } from './tls-gate.js';
import { StreamProver } from './stream-prover.js';
import { TlsOptions } from './tls-options.js';
import { treat } from './treat.js';

/** Ingress as Traefik v3 behaves, rules T1 to T6: prefixes by characters. */
export const traefik: Dialect = { compile: (model, className) => new TraefikRouter(model, className, 'traefik') };

/** The same with `strictPrefixMatching`: prefixes by elements. */
export const traefikStrict: Dialect = { compile: (model, className) => new TraefikRouter(model, className, 'traefik-strict') };

class TraefikRouter implements ClassRouter {
  readonly members: readonly Ingress[];
  private readonly routers: readonly HttpRouter[];
  private readonly table: RouterTable;
  private readonly options: TraefikOptions;
  private readonly surroundings: Surroundings;
  private readonly certificates: TraefikCertificates;
  private readonly tls: TlsOptions;
  private readonly streams: StreamRouters;

  constructor(
    private readonly model: NetworkModel,
    readonly className: string | undefined,
    readonly dialect: 'traefik' | 'traefik-strict',
  ) {
    this.members = membersOf(model, className, 'field');
    this.options = traefikOptions(model, className, dialect === 'traefik-strict');
    const routes = ingressRoutesOf(model, className, this.options);
    const { kubernetes, kubernetescrd } = this.options.precedence;
    const ofIngresses = this.members.flatMap((ingress) => routersOfIngress(ingress, this.options.strictPrefixMatching, kubernetes));
    this.routers = [...ofIngresses, ...routersOfIngressRoutes(routes, kubernetescrd)];
    this.table = new RouterTable(this.routers);
    const services = new Services(model, this.options);
    const isMade = (router: HttpRouter) => router.parts.fault === undefined && services.targetOf(router).dropped === undefined;
    this.tls = new TlsOptions(model, this.options, this.routers, isMade);
    this.surroundings = { options: this.options, services, middlewares: new Middlewares(model, this.options), tls: this.tls };
    this.streams = new StreamRouters(model, className, this.options, this.tls);
    const endingTls = model.traefik.tcpRoutes.filter((one) => one.tls?.passthrough === false && isReadBy(one, className, this.options));
    this.certificates = new TraefikCertificates(model, this.members, [...routes, ...endingTls]);
  }

  get hosts(): readonly string[] {
    return this.table.hosts;
  }

  placeOfHost(host: string) {
    const rule = this.table.firstNaming(host)?.parts.rule;
    return rule && { ingress: rule.ingress, pointer: `${rule.pointer}/match` };
  }

  certificateFor = (sni: string | undefined): CertificateOutcome => {
    const before = streamBeforeHttps({ sni, clientAddress: undefined }, 'websecure', this.streamSurroundings({ clientAddress: undefined }));
    if (before && passesThrough(before)) return CERTIFICATE_OF_BACKEND;
    const { option } = this.tls.forName(nameOf(sni));
    return this.certificates.presented(sni, option?.sniStrict === true);
  };

  *ownRules(): Iterable<OwnRule> {
    const prover = new RouterProver(this.table, this.surroundings, (request) => this.judge(request, readRequestHost(request.host)));
    for (const router of this.routers) {
      const { rule, text, entryPoints, tls } = router.parts;
      if (router.holder.ref.kind === 'Ingress') continue;
      yield { rule, claim: JSON.stringify([text, entryPoints.toSorted(compareText), tls]), prove: () => prover.prove(router) };
    }
    const streams = new StreamProver(this.model, this.streams, (request) => this.judge(request, readRequestHost(request.host)));
    for (const router of [...this.streams.tcp, ...this.streams.udp]) {
      const { rule, entryPoints, tls } = router.parts;
      const claim = JSON.stringify([rule.path, entryPoints.toSorted(compareText), tls === undefined]);
      yield { rule, claim, prove: () => streams.prove(router) };
    }
  }

  hostSteps(host: RequestHost): readonly HostStep[] {
    return this.table.hostSteps(host);
  }

  judge(sent: RouteRequest, host: RequestHost): Judgement {
    if (sent.connection) return judgeConnection(sent, sent.connection, this.streamSurroundings(sent), this.model);
    if (sent.scheme === 'http') return this.judgeHttp(sent, host);
    const before = streamBeforeHttps(sent, 'websecure', this.streamSurroundings(sent));
    if (before && isCertain(before)) return before;
    const gate = passTls(this, sent, host, this.tls, this.certificates);
    const http = gate.outcome ? { outcomes: [gate.outcome], judged: [], assumptions: [], warnings: [] } : this.judgeHttp(sent, host);
    const judgement = { ...http, assumptions: [...http.assumptions, ...gate.assumptions] };
    return before ? eitherJudgement(before, judgement) : judgement;
  }

  private streamSurroundings({ clientAddress }: Pick<RouteRequest, 'clientAddress'>): StreamSurroundings {
    return { owner: this, routers: this.streams, tls: this.tls, certificates: this.certificates, client: clientAddress };
  }

  private judgeHttp(sent: RouteRequest, host: RequestHost): Judgement {
    const path = this.options.sanitizePath ? cleanPath(sent.path) : sent.path;
    const request = { ...sent, path };
    const client = sent.clientAddress && formatIp(sent.clientAddress);
    const arrival = { seen: seenRequest({ ...request, client }), scheme: sent.scheme };
    const attempts = this.table.routersFor(host).map((router) => attempt(router, arrival, this.surroundings));
    const taking = takersOf(attempts);
    const outcomes = this.outcomesOf(attempts, taking, request, arrival.seen);
    const dropped = restsOnEmpty(attempts, taking) ? [EMPTY_DROPPED] : [];
    return {
      outcomes: outcomes.map(({ outcome }) => outcome),
      judged: judgeRouters(attempts, taking),
      assumptions: [...outcomes.flatMap(({ assumptions }) => assumptions), ...dropped, ...this.assumed(taking, sent, path)],
      warnings: [],
    };
  }

  private outcomesOf(
    attempts: readonly HttpAttempt[],
    taking: readonly HttpAttempt[],
    request: RouteRequest,
    seen: SeenRequest,
  ): readonly Reached[] {
    const gap = gapOf(taking);
    const reached = taking.map((one) => this.reach(one, request, gap));
    if (taking.some(({ state }) => state === 'match')) return reached;
    const near = nearRules(attempts, seen, (router) => this.surroundings.services.targetOf(router));
    return [...reached, { outcome: nothing(this, gap, near), assumptions: [] }];
  }

  private reach({ router }: HttpAttempt, request: RouteRequest, because: AnyGapCode | null): Reached {
    const chain = this.surroundings.middlewares.chainOf(router);
    const treated = treat(chain.ok ? chain.value : [], request);
    const target = this.surroundings.services.targetOf(router);
    const assumptions = [...treated.assumptions, ...target.assumptions];
    if (treated.unknown) return { outcome: unknown(this, router, treated.unknown.code, treated.unknown.message), assumptions };
    if (treated.answer) return { outcome: answered(this, router, treated, treated.answer, because), assumptions };
    if (target.unknown) return { outcome: unknown(this, router, target.unknown.code, target.unknown.message), assumptions };
    return { outcome: served(this, router, target, treated, because), assumptions };
  }

  private assumed(taking: readonly HttpAttempt[], { scheme, path: asked }: RouteRequest, path: string): readonly Note[] {
    const notes: Note[] = [];
    const here = entryPointOf(scheme);
    if (taking.length > 0) {
      const message = `${scheme} requests are taken to arrive at the entry point \`${here}\`, as Traefik's Helm chart has it`;
      notes.push({ code: 'ENTRY_POINT_BY_SCHEME', message });
    }
    if (scheme === 'https' && taking.some(({ router }) => !router.parts.tls)) notes.push(TLS_FOR_ALL);
    if (path !== asked) {
      const message = `the entry point resolves \`//\` and dot segments before rules see the path (\`http.sanitizePath\`, on unless set otherwise): \`${path}\``;
      notes.push({ code: 'PATH_CLEANED', message });
    }
    return notes;
  }
}

const TLS_FOR_ALL: Note = {
  code: 'ENTRY_POINT_ENDS_TLS',
  message:
    'the entry point `websecure` is taken to end TLS for routers that do not ask for it themselves (`http.tls`), as in the Helm chart',
};

const EMPTY_DROPPED: Note = {
  code: 'EMPTY_SERVICES_DROPPED',
  message:
    'Traefik is taken to run without `allowEmptyServices`, which is its own default, but not that of its Helm chart since 31.0: a Service without endpoints makes no router',
};

/** Whether a router that is not made for want of endpoints would have come before those that take the request, or beside them. */
function restsOnEmpty(attempts: readonly HttpAttempt[], taking: readonly HttpAttempt[]): boolean {
  const first = taking.find(({ state }) => state === 'match')?.router;
  return attempts.some(({ reason, router }) => reason === 'NO_READY_ENDPOINTS' && (!first || compareRouters(router, first) <= 0));
}

interface Reached {
  readonly outcome: Outcome;
  readonly assumptions: readonly Note[];
}
