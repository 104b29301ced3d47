import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { Header, RouteRequest } from '../../route-request.js';
import { type Certificate, certificatePem } from '../certificate.js';
import type { Outcome } from '../dialect.js';
import { distinguishedName } from '../distinguished-name.js';
import { storedCertificate } from '../gateway/check-certificate.js';
import { readRequestHost, type RequestHost } from '../request-host.js';
import { annotationPointer } from './annotation-reader.js';
import { type Guard, guardOf } from './client-certificates.js';
import type { Context } from './context.js';
import { misdirected, refused, type Source, unknown } from './nginx-outcomes.js';
import { matchPattern } from './patterns.js';
import type { NginxServer } from './servers.js';

/** What nginx sees of the certificate of a client. Where the question does not tell: `assumed`, one that is valid; `open`, one or none. */
type Shown =
  | { readonly type: 'plain' | 'none' | 'assumed' | 'open' }
  | { readonly type: 'shown'; readonly secret: string; readonly certificate: Certificate };

/** A client at the server that its Host header names. */
export interface Client {
  readonly guard: Guard;
  /** That of the server that answers until the Host header is read; undefined: it asks for nothing. */
  readonly greeting: Guard | undefined;
  readonly shown: Shown;
  /** The handshake was made for another name, and this server asks for certificates. */
  readonly isMisdirected: boolean;
}

const asksFor = ({ verifies, asked }: Guard) => verifies && asked?.verify !== 'off';

/**
 * ngx_http_ssl_module: the server of the SNI asks for a certificate in the handshake, or does not; without SNI, or by a name that no server has, it is the catch-all. Inside
 * that connection a server that asks for certificates takes no request for another name (`ngx_http_set_virtual_server`).
 */
export function clientAt(context: Context, server: NginxServer, request: RouteRequest, host: RequestHost): Client {
  const guard = guardOf(context, server);
  const greeting = greetingGuard(context, request);
  if (request.scheme !== 'https') return { guard, greeting, shown: { type: 'plain' }, isMisdirected: false };
  const sni = request.sni === undefined ? undefined : readRequestHost(request.sni);
  const greeted = sni && context.names.choose(sni);
  const isNamed = greeted?.type === 'www' || (greeted?.type === 'server' && greeted.by !== 'any');
  const isAsked = greeting !== undefined && asksFor(greeting);
  return {
    guard,
    greeting,
    shown: isAsked ? shownBy(context, guard, request) : { type: 'none' },
    isMisdirected: isNamed && sni?.name !== host.name && asksFor(guard),
  };
}

/** What the server asks that makes the handshake, or to which a plain connection belongs until the Host header is read. */
export function greetingGuard(context: Context, { scheme, sni }: RouteRequest): Guard | undefined {
  const { names } = context;
  const greeted = scheme === 'https' && sni !== undefined ? names.choose(readRequestHost(sni)) : undefined;
  if (greeted?.type === 'www') return undefined;
  const greeting = greeted?.type === 'server' ? greeted.server : names.catchAll;
  return greeting && guardOf(context, greeting);
}

function shownBy({ model }: Context, { asked }: Guard, { clientCertificate }: RouteRequest): Shown {
  if (!clientCertificate) return { type: asked?.verify === 'on' ? 'assumed' : 'open' };
  const { secret } = clientCertificate;
  const certificate = secret === undefined ? undefined : storedCertificate(model, secret);
  return secret !== undefined && certificate ? { type: 'shown', secret, certificate } : { type: 'none' };
}

/** What nginx answers to a client without reading more of its request, and the error by which a page is looked for. */
interface Refusal {
  readonly outcome: Outcome;
  readonly error: number;
  /** What the server asks whose pages they are. */
  readonly guard: Guard | undefined;
}

/** Where nginx leads a client instead, or what it answers; undefined: neither, for its certificate is good enough. */
export function turnedAway(context: Context, { host }: NginxServer, client: Client): Refusal | { readonly page: string } | undefined {
  const { guard, shown, isMisdirected } = client;
  if (isMisdirected) {
    const source = sourceOf(context, guard, host, 'auth-tls-secret');
    const message = `421: the connection was opened for another name, and host \`${host}\` asks for certificates of clients`;
    return { outcome: misdirected(source, message), error: 421, guard: client.greeting };
  }
  // A Secret that cannot be used takes the place of all that is asked of certificates (`nginx.tmpl`).
  if (guard.broken || !guard.verifies || guard.asked?.verify !== 'on' || shown.type !== 'none') return undefined;
  const { errorPage } = guard.asked;
  if (errorPage !== '') return { page: errorPage };
  const source = sourceOf(context, guard, host, 'auth-tls-secret');
  const message = '`auth-tls-secret` asks for a certificate of the client, and none is shown: 400, "No required SSL certificate was sent"';
  return { outcome: refused(source, 400, 'CLIENT_CERTIFICATE_REFUSED', message), error: 496, guard };
}

