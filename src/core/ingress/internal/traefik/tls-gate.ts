import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteRequest } from '../../route-request.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { readRequestHost, type RequestHost } from '../request-host.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikCertificates } from './traefik-certificates.js';
import type { TlsChoice, TlsOptions } from './tls-options.js';

/** What the TLS of a connection comes to. */
export interface TlsGate {
  /** What ends the request before any router sees it. */
  readonly outcome: Outcome | undefined;
  readonly assumptions: readonly Note[];
}

/** Types of `clientAuth` by which the handshake fails without a certificate of the client. */
const ASKING: ReadonlySet<string | undefined> = new Set(['RequireAnyClientCert', 'RequireAndVerifyClientCert']);

/** The name in the TLS hello, in lower case; empty: none is sent. */
export function nameOf(sni: string | undefined): string {
  return sni === undefined ? '' : readRequestHost(sni).name;
}

/**
 * What a connection with TLS meets before HTTP: options that are broken close it (`brokenTLSRouter` of `pkg/server/router/tcp/router.go`), `sniStrict` refuses it without a certificate for its
 * name (`pkg/tls/tlsmanager.go`), and a request for a host whose options are others than those of the name gets 421 (`pkg/middlewares/snicheck/snicheck.go`).
 */
export function passTls(
  owner: ClassRouter,
  { sni, clientCertificate }: Pick<RouteRequest, 'sni' | 'clientCertificate'>,
  host: RequestHost,
  tls: TlsOptions,
  certificates: TraefikCertificates,
): TlsGate {
  const name = nameOf(sni);
  const choice = tls.forName(name);
  const refusal = refusalOf(owner, choice, name, certificates);
  if (refusal) return { outcome: refusal, assumptions: [] };
  const { option } = choice;
  const isAsked = ASKING.has(option?.clientAuth.type);
  if (isAsked && clientCertificate && clientCertificate.secret === undefined)
    return { outcome: withoutCertificate(owner, choice), assumptions: [] };
  const other = host.name === name ? choice : tls.forName(host.name);
  if (other.name !== choice.name) return { outcome: misdirected(owner, choice, other, name, host.name), assumptions: [] };
  return { outcome: undefined, assumptions: isAsked ? [presents(choice)] : [] };
}

/** crypto/tls: the handshake fails, "tls: client didn't provide a certificate". */
function withoutCertificate(owner: ClassRouter, choice: TlsChoice): Outcome {
  const message = `Traefik closes the connection: the TLS options ${choice.name} ask for a certificate of the client, and none is shown`;
  return ended(owner, choice, 'CONNECTION_REFUSED', null, 'CLIENT_CERTIFICATE_REFUSED', message);
}

function presents({ name, option }: TlsChoice): Note {
  const asks = option ? `${option.ref.kind} ${option.namespace}/${option.ref.name}` : name;
  const message = `the client is taken to present a certificate that ${asks} accepts (\`clientAuth\`)`;
  return { code: 'CLIENT_CERTIFICATE_ASSUMED', message };
}

/** Those who ask for TLS options, of which nothing came: the routers of their host ask for different ones, or another name was said. */
export function optionsLost(routers: Iterable<HttpRouter>, host: RequestHost, tls: TlsOptions): readonly Note[] {
  const got = tls.forName(host.name);
  return [...routers].flatMap((router) => {
    const asked = tls.askedBy(router).name;
    if (router.parts.tlsOptions === undefined || asked === got.name) return [];
    const { ref, namespace } = router.holder;
    const message = `${ref.kind} ${namespace}/${ref.name} asks for the TLS options ${asked}, and connections for \`${host.name}\` get ${got.name}: ${got.why}`;
    return [{ code: 'TLS_OPTIONS_NOT_USED', message }];
  });
}

/** Why the handshake does not come about; undefined: it does. */
export function refusalOf(owner: ClassRouter, choice: TlsChoice, name: string, certificates: TraefikCertificates): Outcome | undefined {
  const { fault, option, why } = choice;
  const refused = (message: string) => ended(owner, choice, 'CONNECTION_REFUSED', null, 'TLS_REFUSED', message);
  if (fault !== undefined) return refused(`Traefik closes connections for \`${name}\`: ${fault} (${why})`);
  if (!option?.sniStrict || certificates.covers(name)) return undefined;
  const whom = name === '' ? 'the client sends no SNI' : `no certificate is made out to \`${name}\``;
  return refused(`${whom}, and \`sniStrict\` refuses the connection`);
}

function misdirected(owner: ClassRouter, choice: TlsChoice, other: TlsChoice, name: string, host: string): Outcome {
  const opened = name === '' ? 'without a name' : `for \`${name}\``;
  const message = `421: the connection was opened ${opened} with the TLS options ${choice.name}, and \`${host}\` has ${other.name}`;
  return ended(owner, choice, 'MISDIRECTED', 421, 'TLS_OPTIONS_DIFFER', message);
}

function ended(
  owner: ClassRouter,
  { option }: TlsChoice,
  verdict: 'CONNECTION_REFUSED' | 'MISDIRECTED',
  status: number | null,
  reason: string,
  message: string,
): Outcome {
  const place = option && { object: option.ref, pointer: '/spec' };
  const step: EvidenceStep = { stage: 'certificate', outcome: 'deny', reason, message, ...place };
  return {
    router: owner,
    because: null,
    place: undefined,
    served: undefined,
    key: `${verdict} ${message}`,
    reached: { verdict, backend: undefined, unspecified: [], nearMisses: [], steps: [step] },
    backends: [],
    status,
    forwarded: undefined,
    redirect: null,
  };
}
