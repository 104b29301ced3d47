import type { Envelope } from '../api.js';
import type { Outcome } from '../set-result.js';

/** What a case says about a connection that is not HTTP (the pack's README, "tls", "tcp", "udp"); only what is given counts. */
interface ConnectionExpectation {
  readonly connection?: string;
  readonly backend?: { readonly namespace: string; readonly service: string };
  readonly backendReceivesTLS?: boolean;
  readonly backendSni?: string;
  readonly endpointPodPrefix?: string;
  readonly serverCertificate?: { readonly namespace: string; readonly name: string };
}

const COMPARED: ReadonlySet<string> = new Set([
  'connection',
  'backend',
  'backendReceivesTLS',
  'backendSni',
  'endpointPodPrefix',
  'serverCertificate',
]);

/** Whether everything that is said about a connection is compared. */
export function comparesConnection(expect: object): expect is ConnectionExpectation {
  return Object.keys(expect).every((member) => COMPARED.has(member));
}

interface ConnectionResult {
  readonly backends: readonly {
    readonly namespace: string;
    readonly service: string;
    readonly tls: { readonly sni: string | null } | null;
    readonly endpoints: readonly { readonly pod: string | null }[];
  }[];
  readonly certificate: { readonly namespace: string; readonly secret: string } | null;
}

/** Compares an answer of `route` with what a case says about a connection, and names every member that differs. */
export function compareConnection(expect: object, { verdict, result }: Envelope): Outcome {
  if (!comparesConnection(expect)) return 'unsupported';
  const { backends, certificate } = result as ConnectionResult;
  const [backend, ...others] = backends;
  const { connection, backend: wanted, backendReceivesTLS, backendSni, endpointPodPrefix: prefix, serverCertificate } = expect;
  const isRouted = verdict === 'ROUTED';
  const checks: readonly (readonly [member: string, holds: boolean])[] = [
    ['connection', connection === undefined || isRouted === (connection === 'ok')],
    [
      'backend',
      !wanted || (isRouted && others.length === 0 && backend?.namespace === wanted.namespace && backend.service === wanted.service),
    ],
    ['backendReceivesTLS', backendReceivesTLS === undefined || (backend?.tls !== null) === backendReceivesTLS],
    ['backendSni', backendSni === undefined || backend?.tls?.sni === backendSni],
    ['endpointPodPrefix', prefix === undefined || backend?.endpoints.every(({ pod }) => pod?.split('/')[1]?.startsWith(prefix)) === true],
    [
      'serverCertificate',
      !serverCertificate || (certificate?.namespace === serverCertificate.namespace && certificate.secret === serverCertificate.name),
    ],
  ];
  const wrong = checks.flatMap(([member, holds]) => (holds ? [] : [member]));
  return wrong.length === 0 ? { pass: true } : { pass: false, expected: { wrong, expect }, actual: { verdict, result } };
}
