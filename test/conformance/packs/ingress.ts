import { dirname, join } from 'node:path';
import { readdirSync } from 'node:fs';
import { type ClusterApi, listFile } from '../api.js';
import { checkCount, type PackContext, readJson } from '../pack.js';
import { compareJson, type Outcome, type SetResult, SetTally } from '../set-result.js';
import { compareGatewayStatus, comparesStatus } from './compare-gateway-status.js';
import { compareConnection, comparesConnection } from './compare-connection.js';
import { compareCall, comparesAll, comparesCall, compareRoute } from './compare-route.js';
import {
  type Case,
  type Expectation,
  type KindedName,
  type Manifest,
  type Mutation,
  perDialect,
  type Request,
  type WrittenCase,
} from './ingress-case.js';
import { asksRule, evaluateRule, type RuleCase } from './traefik-rules.js';

interface Scenario {
  readonly test: string;
  /** Absent where each case names its own, or expects something of each dialect. */
  readonly dialect?: string;
  /** Absent where rules alone are asked about. */
  readonly manifests?: readonly Manifest[];
  readonly base?: readonly string[];
  readonly cases: readonly WrittenCase[];
}
interface Index {
  readonly counts: Readonly<Record<string, { readonly cases: number; readonly file?: string }>>;
}

/** Dialects the product evaluates; a case of another one is unsupported. */
const DIALECTS: ReadonlySet<string> = new Set([
  'ingress-v1',
  'ingress-nginx',
  'traefik',
  'traefik-strict',
  'traefik-ingress-nginx',
  'nginx-f5',
  'gateway-api',
  'traefik-gateway',
  'envoy-gateway',
]);

/** Parts of a request that reach the product; a case with another one is unsupported. `protocol` changes nothing where HTTP is routed. */
const ASKED: ReadonlySet<string> = new Set([
  'scheme',
  'method',
  'host',
  'path',
  'headers',
  'sni',
  'clientAddress',
  'protocol',
  'clientCertificate',
  'backendBehaviour',
  'backendResponseHeaders',
  // No rule of a route looks at it.
  'body',
]);

/** Kinds of cases whose URL is no more than a scheme, a host and a port. */
const CONNECTIONS: ReadonlySet<string> = new Set(['tls', 'tcp', 'udp']);

/** Files of the sets that are no single file in the index. */
const FOLDERS: Readonly<Record<string, string>> = {
  'gateway-api': 'gateway-api',
  'traefik-rules': 'traefik',
  'ingress-controller-conformance': 'ingress',
};

/** Runs `shared/conformance/ingress`. */
export async function* ingressPack(context: PackContext): AsyncIterable<SetResult> {
  for (const [set, entry] of Object.entries(readJson<Index>(context.directory, 'index.json').counts)) {
    if (!context.wants(set)) continue;
    const scenarios = scenariosOf(context.directory, set, entry.file);
    checkCount(
      set,
      entry.cases,
      scenarios.reduce((sum, scenario) => sum + scenario.cases.length, 0),
    );
    const tally = new SetTally(set, context.known);
    await runRules(context, scenarios, tally);
    for (const scenario of scenarios) await runScenario(context, scenario, tally);
    yield tally.result();
  }
}

/** A scenario and the folder of its file, from which the paths of `base` count. */
interface Placed extends Scenario {
  readonly folder: string;
}

function scenariosOf(directory: string, set: string, file: string | undefined): readonly Placed[] {
  const files = file === undefined ? filesOf(directory, FOLDERS[set] ?? '') : [file];
  return files
    .map((name) => ({ folder: dirname(name), ...readJson<{ set?: string; scenarios?: readonly Scenario[] }>(directory, name) }))
    .filter((content) => content.set === set)
    .flatMap(({ folder, scenarios }) => (scenarios ?? []).map((scenario) => ({ ...scenario, folder })));
}

