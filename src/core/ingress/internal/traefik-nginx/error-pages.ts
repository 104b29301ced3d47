import { err, ok, type Result } from '../../../kernel/result.js';
import { readHttpCodeRange, statusesWithin } from '../../../resources/http-code-range.js';
import type { Header } from '../../route-request.js';
import { headerValue } from '../header-list.js';
import type { Pages, SeenError } from '../traefik/pages.js';
import type { ProviderBackends } from './backends.js';
import type { Location } from './locations.js';
import type { ProviderSettings } from './settings.js';

/**
 * `buildCustomHTTPErrors`: the Service of `default-backend` where the Ingress itself names errors, else that of the provider; nothing where there is neither. Without such a
 * Service, and by a status that is none, Traefik cannot make the middleware, and no router either.
 */
export function pagesOf(location: Location, settings: ProviderSettings, backends: ProviderBackends): Result<Pages | undefined, string> {
  const { annotations, ingress, backend } = location;
  const own = annotations.text('custom-http-errors') ?? '';
  const asked = own === '' ? settings.customHTTPErrors : (annotations.list('custom-http-errors') ?? []);
  const named = own === '' ? '' : (annotations.text('default-backend') ?? '');
  if (asked.length === 0 || (named === '' && settings.defaultBackendService === undefined)) return ok(undefined);
  const ranges = new Map(asked.map((text) => [text, readHttpCodeRange(text)]));
  const wrong = asked.find((text) => ranges.get(text) === undefined);
  if (wrong !== undefined) return err(`\`custom-http-errors\`: \`${wrong}\` is no status`);
  const writer = named === '' ? backends.ofProvider() : backends.atFirstPort(ingress, annotations, named);
  const service = named === '' ? settings.defaultBackendService : `${ingress.namespace}/${named}`;
  if (!writer) return err(`\`custom-http-errors\`: there is no Service ${service} with a port that could write the pages`);
  const headers: readonly Header[] = [
    ['X-Namespaces', ingress.namespace],
    ['X-Ingress-Name', ingress.ref.name],
    ['X-Service-Name', backend.name],
    ['X-Service-Port', String(backend.port)],
  ];
  const statuses = statusesWithin([...ranges.values()].filter((range) => range !== undefined));
  return ok({
    statuses,
    shownAs: (status) => status,
    writer,
    ask: (error) => ({ path: '/', headers: [...headers, ...headersOf(error)] }),
    sends: () => false,
  });
}

function headersOf({ request, status, uri = '{uri}' }: SeenError): readonly Header[] {
  return [
    ['X-Code', status],
    ['X-Format', headerValue(request.headers, 'accept') ?? ''],
    ['X-Original-Uri', uri],
  ];
}
