import type { Note } from '../../../kernel/answer.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { RouteRequest } from '../../route-request.js';
import { membersOf } from '../class-members.js';
import type { ClassRouter, Dialect, HostStep, JudgedRule, Judgement, OwnRule, Rejection, Takers } from '../dialect.js';
import { LazyJudgement } from '../lazy-judgement.js';
import type { PathRule } from '../path-rule.js';
import { type RequestHost, statedPort } from '../request-host.js';
import { PATH_WITH_GROUPS } from './annotation-reader.js';
import { annotationsOf } from './annotations.js';
import { bodyLimit } from './asked-limits.js';
import { NginxCertificates } from './certificates.js';
import type { Context } from './context.js';
import { decide, type Decision, takenLocation } from './decide.js';
import { heard, leftOut } from './heard-request.js';
import { judgeRules } from './judge-rules.js';
import { certificateOfStream, judgeStream, streamed } from './judge-stream.js';
import { unknown } from './nginx-outcomes.js';
import { type NginxOptions, nginxOptions } from './options.js';
import { certificateOfBackend, passedThrough, type Passing, passingIgnored, passingOf } from './passthrough.js';
import { Refusals } from './refusals.js';
import { rejection } from './rejection.js';
import { ServerNames } from './server-choice.js';
import { CATCH_ALL } from './servers.js';
import { ServerTable } from './servers.js';
import { streamRules } from './stream-rules.js';
import { type Stream, StreamServices } from './stream-services.js';

/** Ingress as ingress-nginx and nginx behave, rules B1 to B24. */
export const ingressNginx: Dialect = {
  *compile(model, className) {
    const members = inOrder(membersOf(model, className, 'ingress-nginx'));
    const options = nginxOptions(model, className);
    yield;
    const refusals = yield* Refusals.find(model, members, options);
    const table = new ServerTable();
    yield* table.fill(
      members.filter((ingress) => !refusals.has(ingress)),
      options.healthPath,
    );
    const streams = new StreamServices(model, className, options);
    const rejected = (yield* rejection(table.servers.values())) ?? streams.rejection();
    return new NginxRouter(className, members, { model, options, refusals, table, streams, rejected });
  },
};

/** The oldest come first, of one age the last by name (rule B1, `sortIngressSlice`). The class field goes before the annotation (rule B2). */
function inOrder(members: readonly Ingress[]): readonly Ingress[] {
  const keyed = members.map((ingress) => {
    const { createdAt, namespace, ref } = ingress;
    return { ingress, age: createdAt === undefined ? 0 : Date.parse(createdAt) || 0, key: `${namespace}/${ref.name}` };
  });
  return keyed.sort((a, b) => a.age - b.age || (a.key < b.key ? 1 : -1)).map(({ ingress }) => ingress);
}

/** What is made of the Ingresses of a class. */
interface NginxParts {
  readonly model: NetworkModel;
  readonly options: NginxOptions;
  readonly refusals: Refusals;
  readonly table: ServerTable;
  readonly streams: StreamServices;
  readonly rejected: Rejection | undefined;
}

/** The routing of one class of the controller. */
export class NginxRouter implements ClassRouter {
  readonly dialect = 'ingress-nginx';
  readonly hosts: readonly string[];
  private readonly table: ServerTable;
  private readonly names: ServerNames;
  private readonly context: Context;
  private readonly refusals: Refusals;
  readonly streams: StreamServices;
  readonly rejected: Rejection | undefined;

  constructor(
    readonly className: string | undefined,
    readonly members: readonly Ingress[],
    { model, options, refusals, table, streams, rejected }: NginxParts,
  ) {
    this.refusals = refusals;
    this.table = table;
    this.streams = streams;
    this.rejected = rejected;
    this.names = new ServerNames(this.table.servers);
    this.hosts = [...this.table.servers.keys()].filter((host) => host !== CATCH_ALL);
    this.context = { model, router: this, names: this.names, certificates: new NginxCertificates(model, this.table.servers), options };
  }

  readonly certificateFor = (sni: string | undefined, request: RouteRequest) => {
    const [stream] = this.streamsFor(request);
    if (stream) return certificateOfStream(stream);
    const passing = this.passing(sni);
    return passing ? certificateOfBackend(passing) : this.context.certificates.presented(sni);
  };

  private passing(sni: string | undefined): Passing | undefined {
    return this.context.options.sslPassthrough === false ? undefined : passingOf(this.context.model, this.table.servers, sni);
  }

  /** The streams whose port a request, or TLS of which nothing more is known, comes to. */
  private streamsFor(request: RouteRequest): readonly Stream[] {
    const { connection } = request;
    const port = connection?.port ?? statedPort(request);
    return port === undefined ? [] : this.streams.listeningAt(this.streams.portBehind(port, 'TCP'), 'TCP');
  }

  hostSteps(host: RequestHost): readonly HostStep[] {
    const choice = this.names.choose(host);
    if (choice?.type !== 'server') return [];
    const { server, by } = choice;
    const rules = server.locations.flatMap(({ rule }) => rule ?? []);
    if (by === 'any' && rules.length === 0) return [];
    return [{ host: server.host === CATCH_ALL ? undefined : server.host, kind: by, rules }];
  }

