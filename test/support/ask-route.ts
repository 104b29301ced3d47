import { route } from '../../src/core/ingress/route.js';
import type { IngressDialectName, RouteRequest } from '../../src/core/ingress/route-request.js';
import type { RouteResult, RouteVerdict } from '../../src/core/ingress/route-result.js';
import type { Answer } from '../../src/core/kernel/answer.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { cited } from './cited.js';

/** What a test may say beside the URL. */
export interface AskedRoute {
  readonly class?: string;
  readonly dialect?: IngressDialectName;
  readonly host?: string;
  readonly sni?: string;
}

/** A request for `http://host/path` as the engine takes it. */
export function requestFor(url: string, asked: AskedRoute = {}): RouteRequest {
  const [, scheme, host = '', path = '/', query] = /^(https?):\/\/([^/?]*)([^?]*)(?:\?(.*))?$/.exec(url) ?? [];
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    method: 'GET',
    host: asked.host ?? host,
    path: path === '' ? '/' : path,
    query,
    headers: [],
    sni: asked.sni ?? (scheme === 'https' ? host : undefined),
    clientAddress: undefined,
  };
}

/** The answer to one request; a problem fails the test. */
export function askRoute(model: NetworkModel, url: string, asked: AskedRoute = {}): Answer<RouteVerdict, RouteResult> {
  const answer = route(model, { request: requestFor(url, asked), class: asked.class, dialect: asked.dialect });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}

/** `ROUTED web`, `NOT_FOUND`, `UNDEFINED PATH_CONFLICT`: the answer as tables write it. */
export function routeLine({ verdict, result }: Answer<RouteVerdict, RouteResult>): string {
  const what = verdict === 'UNDEFINED' ? result.unspecified.map((note) => note.code) : result.backends.map((backend) => backend.service);
  return [verdict, ...what].join(' ');
}

/** `a Prefix /foo lost PATH_SHORTER`: each candidate with the key that decided. */
export function candidateLines({ result }: Answer<RouteVerdict, RouteResult>): string[] {
  return result.candidates.map(({ object, pathType, path, outcome, reason }) =>
    [object.slice(object.indexOf('/') + 1), pathType ?? 'default', path ?? '', outcome, reason].filter((part) => part !== '').join(' '),
  );
}
