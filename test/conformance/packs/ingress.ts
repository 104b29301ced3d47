import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import type { ClusterApi, Envelope } from '../api.js';
import { listFile } from '../api.js';
import { checkCount, type PackContext, readJson } from '../pack.js';
import { compareJson, type Outcome, type SetResult, SetTally } from '../set-result.js';

interface Request {
  readonly scheme: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly sni?: string;
  readonly clientAddress?: string;
}
interface Expectation {
  readonly status?: readonly number[];
  readonly statusNot?: readonly number[];
  readonly backend?: { readonly namespace: string; readonly service?: string };
  readonly serverCertificate?: string;
  readonly forwarded?: { readonly path?: string; readonly host?: string; readonly method?: string };
  readonly endpointPodPrefix?: string;
  readonly endpoints?: number;
}
interface Case {
  readonly id: string;
  readonly kind: string;
  readonly dialect?: string;
  readonly via?: { readonly ingressClass?: string };
  readonly request?: Request;
  readonly expect?: Expectation;
  readonly mutations?: readonly unknown[];
}
interface Scenario {
  readonly test: string;
  readonly dialect: string;
  readonly manifests: readonly unknown[];
  readonly base?: readonly string[];
  readonly cases: readonly Case[];
}
interface Index {
  readonly counts: Readonly<Record<string, { readonly cases: number; readonly file?: string }>>;
}

/** Dialects the product evaluates; a case of another one is unsupported. */
const DIALECTS: ReadonlySet<string> = new Set(['ingress-v1']);

/** Members of an expectation that the comparison below reads; a case that asserts more is unsupported, never half checked. */
const COMPARED: ReadonlySet<string> = new Set(['status', 'statusNot', 'backend', 'serverCertificate', 'forwarded', 'endpointPodPrefix', 'endpoints', 'strength']);
const COMPARED_FORWARDED: ReadonlySet<string> = new Set(['path', 'host', 'method', 'headers']);

/** Files of the sets that are no single file in the index. */
const FOLDERS: Readonly<Record<string, string>> = { 'gateway-api': 'gateway-api', 'traefik-rules': 'traefik', 'ingress-controller-conformance': 'ingress' };

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
    for (const scenario of scenarios) await runScenario(context, scenario, tally);
    yield tally.result();
  }
}

function scenariosOf(directory: string, set: string, file: string | undefined): readonly Scenario[] {
  const files = file === undefined ? filesOf(directory, FOLDERS[set] ?? '') : [file];
  return files
    .map((name) => readJson<{ set?: string; scenarios?: readonly Scenario[] }>(directory, name))
    .filter((content) => content.set === set)
    .flatMap((content) => content.scenarios ?? []);
}

function filesOf(directory: string, folder: string): readonly string[] {
  return readdirSync(join(directory, folder))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

async function runScenario(context: PackContext, scenario: Scenario, tally: SetTally): Promise<void> {
  const supported = scenario.cases.filter((one) => isSupported(scenario, one));
  for (const one of scenario.cases.filter((other) => !supported.includes(other))) await tally.run(one.id, () => 'unsupported');
  if (supported.length === 0) return;
  await context.api.withCluster({}, [listFile(scenario.manifests)], async (cluster) => {
    for (const one of supported) await tally.run(one.id, () => evaluate(cluster, one));
  });
}

function isSupported(scenario: Scenario, one: Case): boolean {
  if (one.kind !== 'http' || !DIALECTS.has(one.dialect ?? scenario.dialect) || one.mutations || scenario.base || !one.expect) return false;
  const members = Object.keys(one.expect).every((member) => COMPARED.has(member));
  return members && Object.keys(one.expect.forwarded ?? {}).every((member) => COMPARED_FORWARDED.has(member));
}

interface RouteResult {
  readonly status: number | null;
  readonly backend: { readonly namespace: string; readonly service: string; readonly endpoints: readonly { readonly pod: string | null }[] } | null;
  readonly certificate: { readonly secret: string | null } | null;
  readonly forwarded: { readonly path: string; readonly host: string; readonly method: string } | null;
}

async function evaluate(cluster: ClusterApi, one: Case): Promise<Outcome> {
  const { request, expect, via } = one;
  if (!request || !expect) return 'unsupported';
  const headers = Object.entries(request.headers).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((text) => `${name}: ${text}`));
  const answer = await cluster.ask('route', {
    url: `${request.scheme}://${request.host}${request.path}`,
    method: request.method,
    ...(headers.length > 0 ? { headers } : {}),
    ...(via?.ingressClass === undefined ? {} : { class: via.ingressClass }),
    ...(request.sni === undefined ? {} : { sni: request.sni }),
  });
  return compareRoute(expect, answer);
}

function compareRoute(expect: Expectation, answer: Envelope): Outcome {
  const result = answer.result as RouteResult;
  const wrong: string[] = [];
  const check = (what: string, holds: boolean) => holds || wrong.push(what);
  if (expect.status) check('status', result.status !== null && expect.status.includes(result.status));
  if (expect.statusNot) check('statusNot', result.status !== null && !expect.statusNot.includes(result.status));
  if (expect.backend) check('backend namespace', result.backend?.namespace === expect.backend.namespace);
  if (expect.backend?.service !== undefined) check('backend service', result.backend?.service === expect.backend.service);
  if (expect.serverCertificate !== undefined) check('certificate', result.certificate?.secret?.split('/').at(-1) === expect.serverCertificate.split('/').at(-1));
  for (const member of ['path', 'host', 'method'] as const) {
    const wanted = expect.forwarded?.[member];
    if (wanted !== undefined) check(`forwarded ${member}`, compareJson(wanted, result.forwarded?.[member] ?? null) !== 'unsupported' && result.forwarded?.[member] === wanted);
  }
  const pods = result.backend?.endpoints ?? [];
  if (expect.endpoints !== undefined) check('endpoints', pods.length === expect.endpoints);
  if (expect.endpointPodPrefix !== undefined) check('endpoint pods', pods.length > 0 && pods.every((endpoint) => endpoint.pod?.split('/').at(-1)?.startsWith(expect.endpointPodPrefix ?? '')));
  return wrong.length === 0 ? { pass: true } : { pass: false, expected: { wrong, expect }, actual: { verdict: answer.verdict, result } };
}