function filesOf(directory: string, folder: string): readonly string[] {
  return readdirSync(join(directory, folder))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

/** Rules of Traefik need no objects: one cluster serves them all. */
async function runRules(context: PackContext, scenarios: readonly Placed[], tally: SetTally): Promise<void> {
  const cases = scenarios.flatMap((scenario) => scenario.cases.filter(isRule));
  if (cases.length === 0) return;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
  await context.api.withCluster({}, [listFile([namespace])], async (cluster) => {
    for (const one of cases) await tally.run(one.id, () => evaluateRule(cluster, one));
  });
}

async function runScenario(context: PackContext, whole: Placed, tally: SetTally): Promise<void> {
  const scenario = { ...whole, cases: whole.cases.filter((one) => !isRule(one)) };
  const supported = scenario.cases.filter((one) => perDialect(one).every((asked) => isSupported(scenario, asked)));
  for (const one of scenario.cases.filter((other) => !supported.includes(other))) await tally.run(one.id, () => 'unsupported');
  if (supported.length === 0) return;
  const manifests = [...baseOf(context.directory, scenario), ...(scenario.manifests ?? [])].map(annotated);
  await context.api.withCluster({}, [listFile(manifests)], async (cluster) => {
    for (const one of supported) {
      await tally.run(one.id, async () => {
        if (!one.mutations) return evaluateAll(cluster, one, scenario.dialect);
        await cluster.snapshot([listFile(one.mutations.reduce(mutated, manifests))]);
        const outcome = await evaluateAll(cluster, one, scenario.dialect);
        await cluster.snapshot([listFile(manifests)]);
        return outcome;
      });
    }
  });
}

/** The pack names the certificate of a backend by an annotation of its own; the product reads one of another name (src/core/ingress/README.md). */
function annotated(manifest: Manifest): Manifest {
  const { annotations } = manifest.metadata;
  const secret = annotations?.['conformance.portolan/tls-secret'];
  if (secret === undefined) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { ...annotations, 'portolan/backend-certificate': secret } } };
}

/** The objects that a scenario stands on. */
function baseOf(directory: string, scenario: Placed): readonly Manifest[] {
  return (scenario.base ?? []).flatMap(
    (name) => readJson<{ objects: readonly Manifest[] }>(directory, join(scenario.folder, name)).objects,
  );
}

function mutated(manifests: readonly Manifest[], mutation: Mutation): readonly Manifest[] {
  const { kind, namespace, name } = mutation.op === 'apply' ? { kind: mutation.object.kind, ...mutation.object.metadata } : mutation;
  const others = manifests.filter((one) => one.kind !== kind || one.metadata.name !== name || one.metadata.namespace !== namespace);
  return mutation.op === 'apply' ? [...others, mutation.object] : others;
}

function isRule(one: WrittenCase): one is WrittenCase & RuleCase {
  return asksRule(one as RuleCase);
}

/** Asks every dialect of a case; the case fails with the first that does. */
async function evaluateAll(cluster: ClusterApi, one: WrittenCase, ofScenario: string | undefined): Promise<Outcome> {
  for (const asked of perDialect(one)) {
    const outcome = await evaluate(cluster, asked, ofScenario);
    if (outcome === 'unsupported') return outcome;
    if (!outcome.pass) return { pass: false, expected: { dialect: asked.dialect, expected: outcome.expected }, actual: outcome.actual };
  }
  return { pass: true };
}

/** Whether the product evaluates the case's dialect, and everything the case asserts is compared: a case is never half checked. */
function isSupported(scenario: Scenario, one: Case): boolean {
  if (one.expect === undefined) return false;
  if (one.kind === 'status' && one.subject?.kind === 'Ingress')
    return Object.keys(one.expect).every((member) => CLASS_MEMBERS.includes(member));
  if (one.kind === 'status') return one.subject !== undefined && comparesStatus(one.expect);
  if (one.kind === 'grpc') return one.request?.service !== undefined && comparesCall(one.expect);
  if (CONNECTIONS.has(one.kind)) return one.request !== undefined && comparesConnection(one.expect);
  if (one.kind !== 'http' || !DIALECTS.has(one.dialect ?? scenario.dialect ?? '')) return false;
  return one.request !== undefined && Object.keys(one.request).every((member) => ASKED.has(member)) && comparesAll(one.expect);
}

async function evaluate(cluster: ClusterApi, one: Case, ofScenario: string | undefined): Promise<Outcome> {
  if (one.subject?.kind === 'Ingress') return evaluateClass(cluster, one.subject, one.expect);
  if (one.subject && one.expect && comparesStatus(one.expect)) {
    const { kind, namespace, name } = one.subject;
    const answer = await cluster.ask('gateway-status', { kind, object: namespace === undefined ? name : `${namespace}/${name}` });
    return compareGatewayStatus(one.expect, one.parent, answer);
  }
  if (CONNECTIONS.has(one.kind)) return evaluateConnection(cluster, one);
  return one.kind === 'grpc' ? evaluateCall(cluster, one) : evaluateRoute(cluster, one, ofScenario);
}

