import type { Note } from '../../../kernel/answer.js';
import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { IngressRoute } from '../../../resources/traefik.js';
import type { RouteRequest } from '../../route-request.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { membersOf } from '../class-members.js';
import type { ClassRouter, Dialect, HostStep, Judgement, OwnRule } from '../dialect.js';
import type { PathRule } from '../path-rule.js';
import { readRequestHost, type RequestHost } from '../request-host.js';
import { Prover } from './prover.js';
import { RequestWays } from './request-ways.js';
import type { HttpAttempt, Surroundings } from './attempt.js';
import { RouterFollower } from './follow-routers.js';
import { cleanPath } from './clean-path.js';
import { isReadBy } from './class-of-route.js';
import { defaultDoubts } from './default-routers.js';
import { entryPointOf } from './entry-points.js';
import { followRedirected, routersBefore } from './entry-redirection.js';
import { disbelieved, isBelieved } from './forwarded-headers.js';
import type { HttpRouter } from './http-router.js';
import { ingressRoutesOf, routersOfIngressRoutes } from './ingress-route-routers.js';
import { routersOfIngress } from './ingress-routers.js';
import { LayerWays } from './layer-ways.js';
import { Middlewares } from './middlewares.js';
import { traefikOptions, type TraefikOptions } from './options.js';
import { RouterTable } from './router-table.js';
import { Services } from './services.js';
import { compareRouters } from './takers.js';
import { judgedByProvider, warningsOf } from '../traefik-nginx/judge-provider.js';
import { type NginxProvider, nginxProvider } from '../traefik-nginx/provider.js';
import { TraefikCertificates } from './traefik-certificates.js';
import type { StreamSurroundings } from './judge-stream.js';
import { StreamRouters } from './stream-routers.js';
import { CERTIFICATE_OF_BACKEND, eitherJudgement, isCertain, passesThrough, judgeConnection, streamBeforeHttps } from './stream-order.js';
import { nameOf, optionsLost, passTls } from './tls-gate.js';
import { StreamWays } from './stream-ways.js';
import { EMPTY_DROPPED, HEADERS_DROPPED, TLS_FOR_ALL } from './settings-assumed.js';
import { TlsOptions } from './tls-options.js';

/** Ingress as Traefik v3 behaves, rules T1 to T6: prefixes by characters. */
export const traefik: Dialect = { compile: (model, className) => compile(model, className, 'traefik') };

/** The same with `strictPrefixMatching`: prefixes by elements. */
export const traefikStrict: Dialect = { compile: (model, className) => compile(model, className, 'traefik-strict') };

/** Ingress as the provider for annotations of ingress-nginx has it. */
export const traefikIngressNginx: Dialect = { compile: (model, className) => compile(model, className, 'traefik-ingress-nginx') };

type TraefikDialect = 'traefik' | 'traefik-strict' | 'traefik-ingress-nginx';

/** What is made of the objects of a class. */
interface TraefikParts {
  readonly options: TraefikOptions;
  readonly provider: NginxProvider | undefined;
  readonly members: readonly Ingress[];
  readonly ingressRoutes: readonly IngressRoute[];
  /** Those of the IngressRoutes, and of them all that stand behind no other. */
  readonly routers: readonly HttpRouter[];
  readonly roots: readonly HttpRouter[];
  readonly table: RouterTable;
}

function* compile(model: NetworkModel, className: string | undefined, dialect: TraefikDialect): Steps<TraefikRouter> {
  const options = traefikOptions(model, className, dialect === 'traefik-strict');
  const provider =
    dialect === 'traefik-ingress-nginx' ? yield* nginxProvider(model, className, options.precedence.kubernetesingressnginx) : undefined;
  const members = provider?.members ?? membersOf(model, className, dialect);
  const ingressRoutes = ingressRoutesOf(model, className, options);
  yield;
  const ofIngresses = provider?.routers ?? (yield* routersOfAll(members, options));
  const routers = yield* routersOfIngressRoutes(ingressRoutes, options);
  const roots = joined(
    ofIngresses,
    routers.filter(({ parts }) => !parts.isBehind),
  );
  const table = yield* RouterTable.build(roots);
  const router = new TraefikRouter(model, className, dialect, { options, provider, members, ingressRoutes, routers, roots, table });
  yield* router.prepare();
  return router;
}

