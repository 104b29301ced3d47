import { assertNever } from '../../../kernel/assert-never.js';
import type { Ip } from '../../../net/ip.js';
import type { RouteRequest } from '../../route-request.js';
import { cleanPath } from '../traefik/clean-path.js';
import { replaceInText } from '../traefik/go-regexp.js';
import { escapedPath, type GoPath, goPath } from '../traefik/go-url.js';
import { withHeader } from '../header-list.js';
import type { Passage } from '../traefik/passage.js';
import { type Changed, unsupported } from '../traefik/treat-path.js';
import { redirectRegex, redirectScheme, redirectTo } from '../traefik/treat-redirect.js';
import type { NginxAction } from './nginx-action.js';
import { filled } from './nginx-variables.js';

/** What the middlewares for annotations of ingress-nginx make of a request. */
export function changeByNginx(passage: Passage, action: NginxAction, { clientAddress: client, clientCertificate }: RouteRequest): Changed {
  switch (action.type) {
    case 'rewriteTarget':
      return rewriteTarget(passage, action);
    case 'appRoot':
      return appRoot(passage, action.path, client);
    case 'upstreamVhost':
      return upstreamVhost(passage, action, client);
    case 'redirectWith':
      return redirectRegex(passage, action.regex, action.replacement, true, action.status);
    case 'passCertificate':
      return passCertificate(passage, action.isAsked && (!clientCertificate || clientCertificate.secret !== undefined));
    case 'redirectToHttps':
      return redirectScheme(passage, 'https', '', true, 308);
    case 'answer':
      return { answer: { status: action.status, redirect: undefined }, told: `${action.status}: ${action.why}` };
    default:
      return assertNever(action);
  }
}

const CERTIFICATE_HEADERS = ['Ssl-Client-Verify', 'Ssl-Client-Subject-Dn', 'Ssl-Client-Issuer-Dn', 'Ssl-Client-Cert'];

/**
 * `pkg/middlewares/ingressnginx/authtlspasscertificatetoupstream`: what the client sends of these is left out, however it spells them. What Go makes of a certificate is not worked out:
 * it stands in braces.
 */
function passCertificate(passage: Passage, mayShowOne: boolean): Changed {
  const own = new Set(CERTIFICATE_HEADERS.map((name) => name.toLowerCase()));
  const others = passage.headers.filter(([name]) => !own.has(name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')));
  if (!mayShowOne)
    return { headers: [...others, ['Ssl-Client-Verify', 'NONE']], told: 'the client shows no certificate: `Ssl-Client-Verify: NONE`' };
  const made = ['{verify}', '{subject}', '{issuer}', '{certificate}'].map((value, at) => [CERTIFICATE_HEADERS[at] ?? '', value] as const);
  return { headers: [...others, ...made], told: 'the backend is told of the certificate that the client shows' };
}

type Rewrite = Extract<NginxAction, { type: 'rewriteTarget' }>;

/** `url.Parse` finds a scheme. */
export const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;

/**
 * `pkg/middlewares/ingressnginx/rewritetarget/rewrite_target.go`: what the expression finds in the path, without case and wherever it stands, is replaced; the rest of the path and the query stay. A
 * target with a scheme is a redirect, and keeps the query where it brings none of its own.
 */
function rewriteTarget(passage: Passage, { regex, replacement, forwardedPrefix }: Rewrite): Changed {
  const isAbsolute = ABSOLUTE.test(replacement);
  const pattern = regex === '' ? '' : `(?i)${regex}${isAbsolute && !hasGroups(regex) ? '.*' : ''}`;
  const made = pattern === '' ? replacement.replace(/\$\d+/g, '') : replaceInText(pattern, passage.path, replacement);
  if (made === undefined) return unsupported(regex);
  if (made === null) return { told: `\`${regex}\` does not match the path: it stays` };
  if (made === '') return failed(500, 'the rewritten path is empty');
  if (isAbsolute) return redirected(passage, made);
  const path = goPath(made);
  if (!path) return failed(500, `in \`${made}\` a percent sign does not stand for a byte`);
  const written = escapedPath(rawPath(path, made));
  if (cleanPath(written) !== written) return failed(400, `\`${written}\` is what would be sent on, which is no clean path`);
  const prefix = pattern === '' ? forwardedPrefix : (replaceInText(pattern, passage.path, forwardedPrefix) ?? '');
  const headers = forwardedPrefix === '' ? passage.headers : withHeader(passage.headers, 'X-Forwarded-Prefix', prefix);
  return { path: written, headers, told: `the path becomes \`${written}\`` };
}

/** A text with a `?` is a path all the same. */
function rawPath({ plain, raw }: GoPath, made: string): GoPath {
  return { plain, raw: raw === '' ? '' : made };
}

/** Whether an expression has a group that captures. */
function hasGroups(regex: string): boolean {
  return /\((?!\?)|\(\?P?</.test(regex.replace(/\\.|\[(?:\\.|[^\]\\])+\]/g, ''));
}

function redirected({ query }: Passage, made: string): Changed {
  const own = made.includes('?') || query === undefined || query === '' ? made : `${made}?${query}`;
  return { answer: { status: 302, redirect: redirectTo(302, own) }, told: `302 to \`${own}\`` };
}

function failed(status: number, why: string): Changed {
  return { answer: { status, redirect: undefined }, told: `${status}: ${why}` };
}

/** `pkg/middlewares/ingressnginx/approot/app_root.go`: `/` alone, whatever the router. */
function appRoot(passage: Passage, path: string, client: Ip | undefined): Changed {
  if (passage.path !== '/' && passage.path !== '') return { told: 'it acts on `/` alone' };
  const location = filled(`$scheme://$best_http_host${path}`, passage, {}, client);
  if (typeof location !== 'string') return location;
  return { answer: { status: 302, redirect: redirectTo(302, location) }, told: `302 to \`${location}\`` };
}

/** `pkg/middlewares/ingressnginx/upstreamvhost/upstream_vhost.go`. */
function upstreamVhost(
  passage: Passage,
  { vhost, variables }: Extract<NginxAction, { type: 'upstreamVhost' }>,
  client: Ip | undefined,
): Changed {
  const host = filled(vhost, passage, variables, client);
  return typeof host === 'string' ? { host, told: `the backend is asked for \`${host}\`` } : host;
}
