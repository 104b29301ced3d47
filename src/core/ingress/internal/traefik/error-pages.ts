import { inMap } from '../../../kernel/in-map.js';
import { err, ok, type Result } from '../../../kernel/result.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { statusesWithin } from '../../../resources/http-code-range.js';
import type { Middleware } from '../../../resources/traefik.js';
import type { ErrorsAction } from '../../../resources/traefik-middleware.js';
import { CrdServices } from './crd-services.js';
import type { TraefikOptions } from './options.js';
import type { Pages, SeenError } from './pages.js';
import { ServersTransports } from './servers-transports.js';

/** Who writes the pages of Middlewares of type `errors` (`createErrorPageMiddleware` of `pkg/provider/kubernetes/crd/kubernetes.go`): a Service of Kubernetes or a TraefikService (`nameAndService`; `kubernetes_test.go`, "Error page middleware referencing a TraefikService"). Releases before the mend of traefik/traefik#13041 (April 2026) took it for a Service of Kubernetes whatever its kind. */
export class ErrorPages {
  private readonly services: CrdServices;
  private readonly known = new Map<Middleware, Result<Pages | 'open', string>>();

  constructor(model: NetworkModel, options: TraefikOptions) {
    this.services = new CrdServices(model, options, new ServersTransports(model, options));
  }

  /** Fails where Traefik makes no middleware of it, for want of the Service; `open`: it is not known who writes them, or there are several. */
  of(middleware: Middleware, action: ErrorsAction): Result<Pages | 'open', string> {
    return inMap(this.known, middleware, () => this.read(middleware, action));
  }

  private read(
    middleware: Middleware,
    { statuses, rewrites, service, query, requestHeaders }: ErrorsAction,
  ): Result<Pages | 'open', string> {
    const { dropped, unknown, backends, steps } = this.services.ofRoute(middleware, [service], service.pointer);
    if (dropped) return err(dropped.message);
    if (unknown || backends.length > 1) return ok('open');
    return ok({
      statuses: statusesWithin(statuses),
      writer: { backend: backends[0]?.backend, steps },
      shownAs: (status) => rewrites.find(({ from: [low, high] }) => low <= status && status <= high)?.to ?? status,
      ask: (error) => ({ path: pathOf(query, error), headers: [] }),
      sends: ([name]) => requestHeaders?.some((one) => one.toLowerCase() === name.toLowerCase()) !== false,
    });
  }
}

/** `customErrors.ServeHTTP`: `{status}`, `{originalStatus}` and `{url}` are filled in, the latter whole (traefik/traefik#11876) and as `url.QueryEscape` writes it. */
function pathOf(query: string, { status, original, request, uri }: SeenError): string {
  if (query === '') return '/';
  const path = `/${query.replace(/^\//, '')}`.replaceAll('{status}', () => status).replaceAll('{originalStatus}', () => original);
  return uri === undefined ? path : path.replaceAll('{url}', () => queryEscape(`${request.scheme}://${request.host}${uri}`));
}

/** All but letters, digits and `-_.~`; a space is `+`. */
function queryEscape(text: string): string {
  const byPercent = encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return byPercent.replaceAll('%20', '+');
}