/** Whether `error_page` stands in the server (`nginx.tmpl`). */
export function hasErrorPage(guard: Guard | undefined): boolean {
  return guard?.verifies === true && !guard.broken && guard.asked !== undefined && guard.asked.errorPage !== '';
}

/** What is told of a client that is led to `auth-tls-error-page`. */
export function ledToPage(context: Context, { host }: NginxServer, { guard }: Client, page: string): EvidenceStep {
  const { ingress, pointer } = sourceOf(context, guard, host, 'auth-tls-error-page');
  const message = `\`auth-tls-secret\` asks for a certificate of the client, and none is shown: it is led to \`${page}\``;
  return { stage: 'client-certificate', outcome: 'deny', reason: 'CLIENT_CERTIFICATE_REFUSED', message, object: ingress?.ref, pointer };
}

/** What a server answers to everybody, or to those whose certificate has another subject; undefined: nothing. */
export function refusedByServer(context: Context, { host }: NginxServer, { guard, shown }: Client): Outcome | undefined {
  const { asked, broken } = guard;
  if (asked && asked.subject !== '' && shown.type !== 'assumed' && shown.type !== 'open') {
    const subject = shown.type === 'shown' ? distinguishedName(shown.certificate.subject) : '';
    const match = matchPattern(asked.subject, subject, false);
    const source = sourceOf(context, guard, host, 'auth-tls-match-cn');
    if (match === 'unsupported')
      return unknown(
        source,
        'PATTERN_UNSUPPORTED',
        `\`auth-tls-match-cn\` is an expression that cannot be evaluated: \`${asked.subject}\``,
      );
    const has = shown.type === 'shown' ? `the certificate of the client is made out to \`${subject}\`` : 'the client shows no certificate';
    const message = `\`auth-tls-match-cn\` asks for \`${asked.subject}\`, and ${has}: 403`;
    if (match === 'no-match') return refused(source, 403, 'CLIENT_NAME_MISSING', message);
  }
  if (!broken) return undefined;
  const source = { ...sourceOf(context, guard, host, 'auth-tls-secret'), ingress: broken.ingress };
  return refused(source, 403, 'ANNOTATION_INVALID', `${broken.why}: the whole host answers 403`);
}

function sourceOf({ router }: Context, { ingress }: Guard, host: string, annotation: string): Source {
  return { router, ingress, pointer: annotationPointer(annotation), served: `host ${host}` };
}

/** The annotations that the certificate of a client is taken to satisfy, for nothing is told of it. */
export function passedByClient({ guard: { asked }, shown }: Client): readonly string[] {
  if (!asked || (shown.type !== 'assumed' && shown.type !== 'open')) return [];
  return [...(shown.type === 'assumed' ? ['auth-tls-secret'] : []), ...(asked.subject === '' ? [] : ['auth-tls-match-cn'])];
}

/** What is taken for granted of a certificate that is shown. */
export function grantedToClient({ guard: { asked }, shown }: Client): readonly Note[] {
  if (shown.type !== 'shown' || !asked || asked.verify === 'optional_no_ca') return [];
  const message = `the certificate of the client (Secret ${shown.secret}) is taken to be valid, and issued by an authority of Secret ${asked.secret} over at most ${asked.depth} others: authorities in Secrets are not stored`;
  return [{ code: 'CLIENT_CERTIFICATE_ASSUMED', message }];
}

/** The headers by which the backend learns of the certificate, in place of those that the client sends; without value: left out. What is not known stands in braces. */
export function clientHeaders({ model }: Context, { guard, shown }: Client): readonly Header[] {
  const { asked } = guard;
  if (!guard.verifies || !asked) return [];
  const told = (of: (certificate: Certificate) => string, name: string) =>
    shown.type === 'shown' ? of(shown.certificate) : shown.type === 'assumed' || shown.type === 'open' ? `{${name}}` : '';
  const headers: readonly Header[] = [
    ['ssl-client-verify', verifiedAs(shown, asked.verify === 'optional_no_ca')],
    ['ssl-client-subject-dn', told(({ subject }) => distinguishedName(subject), 'subject')],
    ['ssl-client-issuer-dn', told(({ issuer }) => distinguishedName(issuer), 'issuer')],
  ];
  if (!asked.passes) return headers;
  const stored = shown.type === 'shown' ? model.secrets.get(shown.secret)?.tlsCertificate : undefined;
  return [['ssl-client-cert', told(() => encodeURIComponent(certificatePem(stored ?? '') ?? ''), 'certificate')], ...headers];
}

function verifiedAs({ type }: Shown, takesAny: boolean): string {
  if (type === 'plain') return '';
  if (type === 'none') return 'NONE';
  return type === 'open' || takesAny ? '{verify}' : 'SUCCESS';
}
