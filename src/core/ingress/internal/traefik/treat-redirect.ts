import type { RouteRedirect } from '../../route-result.js';
import { replaceInText } from './go-regexp.js';
import { headerValue } from '../header-list.js';
import { type Passage, requestUri } from './passage.js';
import { type Changed, unsupported } from './treat-path.js';

/** `uriPattern` of `pkg/middlewares/redirect/redirect_scheme.go`: scheme, host, port, rest. */
const URI = /^(https?:\/\/)?(\[[\w:.]+\]|[\w._-]+)?(:\d+)?(.*)$/s;

/** `redirectScheme` (`pkg/middlewares/redirect/redirect_scheme.go`): whoever comes by the scheme already, and by its port, goes on. */
export function redirectScheme(passage: Passage, scheme: string, port: string, permanent: boolean, status?: number): Changed {
  const [, host = '', given] = /^(.*?)(:\d+)?$/.exec(passage.host) ?? [];
  const came = schemeOf(passage);
  const own = (came === 'http' && given === ':80') || (came === 'https' && given === ':443') ? '' : (given ?? '');
  const asked = `${came}://${host}${own}${requestUri(passage)}`;
  const isUsual = (scheme === 'http' && port === '80') || (scheme === 'https' && port === '443');
  const shownPort = port === '' || isUsual ? '' : `:${port}`;
  const [, , name = '', , rest = ''] = URI.exec(asked) ?? [];
  return towards(passage, asked, `${scheme}://${name}${shownPort}${rest}`, permanent, status);
}

/** `clientRequestURL`: what `X-Forwarded-Proto` says, where it names a scheme. */
function schemeOf({ scheme, headers }: Passage): Passage['scheme'] {
  switch ((headerValue(headers, 'X-Forwarded-Proto') ?? '').toLowerCase()) {
    case 'http':
    case 'ws':
      return 'http';
    case 'https':
    case 'wss':
      return 'https';
    default:
      return scheme;
  }
}

/** `redirectRegex` (`pkg/middlewares/redirect/redirect_regex.go`): the whole URL, as it was sent, is what the expression sees. */
export function redirectRegex(passage: Passage, regex: string, replacement: string, permanent: boolean, status?: number): Changed {
  const asked = `${passage.scheme}://${passage.host}${requestUri(passage)}`;
  const made = replaceInText(regex, asked, replacement);
  if (made === undefined) return unsupported(regex);
  return made === null ? { told: `\`${regex}\` does not match \`${asked}\`` } : towards(passage, asked, made, permanent, status);
}

/** What Go's `url.Parse` refuses: a percent sign that stands for no byte, or any in a host but that of a zone (`%25`). Queries are not looked at. */
const BROKEN = /%(?![0-9a-f]{2})|^[a-z][a-z0-9+.-]*:\/\/[^/?#]*%(?!25)/i;

/** `moveHandler` of `pkg/middlewares/redirect/redirect.go`: 302, or 301 for good; another method than GET keeps itself by 307 and 308. `told`: the status that its provider asks for. */
function towards({ method }: Passage, asked: string, location: string, permanent: boolean, told?: number): Changed {
  if (location === asked) return { told: `\`${asked}\` is where it would lead: the request goes on` };
  if (BROKEN.test(location.replace(/\?[^#]*/, '')))
    return { answer: { status: 502, redirect: undefined }, told: `502: \`${location}\` is no URL that Go can read` };
  const status = told ?? (method === 'GET' ? (permanent ? 301 : 302) : permanent ? 308 : 307);
  return { answer: { status, redirect: redirectTo(status, location) }, told: `${status} to \`${location}\`` };
}

/** Where a client is sent, taken apart. */
export function redirectTo(status: number, location: string): RouteRedirect {
  const [, scheme = '', host = '', port, path = ''] = /^(?:([\w+.-]+):\/\/)?(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?(.*)$/s.exec(location) ?? [];
  return { status, location, scheme, host, port: port === undefined ? null : Number(port), path };
}
