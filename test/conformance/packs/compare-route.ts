import type { Envelope } from '../api.js';
import type { Outcome } from '../set-result.js';

/** What a case says about one HTTP request (the pack's README, "http"); only what is given counts. */
export interface RouteExpectation {
  readonly status?: readonly number[];
  readonly statusNot?: readonly number[];
  /** Without `service`: any of the namespace. */
  readonly backend?: { readonly namespace: string; readonly service?: string };
  /** Number of ready endpoints of the backend. */
  readonly endpoints?: number;
  readonly endpointPodPrefix?: string;
  readonly forwarded?: { readonly path?: string; readonly host?: string; readonly method?: string };
  readonly serverCertificate?: 'default' | { readonly namespace: string; readonly name: string };
}

const COMPARED: ReadonlySet<string> = new Set([
  'status',
  'statusNot',
  'backend',
  'endpoints',
  'endpointPodPrefix',
  'forwarded',
  'serverCertificate',
  'strength',
]);
const COMPARED_FORWARDED = ['path', 'host', 'method'] as const;

/** Whether everything the expectation says is compared. */
export function comparesAll(expect: RouteExpectation): boolean {
  const forwarded: ReadonlySet<string> = new Set(COMPARED_FORWARDED);
  return (
    Object.keys(expect).every((member) => COMPARED.has(member)) &&
    Object.keys(expect.forwarded ?? {}).every((member) => forwarded.has(member))
  );
}

interface RouteResult {
  readonly status: number | null;
  readonly backends: readonly {
    readonly namespace: string;
    readonly service: string;
    readonly endpoints: readonly { readonly pod: string | null }[];
  }[];
  readonly certificate: { readonly namespace: string; readonly secret: string } | null;
  readonly forwarded: { readonly path: string; readonly host: string; readonly method: string } | null;
}

/** Compares an answer of `route` with what a case says, and names every member that differs. */
export function compareRoute(expect: RouteExpectation, { verdict, result: given }: Envelope): Outcome {
  const result = given as RouteResult;
  const status = result.status ?? statusOfBackend(verdict);
  const [backend, ...more] = result.backends;
  const checks: readonly (readonly [member: string, holds: boolean])[] = [
    ['status', !expect.status || (status !== undefined && expect.status.includes(status))],
    ['statusNot', !expect.statusNot || (status !== undefined && !expect.statusNot.includes(status))],
    ['backend', !expect.backend || (more.length === 0 && isBackend(expect.backend, backend))],
    ['endpoints', expect.endpoints === undefined || backend?.endpoints.length === expect.endpoints],
    ['endpointPodPrefix', havePrefix(expect.endpointPodPrefix, backend?.endpoints)],
    ['serverCertificate', isCertificate(expect.serverCertificate, result.certificate)],
    ...COMPARED_FORWARDED.map((member): readonly [string, boolean] => {
      const wanted = expect.forwarded?.[member];
      return [`forwarded ${member}`, wanted === undefined || result.forwarded?.[member] === wanted];
    }),
  ];
  const wrong = checks.flatMap(([member, holds]) => (holds ? [] : [member]));
  return wrong.length === 0 ? { pass: true } : { pass: false, expected: { wrong, expect }, actual: { verdict, status, result } };
}

/** The suites' backends answer 200 to whatever reaches them. */
function statusOfBackend(verdict: string): number | undefined {
  return verdict === 'ROUTED' || verdict === 'DEFAULT_BACKEND' ? 200 : undefined;
}

function isBackend(expected: NonNullable<RouteExpectation['backend']>, actual: RouteResult['backends'][number] | undefined): boolean {
  if (actual?.namespace !== expected.namespace) return false;
  return expected.service === undefined || actual.service === expected.service;
}

function havePrefix(prefix: string | undefined, endpoints: readonly { readonly pod: string | null }[] = []): boolean {
  if (prefix === undefined) return true;
  return endpoints.length > 0 && endpoints.every(({ pod }) => pod?.split('/')[1]?.startsWith(prefix) ?? false);
}

function isCertificate(expected: RouteExpectation['serverCertificate'], actual: RouteResult['certificate']): boolean {
  if (expected === undefined) return true;
  if (expected === 'default') return actual === null;
  return actual?.namespace === expected.namespace && actual.secret === expected.name;
}