/** So many Ingresses and routers of theirs are made in one step. */
const STRETCH = 250;

function* routersOfAll(members: readonly Ingress[], options: TraefikOptions): Steps<readonly HttpRouter[]> {
  const routers: HttpRouter[] = [];
  let since = 0;
  for (const ingress of members) {
    const own = yield* routersOfIngress(ingress, options);
    for (const router of own) routers.push(router);
    since += 1 + own.length;
    if (since < STRETCH) continue;
    since = 0;
    yield;
  }
  return routers;
}

/** Mostly one of them is empty, and the other very long. */
function joined<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];
}

class TraefikRouter implements ClassRouter {
  readonly members: readonly Ingress[];
  private readonly routers: readonly HttpRouter[];
  private readonly table: RouterTable;
  private readonly options: TraefikOptions;
  private readonly surroundings: Surroundings;
  private readonly certificates: TraefikCertificates;
  private readonly tls: TlsOptions;
  private readonly streams: StreamRouters;
  private readonly provider: NginxProvider | undefined;

  constructor(
    private readonly model: NetworkModel,
    readonly className: string | undefined,
    readonly dialect: TraefikDialect,
    { options, provider, members, ingressRoutes, routers, roots, table }: TraefikParts,
  ) {
    this.options = options;
    this.provider = provider;
    this.members = members;
    this.routers = routers;
    this.table = table;
    const middlewares = new Middlewares(model, this.options);
    const services = new Services(model, this.options, middlewares);
    const isMade = (router: HttpRouter) => router.parts.fault === undefined && services.targetOf(router).dropped === undefined;
    this.tls = new TlsOptions(model, this.options, roots, isMade, this.provider?.tlsOptions);
    const defaultDoubt = defaultDoubts(this.provider ? [] : table.withoutHost, isMade);
    this.surroundings = { options: this.options, services, middlewares, tls: this.tls, defaultDoubt };
    this.streams = new StreamRouters(model, className, this.options, this.tls, this.provider?.streams);
    const endingTls = model.traefik.tcpRoutes.filter((one) => one.tls?.passthrough === false && isReadBy(one, className, this.options));
    this.certificates = new TraefikCertificates(model, this.options, this.provider?.offering ?? this.members, [
      ...ingressRoutes,
      ...endingTls,
    ]);
  }

  /** What is asked of all routers is worked out before anybody waits for it. */
  prepare(): Steps<void> {
    return this.tls.prepare();
  }