  judge(sent: RouteRequest, host: RequestHost): Judgement {
    const { connection } = sent;
    if (this.rejected === undefined && connection && connection.scheme !== 'tls' && this.streams.areTold)
      return judgeStream(this.context, this.streams, connection);
    const [stream] = this.rejected === undefined ? this.streamsFor(sent) : [];
    if (stream) return streamed(this.context, this.streams, stream);
    const request = heard(this.context.options, sent);
    const passing = request.scheme === 'https' && this.rejected === undefined ? this.passing(request.sni) : undefined;
    if (passing) return passedThrough(this.context, passing, request);
    const choice = this.names.choose(host);
    const decision: Decision = this.rejected === undefined ? decide(this.context, choice, request, host) : this.asRejected(this.rejected);
    const server = choice?.type === 'server' ? choice.server : undefined;
    return new LazyJudgement(
      () => decision.outcomes,
      () => [...(server ? judgeRules(server, decision.location, request) : []), ...this.refusals.judged(host)],
      [
        ...leftOut(this.context.options, sent),
        ...passed(decision),
        ...decision.granted,
        ...(request.scheme === 'https' && this.context.options.sslPassthrough !== false
          ? passingIgnored(this.table.servers, request.sni)
          : []),
        ...limited(decision, this.context.options, request.method),
        ...(this.context.options.validatesAnnotations ? takenAsWritten(decision) : []),
      ],
      notModelled(decision),
    );
  }

  readonly passesOver = (ingress: Ingress): boolean => this.refusals.has(ingress);

  refused(rule: PathRule): JudgedRule | undefined {
    return this.refusals.of(rule);
  }

  /** The rule of the location that nginx takes; an expression that cannot be evaluated takes nothing for certain. */
  takers(sent: RouteRequest, host: RequestHost): Takers {
    const request = heard(this.context.options, sent);
    if (this.rejected !== undefined) return { rules: [], certain: false };
    const streams = this.streamsFor(sent);
    if (streams.length > 0) return { rules: streams.map(({ rule }) => rule), certain: true };
    const passing = request.scheme === 'https' ? this.passing(request.sni) : undefined;
    if (passing) return { rules: [passing.root.rule], certain: true };
    const { location, isRead } = takenLocation(this.context, this.names.choose(host), request, host);
    return { rules: location?.rule ? [location.rule] : [], certain: location?.rule !== undefined && isRead };
  }

  ownRules(): Iterable<OwnRule> {
    return streamRules(this.streams, this.rejected);
  }

  private asRejected({ message }: Rejection): Decision {
    const source = { router: this, ingress: undefined, pointer: '', served: '' };
    return { outcomes: [unknown(source, 'CONFIGURATION_REJECTED', message)], location: undefined, passes: [], granted: [] };
  }
}

function passed({ passes }: Decision): readonly Note[] {
  const taken = (code: string, names: readonly string[], otherwise: string): readonly Note[] =>
    names.length === 0 ? [] : [{ code, message: `the client is taken to pass \`${names.join('`, `')}\`; otherwise ${otherwise}` }];
  const ofCertificates = passes.filter((name) => name.startsWith('auth-tls-'));
  return [
    ...taken('CLIENT_CERTIFICATE_ASSUMED', ofCertificates, 'it gets 400 or 403, or is led to an error page'),
    ...taken(
      'AUTHENTICATION_PASSED',
      passes.filter((name) => !ofCertificates.includes(name)),
      'it gets 401 or a redirect to sign in',
    ),
  ];
}

/** What a backend is not asked for where a limit of its location acts. */
function limited({ location, outcomes }: Decision, options: NginxOptions, method: string): readonly Note[] {
  const { annotations } = location ?? {};
  const limits = annotations ? [...annotations.limits, ...bodyLimit(annotations.bodySize, options.bodySize, method)] : [];
  return limits.length > 0 && outcomes.some(({ backends }) => backends.length > 0) ? limits : [];
}

/** A rewrite with a query is what nginx itself makes of it, and what the controller's validator (`parser.RegexPathWithCapture`) drops: versions differ in whether it is asked. */
function takenAsWritten({ location }: Decision): readonly Note[] {
  const target = location?.annotations?.rewriteTarget ?? '';
  if (PATH_WITH_GROUPS.test(target)) return [];
  const message = `\`rewrite-target\` is taken as it is written, \`${target}\`; a controller that validates annotations, as v1.12 and later do unless told otherwise, drops it and rewrites nothing`;
  return [{ code: 'ANNOTATION_TAKEN_AS_WRITTEN', message }];
}

/** Annotations of the location's Ingress that may change the answer in ways that are not modelled. */
function notModelled({ location }: Decision): readonly Note[] {
  const { ingress } = location ?? {};
  const names = ingress ? annotationsOf(ingress).notModelled : [];
  if (!ingress || names.length === 0) return [];
  return [
    {
      code: 'ANNOTATION_NOT_MODELLED',
      message: `\`${names.join('`, `')}\` of Ingress ${ingress.namespace}/${ingress.ref.name} may change the answer and is not modelled`,
    },
  ];
}
