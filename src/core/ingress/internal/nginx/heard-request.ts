import type { Note } from '../../../kernel/answer.js';
import type { Header, RouteRequest } from '../../route-request.js';
import type { NginxOptions } from './options.js';

/** The one name of which every nginx knows the first value alone (`ngx_http_process_user_agent`). */
const FIRST_ONLY = 'user_agent';

const keyOf = (name: string) => name.toLowerCase().replaceAll('-', '_');

/** Those whose values every nginx joins. */
const ALWAYS_JOINED = new Set(['cookie', 'x_forwarded_for']);

/** `$http_name`, without case and with `_` for `-`: values of several headers are joined, as nginx does since 1.23 (`ngx_http_variable_headers_internal`, `ngx_http_variable_unknown_header`); undefined: the client sends none. */
export function headerVariable(name: string, { headers }: Pick<RouteRequest, 'headers'>, joins: boolean): string | undefined {
  const key = keyOf(name);
  const values = headers.filter(([one]) => keyOf(one) === key).map(([, value]) => value);
  if (values.length === 0 || key === FIRST_ONLY || !(joins || ALWAYS_JOINED.has(key))) return values[0];
  return values.join(key === 'cookie' ? '; ' : ', ');
}

/** `ngx_http_parse_header_line`: letters, digits and `-`; `_` where `underscores_in_headers` is on. Others are left out unless `ignore_invalid_headers` is off. */
function isHeard({ hears }: NginxOptions, [name]: Header): boolean {
  return hears.anyName || (hears.underscores ? /^[\w-]+$/ : /^[A-Za-z0-9-]+$/).test(name);
}

/** The request without the headers that nginx takes for none. */
export function heard(options: NginxOptions, request: RouteRequest): RouteRequest {
  const headers = request.headers.filter((header) => isHeard(options, header));
  return headers.length === request.headers.length ? request : { ...request, headers };
}

/** What is told of headers that are left out. */
export function leftOut(options: NginxOptions, { headers }: RouteRequest): readonly Note[] {
  const names = headers.filter((header) => !isHeard(options, header)).map(([name]) => name);
  if (names.length === 0) return [];
  const setting = names.every((name) => /^[\w-]+$/.test(name))
    ? '`enable-underscores-in-headers` is on'
    : '`ignore-invalid-headers` is off';
  const message = `nginx leaves out the headers \`${[...new Set(names)].join('`, `')}\`, whose names it takes for none unless ${setting}`;
  return [{ code: 'HEADERS_LEFT_OUT', message }];
}