  readonly passesOver = (ingress: Ingress): boolean => this.provider?.passedOver.has(ingress) === true;

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
    const muxer = {
      judge: (request: RouteRequest) => this.judge(request, readRequestHost(request.host)),
      takerOf: (request: RouteRequest) => this.takerOf(request, readRequestHost(request.host)),
    };
    const layers = new LayerWays(this.routers, this.surroundings.middlewares);
    const prover = new Prover(new RequestWays(this.table, this.surroundings, layers), muxer);
    for (const router of this.routers) {
      const { rule, text, entryPoints, tls, isBehind } = router.parts;
      const own = isBehind ? [router.holder.namespace, router.holder.ref.name, rule.pointer] : []; // it claims nothing of others
      yield { rule, claim: JSON.stringify([text, entryPoints.key, tls, ...own]), prove: () => prover.prove(router) };
    }
    const streams = new Prover(new StreamWays(this.model, this.streams), muxer);
    for (const router of [...this.streams.tcp, ...this.streams.udp]) {
      if (router.holder.ref.kind === 'Ingress') continue;
      const { rule, entryPoints, tls } = router.parts;
      const claim = JSON.stringify([rule.path, entryPoints.key, tls === undefined]);
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

  takerOf(sent: RouteRequest, host: RequestHost): PathRule | 'nobody' | undefined {
    if (sent.connection || (sent.scheme === 'https' && !this.comesToHttp(sent, host))) return undefined;
    const believed = this.isBelieved(sent);
    if (believed === undefined) return undefined;
    const redirection = this.options.redirections[entryPointOf(sent.scheme)];
    const candidates = (path: string) => {
      const routers = this.table.candidatesFor(host, path).filter(isAskedFor(sent.scheme));
      return redirection ? routersBefore(redirection, routers) : routers;
    };
    const taker = new RouterFollower(this, this.surroundings, sent).certain(candidates, this.entered(sent, believed));
    return taker === 'nobody' ? taker : taker?.parts.rule;
  }

  /** Whether nothing but the rules of requests decides about one over TLS. */
  private comesToHttp(sent: RouteRequest, host: RequestHost): boolean {
    const before = streamBeforeHttps(sent, 'websecure', this.streamSurroundings(sent));
    return !before && !passTls(this, sent, host, this.tls, this.certificates).outcome;
  }

  private isBelieved(sent: RouteRequest): boolean | undefined {
    return isBelieved(this.options.forwardedHeaders[entryPointOf(sent.scheme)], sent);
  }

  /** The request as its entry point hands it on. */
  private entered(sent: RouteRequest, believed: boolean): RouteRequest {
    const request = believed ? sent : disbelieved(sent);
    return this.options.sanitizePath ? { ...request, path: cleanPath(sent.path) } : request;
  }

  private routersFor({ scheme }: RouteRequest, host: RequestHost): readonly HttpRouter[] {
    return this.table.routersFor(host).filter(isAskedFor(scheme));
  }

  private judgeHttp(sent: RouteRequest, host: RequestHost): Judgement {
    const believed = this.isBelieved(sent);
    if (believed !== undefined) return this.judgeEntered(sent, host, believed);
    const [told, untold] = [this.judgeEntered(sent, host, true), this.judgeEntered(sent, host, false)];
    const outcomes = [...told.outcomes, ...untold.outcomes].map(
      (one) => ({ ...one, because: one.because ?? 'CLIENT_ADDRESS_UNKNOWN' }) as const,
    );
    return { ...told, outcomes };
  }

  private judgeEntered(sent: RouteRequest, host: RequestHost, believed: boolean): Judgement {
    const request = this.entered(sent, believed);
    const { path } = request;
    const routers = this.routersFor(sent, host);
    const follower = new RouterFollower(this, this.surroundings, sent);
    const redirection = this.options.redirections[entryPointOf(sent.scheme)];
    const { attempts, taking, outcomes, judged, assumptions } = redirection
      ? followRedirected(this, redirection, follower, routers, request)
      : follower.follow(routers, request);
    const dropped = restsOnEmpty(attempts, taking) ? [EMPTY_DROPPED] : [];
    return {
      outcomes,
      judged: this.provider ? judgedByProvider(judged, this.provider, host) : judged,
      assumptions: [...assumptions, ...dropped, ...this.assumed(taking, sent, path), ...(believed ? [] : [HEADERS_DROPPED])],
      warnings: [
        ...(sent.scheme === 'https' ? optionsLost(new Set(taking.map(({ router }) => router)), host, this.tls) : []),
        ...(this.provider ? warningsOf(taking, this.provider) : []),
      ],
    };
  }

  private assumed(taking: readonly HttpAttempt[], { scheme, path: asked }: RouteRequest, path: string): readonly Note[] {
    const notes: Note[] = [];
    const here = entryPointOf(scheme);
    if (taking.some(({ router }) => router.parts.scheme === undefined)) {
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

const isAskedFor =
  (scheme: RouteRequest['scheme']) =>
  ({ parts }: HttpRouter) =>
    parts.scheme === undefined || parts.scheme === scheme;

/** Whether a router that is not made for want of endpoints would have come before those that take the request, or beside them. */
function restsOnEmpty(attempts: readonly HttpAttempt[], taking: readonly HttpAttempt[]): boolean {
  const first = taking.find(({ state }) => state === 'match')?.router;
  return attempts.some(({ reason, router }) => reason === 'NO_READY_ENDPOINTS' && (!first || compareRouters(router, first) <= 0));
}
