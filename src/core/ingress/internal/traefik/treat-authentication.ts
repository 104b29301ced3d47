import { decodeBase64 } from '../../../kernel/base64.js';
import type { Ip } from '../../../net/ip.js';
import type { AskedClient } from '../../../resources/traefik-middleware.js';
import type { AuthAnswer, Header } from '../../route-request.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import { headerValue, withHeader } from '../header-list.js';
import { filled } from '../traefik-nginx/nginx-variables.js';
import { findInText } from './go-regexp.js';
import type { Passage } from './passage.js';
import { type Changed, unsupported } from './treat-path.js';
import { redirectTo } from './treat-redirect.js';

type AskedService = Extract<AskedClient, { by: 'service' }>;

/** Headers between two machines alone (`hopHeaders` of `pkg/middlewares/auth/forward.go`), and what tells of the body. */
const OWN_OF_ANSWER = /^(connection|keep-alive|te|trailers?|transfer-encoding|upgrade|content-(length|type|encoding))$/i;

/** What becomes of a client that is asked who it is, where the question says what comes of it (`pkg/middlewares/auth`). */
export function authenticate(passage: Passage, asks: AskedClient, auth: AuthAnswer, client: Ip | undefined): Changed {
  const isLetIn = auth.status >= 200 && auth.status < 300;
  if (asks.by === 'service') return isLetIn ? introduce(passage, asks, auth) : handOn(passage, asks, auth, client);
  if (isLetIn) return { headers: headersBehind(passage, asks), told: 'the password of the client is right' };
  const challenge = asks.challenge === undefined ? [] : [setTo('WWW-Authenticate', asks.challenge)];
  return {
    answer: { status: 401, redirect: undefined },
    responseHeaders: [...challenge, ...passage.responseHeaders],
    told: '401: the client has no right password',
  };
}

const setTo = (name: string, value: string): ResponseHeaderChange => ({ action: 'set', name, value });

/** What the backend is sent of a client that is let in by its password (`basic_auth.go`, `digest_auth.go`): `headerField` says who it is, in place of what the client says there. */
export function headersBehind({ headers }: Pick<Passage, 'headers'>, asks: AskedClient): readonly Header[] {
  if (asks.by !== 'password') return headers;
  const named = asks.userHeader === '' ? headers : withHeader(headers, asks.userHeader, userIn(headers));
  return asks.removesHeader ? withHeader(named, 'Authorization', undefined) : named;
}

/** The name that a client proves itself by (RFC 7617 §2, RFC 7616 §3.4); where it is not told, it stands in braces. */
function userIn(headers: readonly Header[]): string {
  const sent = headerValue(headers, 'authorization') ?? '';
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(sent)?.[1];
  const user = basic === undefined ? /^Digest .*\busername="([^"]*)"/i.exec(sent)?.[1] : /^([^:]*):/.exec(decodeBase64(basic))?.[1];
  return user ?? '{user}';
}

/** The backend gets the headers that are named as the service answered them, and never those of the client. */
function introduce(passage: Passage, { headers: names, expression, cookies }: AskedService, auth: AuthAnswer): Changed {
  const { headers } = passage;
  let changed: readonly Header[] = headers;
  for (const name of names) changed = withHeader(changed, name, headerValue(auth.headers, name));
  if (expression !== '') {
    const isNamed = ([name]: Header) => findInText(expression, canonical(name));
    if ([...changed, ...auth.headers].some((header) => isNamed(header) === undefined)) return unsupported(expression);
    const found = (header: Header) => isNamed(header) !== 'none';
    changed = [...changed.filter((header) => !found(header)), ...auth.headers.filter(found)];
  }
  return {
    headers: changed,
    responseHeaders: [...given(auth, cookies), ...passage.responseHeaders],
    told: 'the service lets the client in',
  };
}

/** `addAuthCookiesToResponse` (`buildModifier` of `forward.go`). */
function given({ headers }: AuthAnswer, cookies: readonly string[]): readonly ResponseHeaderChange[] {
  const isNamed = (value: string) => cookies.includes(value.slice(0, Math.max(0, value.indexOf('='))).trim());
  return headers.flatMap(([name, value]) =>
    name.toLowerCase() === 'set-cookie' && isNamed(value) ? [{ action: 'add', name: 'Set-Cookie', value }] : [],
  );
}

/** `http.CanonicalHeaderKey`. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** A client that is not let in gets the answer of the service, or is sent to sign in. */
function handOn(passage: Passage, asks: AskedService, auth: AuthAnswer, client: Ip | undefined): Changed {
  if (auth.status === 401 && asks.signIn !== '') return toSignIn(passage, asks, client);
  const { status } = auth;
  const told = headerValue(auth.headers, 'location');
  const location = told === undefined || asks.keepsLocation ? told : absolute(told, asks.address);
  if (told !== undefined && location === undefined) {
    return { answer: { status: 500, redirect: undefined }, told: `500: \`${told}\` is no URL to lead on to` };
  }
  const shown = auth.headers.filter(([name]) => !OWN_OF_ANSWER.test(name) && name.toLowerCase() !== 'location');
  const responseHeaders = [...shown.map(([name, value]) => setTo(name, value)), ...passage.responseHeaders];
  const redirect = location !== undefined && status >= 300 && status < 400 ? redirectTo(status, location) : undefined;
  return {
    answer: { status, redirect },
    responseHeaders,
    told: `${status}: the service does not let the client in, and its answer is handed on`,
  };
}

/** A redirect leads on from the address of the service. */
function absolute(location: string, address: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return location;
  try {
    return new URL(location, address).href;
  } catch {
    return undefined;
  }
}

/** `executeForwardAuth` of `pkg/middlewares/ingressnginx/snippet/snippet.go`: the page is told where the client wanted to go, unless its URL says `rd=`. */
function toSignIn(passage: Passage, { signIn, fillsSignIn }: AskedService, client: Ip | undefined): Changed {
  if (!fillsSignIn) return signingIn(signIn); // `ServeHTTP` of `pkg/middlewares/auth/forward.go`: as it is written
  const wanted = 'rd=$scheme://$best_http_host$escaped_request_uri';
  const whole = signIn.includes('rd=') ? signIn : `${signIn}${signIn.includes('?') ? '&' : '?'}${wanted}`;
  const location = filled(whole, passage, {}, client);
  return typeof location === 'string' ? signingIn(location) : location;
}

function signingIn(location: string): Changed {
  return { answer: { status: 302, redirect: redirectTo(302, location) }, told: `302 to \`${location}\`, where the client signs in` };
}