/** What is told of an Ingress' class: whether somebody claims it, and the class that it would be given at its creation. */
const CLASS_MEMBERS: readonly string[] = ['handled', 'defaultedClass'];

async function evaluateClass(cluster: ClusterApi, { namespace, name }: KindedName, expect: Expectation = {}): Promise<Outcome> {
  const { result } = await cluster.ask('ingress-class', { ingress: `${namespace ?? ''}/${name}` });
  const actual = Object.fromEntries(Object.keys(expect).map((member) => [member, (result as Readonly<Record<string, unknown>>)[member]]));
  return compareJson(expect, actual);
}

/** A call is an HTTP request: `POST /service/method` (grpc/grpc `doc/PROTOCOL-HTTP2.md`). */
async function evaluateCall(cluster: ClusterApi, { request, expect, via }: Case): Promise<Outcome> {
  if (!request || !expect) return 'unsupported';
  const headers = Object.entries(request.headers).flatMap(([name, value]) => [value].flat().map((text) => `${name}: ${text}`));
  const answer = await cluster.ask('route', {
    url: `${request.scheme}://${request.host}/${request.service ?? ''}/${request.method}`,
    method: 'POST',
    headers: ['content-type: application/grpc', ...headers],
    ...(via?.gateway ? { gateway: `${via.gateway.namespace ?? ''}/${via.gateway.name}` } : {}),
    ...(via?.port === undefined ? {} : { port: via.port }),
    ...(request.sni === undefined ? {} : { sni: request.sni }),
  });
  return compareCall(expect, answer);
}

/** The pack's `?delay=1s` and `backendBehaviour` as parameters of `route`. */
function behaviourOf({ path, backendBehaviour }: Request): Readonly<Record<string, string | number>> {
  const delay = millisecondsOf(backendBehaviour?.delayEach ?? /[?&]delay=(\w+)/.exec(path)?.[1]);
  const { failures, failStatus, failBy } = backendBehaviour ?? {};
  const failure = failStatus ?? (failBy === 'connection error' ? 'connection' : undefined);
  return {
    ...(delay === undefined ? {} : { backendDelay: delay }),
    ...(failures === undefined ? {} : { backendFailures: failures }),
    ...(failure === undefined ? {} : { backendFailure: failure }),
  };
}

function millisecondsOf(text: string | undefined): number | undefined {
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(text ?? '') ?? [];
  return number === undefined ? undefined : Number(number) * (unit === 's' ? 1000 : 1);
}

/** A connection is asked for by its port; without a name in the hello its host says nothing. */
async function evaluateConnection(cluster: ClusterApi, { kind, request, expect, via, dialect }: Case): Promise<Outcome> {
  if (!expect || !via) return 'unsupported';
  const url = `${kind}://${request?.sni ?? '192.0.2.10'}:${via.port ?? 443}`;
  const place = via.gateway
    ? { gateway: `${via.gateway.namespace ?? ''}/${via.gateway.name}` }
    : { class: via.ingressClass ?? '', dialect: dialect ?? '' };
  const answer = await cluster.ask('route', { url, ...place });
  return compareConnection(expect, answer);
}

async function evaluateRoute(
  cluster: ClusterApi,
  { request, expect, via, dialect }: Case,
  ofScenario: string | undefined,
): Promise<Outcome> {
  if (!request || !expect) return 'unsupported';
  const headers = Object.entries(request.headers).flatMap(([name, value]) => [value].flat().map((text) => `${name}: ${text}`));
  const answer = await cluster.ask('route', {
    url: `${request.scheme}://${request.host}${request.path}`,
    method: request.method,
    dialect: dialect ?? ofScenario,
    ...(headers.length > 0 ? { headers } : {}),
    ...(via?.ingressClass === undefined ? {} : { class: via.ingressClass }),
    ...(via?.gateway ? { gateway: `${via.gateway.namespace ?? ''}/${via.gateway.name}` } : {}),
    ...(via?.port === undefined ? {} : { port: via.port }),
    ...(request.sni === undefined ? {} : { sni: request.sni }),
    ...(request.clientCertificate ? { clientCertificate: `${request.clientCertificate.namespace}/${request.clientCertificate.name}` } : {}),
    ...behaviourOf(request),
    ...(request.clientAddress === undefined ? {} : { clientAddress: request.clientAddress }),
  });
  return compareRoute(expect, answer, request.backendResponseHeaders);
}
