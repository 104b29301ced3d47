import { z } from 'zod';
import { DIALECTS, type RouteRequest } from '../../core/ingress/route-request.js';
import { ROUTE_REASONS } from '../../core/ingress/route-reasons.js';
import { ROUTE_VERDICTS } from '../../core/ingress/route-result.js';
import { route } from '../../core/ingress/route.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import { defineQuestion } from '../questions/question.js';
import { parseHeaders } from './request-headers.js';
import { parseRequestUrl } from './request-url.js';
import { routeResultSchema } from './route-result-schema.js';

const input = z.strictObject({
  url: z
    .string()
    .min(1)
    .max(8192)
    .describe('the request, `https://shop.example.com/api?page=2`; sent byte for byte, only a fragment is dropped'),
  method: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be an HTTP method')
    .default('GET')
    .describe('the HTTP method'),
  headers: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()))
    .default([])
    .describe('headers as `name: value`, one an entry or one a line, or one JSON object; `Host` replaces the host of the URL for routing'),
  class: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('the ingress class whose controller gets the request; derived where the model tells'),
  dialect: z.enum(DIALECTS).optional().describe("by whose rules to judge; the class's own where they are modelled, else the specification"),
  sni: z.string().max(253).optional().describe('the name in the TLS hello; the host of an https URL if left out, empty for none'),
  clientAddress: z.string().optional().describe('the address the client connects from'),
});

type Input = z.output<typeof input>;

/** A request that can be judged, read from the parameters; the problem names the parameter that is wrong. */
function requestOf(given: Input): Result<RouteRequest, Problem> {
  const url = parseRequestUrl(given.url);
  if (!url.ok) return err(wrong('url', 'invalid-url', url.error.message, url.error.hint));
  const headers = parseHeaders(given.headers);
  if (!headers.ok) return err(wrong('headers', 'invalid-header', headers.error));
  const client = readAddress(given.clientAddress);
  if (!client.ok) return err(wrong('clientAddress', 'invalid-address', `\`${client.error}\` is no IP address`));
  const { scheme, hostname, host, path, query } = url.value;
  const replaced = headers.value.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const isName = parseIp(hostname.replace(/^\[(.*)\]$/, '$1')) === undefined; // a client sends no SNI for an address (RFC 6066 §3)
  const sni = given.sni ?? (scheme === 'https' && isName ? hostname.toLowerCase() : undefined);
  return ok({
    scheme,
    method: given.method,
    host: replaced ?? host,
    path,
    query,
    headers: headers.value,
    sni: sni === '' ? undefined : sni,
    clientAddress: client.value,
  });
}

function readAddress(text: string | undefined): Result<Ip | undefined, string> {
  if (text === undefined) return ok(undefined);
  const ip = parseIp(text);
  return ip ? ok(ip) : err(text);
}

function wrong(parameter: string, code: string, message: string, hint?: string): Problem {
  const detail = { pointer: `/${parameter}`, code, message, ...(hint === undefined ? {} : { hint }) };
  return problem('invalid-request', message, { ...(hint === undefined ? {} : { hint }), errors: [detail] });
}

/** Which backend serves a URL, and why. */
export const routeQuestion = defineQuestion({
  name: 'route',
  room: 'ingress',
  title: 'Which backend does a request reach through an Ingress, and why not another',
  input,
  result: routeResultSchema,
  verdicts: ROUTE_VERDICTS,
  reasons: ROUTE_REASONS,
  examples: [
    { title: 'The longest path wins', cluster: 'harbor', input: { url: 'https://shop.harbor.example/api/cart/items?page=2' } },
    { title: 'Two Ingresses claim one path: nobody says who wins', cluster: 'harbor', input: { url: 'http://shop.harbor.example/api' } },
    { title: 'An exact path does not cover what lies below it', cluster: 'harbor', input: { url: 'http://shop.harbor.example/old/page' } },
    {
      title: 'A host that no rule names, and the one that was meant',
      cluster: 'harbor',
      input: { url: 'http://grafana.harbour.example/login' },
    },
    {
      title: 'Asked by address, with the Host header set',
      cluster: 'harbor',
      input: { url: 'http://203.0.113.10/login', headers: ['Host: grafana.harbor.example'], class: 'nginx' },
    },
  ],
  ask(context, given) {
    const request = requestOf(given);
    if (!request.ok) return request;
    const answer = route(context.model, { request: request.value, class: given.class, dialect: given.dialect });
    if (!answer.ok) return answer;
    const { scheme, method, host, path, query, headers, sni, clientAddress } = request.value;
    const question = {
      url: given.url,
      method,
      scheme,
      host,
      path,
      query: query ?? null,
      headers: headers.map(([name, value]) => `${name}: ${value}`),
      class: answer.value.result.class,
      dialect: answer.value.result.dialect,
      sni: sni ?? null,
      clientAddress: clientAddress === undefined ? null : formatIp(clientAddress),
    };
    return ok({ question, answer: answer.value });
  },
});
