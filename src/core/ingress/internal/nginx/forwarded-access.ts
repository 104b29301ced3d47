import { type Ip, parseIp } from '../../../net/ip.js';
import type { RouteRequest } from '../../route-request.js';
import { headerValue } from '../header-list.js';
import type { NginxOptions } from './options.js';
import { isListed } from './source-range.js';

/** How a request came to whatever stands in front of the controller, as far as the controller believes it (`lua_ingress.lua`, `rewrite`; ngx_http_realip_module). */
export interface Access {
  /** What `X-Forwarded-Proto` says, whatever that is. */
  readonly scheme: string;
  /** With its port. */
  readonly host: string;
  readonly port: string;
  readonly client: Ip | undefined;
}

/** The access of a request: its own, unless `use-forwarded-headers` or `enable-real-ip` tells the controller to believe headers. */
export function accessOf(options: NginxOptions, request: RouteRequest): Access {
  const header = (name: string) => joined(request, name);
  const told = (name: string, own: string) => (options.trustsForwarded ? (header(name) ?? own) : own);
  const { isBelieved } = options.realIp;
  return {
    scheme: told('X-Forwarded-Proto', request.scheme),
    host: told('X-Forwarded-Host', request.host).split(',')[0] ?? '',
    port: told('X-Forwarded-Port', request.scheme === 'https' ? '443' : '80'),
    client: isBelieved ? clientOf(options.realIp, request.clientAddress, listIn(options.realIp.header, request)) : request.clientAddress,
  };
}

/** A header that is sent several times reads as one list (nginx 1.23, `ngx_http_variable_headers`). */
function joined({ headers }: RouteRequest, name: string): string | undefined {
  const values = headers.filter(([own]) => own.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

/** Only of `X-Forwarded-For` are there several; of any other header the first counts (ngx_http_realip_module). */
function listIn(header: string, request: RouteRequest): string | undefined {
  return header.toLowerCase() === 'x-forwarded-for' ? joined(request, header) : headerValue(request.headers, header);
}

/** The list of addresses is read from its end, as long as whoever wrote the next one is trusted. A peer that is not known is taken to be so where every address of IPv4 is. */
function clientOf({ trusted, isRecursive }: NginxOptions['realIp'], peer: Ip | undefined, list: string | undefined): Ip | undefined {
  const isTrusted = (ip: Ip | undefined) => (ip === undefined ? trusted.includes('0.0.0.0/0') : isListed(trusted, ip));
  const items = (list ?? '').split(/[ ,]+/).filter((item) => item !== '');
  let client = peer;
  for (const item of items.toReversed()) {
    const next = isTrusted(client) ? parseIp(withoutPort(item)) : undefined;
    if (next === undefined) return client;
    client = next;
    if (!isRecursive) return client;
  }
  return client;
}

/** `1.2.3.4:80`, `[2001:db8::1]:80`. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  return bracketed ?? (/^[^:]*:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text);
}
