import type { Note } from '../../../kernel/answer.js';
import { describeRef } from '../../../kernel/object-ref.js';
import { once } from '../../../kernel/once.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { RouteRequest } from '../../route-request.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { membersOf } from '../class-members.js';
import type { ClassRouter, Dialect, HostStep, JudgedRule, Judgement, LostHost, Outcome, OwnRule } from '../dialect.js';
import { LazyJudgement } from '../lazy-judgement.js';
import { sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import type { PathRule } from '../path-rule.js';
import { readRequestHost, type RequestHost } from '../request-host.js';
import { f5Certificate } from './f5-certificate.js';
import { judgeF5, rivalRules } from './f5-judge.js';
import { decideF5, type F5Decision } from './f5-decide.js';
import { byDefaultServer, unheardBecause } from './f5-listening.js';
import { F5Listeners, portOf } from './f5-listeners.js';
import { F5Policies } from './f5-policies.js';
import { EVERY_OTHER_HOST, type F5Server, isUndecided } from './f5-server.js';
import { type F5Objects, objectsOf } from './f5-objects.js';
import { type F5Options, f5Options } from './f5-options.js';
import { F5Servers } from './f5-servers.js';
import { Refusals } from './f5-refusals.js';
import { ServerNames } from './server-names.js';
import { F5Streams } from './f5-streams.js';
import { transportRule } from './transport-outcome.js';
import { transportRules } from './transport-rules.js';
import type { F5Context } from './virtual-decide.js';
import { handedToNobody, ownRule, takenForGranted, refusedRules } from './virtual-rules.js';

/** Ingress as the controller of NGINX Inc. behaves (nginx/kubernetes-ingress): a host belongs to one Ingress, prefixes are those of nginx. */
export const nginxF5: Dialect = {
  *compile(model, className) {
    const options = f5Options(model, className);
    const objects = objectsOf(model, className, membersOf(model, className, 'nginx-f5'), options);
    const listeners = new F5Listeners(objects.configurations);
    yield;
    const table = new F5Servers();
    yield* table.fill(objects, listeners, options);
    return new F5Router(model, className, { options, objects, listeners, table });
  },
};

/** What is made of the objects of a class. */
interface F5Parts {
  readonly options: F5Options;
  readonly objects: F5Objects;
  readonly listeners: F5Listeners;
  readonly table: F5Servers;
}

/** The routing of one class of the controller. */
export class F5Router implements ClassRouter {
  readonly dialect = 'nginx-f5';
  readonly wildcardsAreDeep = true;
  readonly members: readonly Ingress[];
  readonly objects: F5Objects;
  readonly table: F5Servers;
  readonly listeners: F5Listeners;
  readonly streams: F5Streams;
  private readonly names: ServerNames;
  private readonly refusals: Refusals;
  readonly context: F5Context;

  constructor(
    private readonly model: NetworkModel,
    readonly className: string | undefined,
    { options, objects, listeners, table }: F5Parts,
  ) {
    this.members = objects.ingresses;
    this.objects = objects;
    this.listeners = listeners;
    this.table = table;
    this.names = new ServerNames(table.servers, listeners);
    this.refusals = new Refusals(table.refused);
    this.streams = new F5Streams(this, model, this.objects.transports, this.listeners);
    this.context = { router: this, model, options, policies: new F5Policies(model, className) };
  }

  get hosts(): readonly string[] {
    return [...this.table.servers.keys()].filter((host) => host !== EVERY_OTHER_HOST);
  }

  readonly certificateFor = (sni: string | undefined): CertificateOutcome =>
    f5Certificate(this.context, sni === undefined ? undefined : this.names.presenting(sni), sni);

  placeOfHost(host: string) {
    const owner = this.table.servers.get(host)?.owner;
    return owner && { ingress: owner, pointer: owner.kind === 'Ingress' ? '/spec/rules' : '/spec/host' };
  }

  get lostHosts(): readonly LostHost[] {
    return this.table.refused.flatMap(({ reason, ingress, host, holder }) =>
      reason === 'HOST_TAKEN' && host !== undefined && holder
        ? [{ host, holder, loser: ingress, decided: !isUndecided(ingress, holder) }]
        : [],
    );
  }

  /** Minions have the TLS, and the ports, of their master. */
  askedAt(name: string) {
    const { endsTls = false, listening = 'usual' } = this.names.of(name) ?? {};
    const scheme = endsTls ? 'https' : 'http';
    return { scheme, port: typeof listening === 'string' ? undefined : listening[scheme][0] } as const;
  }

  hostSteps({ name }: RequestHost): readonly HostStep[] {
    const server = this.names.of(name);
    if (!server) return [];
    const { host } = server;
    const kind = host === EVERY_OTHER_HOST ? 'any' : host.startsWith('*.') ? 'wildcard' : 'precise';
    return [{ host: kind === 'any' ? undefined : host, kind, rules: rulesOf(server) }];
  }

  judge(request: RouteRequest, host: RequestHost): Judgement {
    const { connection } = request;
    const passing = this.names.passing(request);
    if (connection && !passing) return this.streams.judge(connection, request.sni);
    const { server, decision, rivals, isOpen, isStandIn } = this.decided(request, host, passing);
    return new LazyJudgement(
      () => [...decision.outcomes, ...rivals.flatMap((rival) => this.asRival(rival, request, host))],
      () => [
        ...(server ? judgedAt(server, decision, request).map((one) => (isOpen ? openly(one) : one)) : []),
        ...this.refusals.for(host.name),
      ],
      server ? takenForGranted(server, decision) : [],
      server && isStandIn ? [standsIn(server, request, host)] : [],
    );
  }

  takerOf(request: RouteRequest, host: RequestHost): PathRule | undefined {
    if (request.connection) return undefined;
    const { decision, isOpen } = this.decided(request, host, this.names.passing(request));
    return isOpen ? undefined : decision.location?.rule;
  }

  /** What becomes of a request; `isOpen`: neither age nor UID tells claims to the host, or to the path, apart, and each of them may have it. */
  private decided(request: RouteRequest, host: RequestHost, passing: F5Server | undefined) {
    const named = passing ?? this.names.taking(request, host.name);
    const server = named ?? this.names.standIn(request);
    const rejected = this.withoutConfiguration();
    const decision: F5Decision =
      rejected ??
      (server
        ? decideF5(this.context, server, request, host)
        : { outcomes: [byDefaultServer(this, this.context.options, request)], location: undefined, assumptions: [] });
    const rivals = server ? this.table.rivalsFor(server.host) : [];
    const isOpen = rivals.length > 0 || decision.outcomes.some(({ because }) => because === 'HOST_OWNER_UNKNOWN');
    return { server, decision, rivals, isOpen, isStandIn: !named };
  }

  /** What becomes of all requests where nginx refuses the configuration: it goes on with the one before it. */
  private readonly withoutConfiguration = once((): F5Decision | undefined => {
    const { broken } = this.table;
    if (!broken?.twice) return undefined;
    const { location, message } = broken.twice;
    return { outcomes: [unknown(sourceOf(this, location), 'CONFIGURATION_REJECTED', message)], location: undefined, assumptions: [] };
  });

  private asRival(rival: F5Server, request: RouteRequest, host: RequestHost): readonly Outcome[] {
    return decideF5(this.context, rival, request, host).outcomes.map((outcome) => ({ ...outcome, because: 'HOST_OWNER_UNKNOWN' }));
  }

  refused(rule: PathRule): JudgedRule | undefined {
    return this.refusals.at(rule);
  }

  /** The rules of VirtualServers and of what they hand paths to, whether or not they are served. */
  *ownRules(): Iterable<OwnRule> {
    const takerOf = (request: RouteRequest) => this.takerOf(request, readRequestHost(request.host));
    for (const server of this.table.servers.values()) {
      for (const place of server.places.values()) yield ownRule(this.context, server, place, takerOf);
    }
    for (const refused of this.table.refused) yield* refusedRules(refused);
    yield* handedToNobody(this.objects, this.table.servers.values());
    yield* transportRules(this.model, this, this.streams, this.table);
  }
}

const standsIn = ({ owner, host: own }: F5Server, request: RouteRequest, { name }: RequestHost): Note => ({
  code: 'DEFAULT_SERVER',
  message: `no server at port ${portOf(request)} has the name \`${name}\`: nginx takes the first one there, \`${own}\` of ${describeRef(owner.ref)}`,
});

const REJECTED = 'nginx refuses the configuration: whether the one before it has the path is not known';
const ANSWERED = 'the server of the host answers by itself before nginx looks at its paths';
const NO_KEY = { key: null, own: null, other: null } as const;

/** The paths of a server, and those that may be. */
function rulesOf(server: F5Server): readonly PathRule[] {
  const locations = [...server.locations, ...server.patterns.map(({ location }) => location)];
  return [...locations.flatMap(({ rule }) => rule ?? []), ...rivalRules(server)];
}

/** How each path of a server fared; one whose TLS is passed through has none. */
function judgedAt(server: F5Server, decision: F5Decision, request: RouteRequest): readonly JudgedRule[] {
  const { owner } = server;
  if (decision.outcomes.some(({ key }) => key === 'UNDEFINED CONFIGURATION_REJECTED'))
    return rulesOf(server).map((rule) => ({ rule, outcome: 'possible', reason: 'CONFIGURATION_REJECTED', ...NO_KEY, message: REJECTED }));
  const unheard = owner.kind === 'TransportServer' ? undefined : unheardBecause(server, request);
  if (unheard)
    return rulesOf(server).map((rule) => ({ rule, outcome: 'no-match', reason: 'ENTRY_POINT_OTHER', ...NO_KEY, message: unheard.message }));
  const isAnswered = !decision.location && decision.outcomes.every(({ reached }) => reached.verdict !== 'NOT_FOUND');
  if (owner.kind !== 'TransportServer' && isAnswered)
    return rulesOf(server).map((rule) => ({ rule, outcome: 'no-match', reason: 'PATH_IGNORED', ...NO_KEY, message: ANSWERED }));
  if (owner.kind !== 'TransportServer') return judgeF5(server, decision, request);
  const rule = transportRule(owner);
  const isPassed = decision.outcomes.some(({ place }) => place?.ingress === owner);
  const message = isPassed ? 'the TLS of the host is passed through' : 'the host takes TLS alone, which is passed through';
  return [
    isPassed
      ? { rule, outcome: 'selected', reason: 'TLS_PASSED_THROUGH', ...NO_KEY, message }
      : { rule, outcome: 'no-match', reason: 'LOCATION_NO_MATCH', ...NO_KEY, message },
  ];
}

/** What takes a request where another Ingress may have the host. */
function openly(judged: JudgedRule): JudgedRule {
  return judged.outcome === 'selected' ? { ...judged, outcome: 'possible', reason: 'HOST_OWNER_UNKNOWN' } : judged;
}
