import { describeRef } from '../../../kernel/object-ref.js';
import { inBrief } from '../../../kernel/in-brief.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteRequest } from '../../route-request.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { answered, closed, redirected, type Source, unknown } from '../nginx/nginx-outcomes.js';
import { fill } from '../nginx/rewrite.js';
import { notFound } from '../outcomes.js';
import { readRequestHost } from '../request-host.js';
import type { F5Options } from './f5-options.js';
import type { F5Server } from './f5-server.js';

/** Why nginx has no server of a name for a scheme, and what would mend it. */
interface Unheard {
  readonly pointer: string;
  readonly message: string;
  readonly fix: string;
}

/** Why the server of a name takes nothing that comes by the scheme (`listen` of `internal/configs/version1/nginx.ingress.tmpl` and `version2/nginx.virtualserver.tmpl`); undefined: it does. */
export function unheardBecause({ endsTls, isGrpcOnly, host }: F5Server, { scheme }: Pick<RouteRequest, 'scheme'>): Unheard | undefined {
  if (scheme === 'https' && !endsTls)
    return {
      pointer: '/spec',
      message: `nobody ends TLS for \`${host}\`, so that nginx listens for it by http alone`,
      fix: 'ask by http, or give it TLS',
    };
  if (scheme === 'https' || !isGrpcOnly) return undefined;
  return {
    pointer: '/metadata/annotations/nginx.org~1grpc-services',
    message: `all paths of \`${host}\` go to gRPC, so that nginx ${endsTls ? 'listens for it by https alone' : 'does not listen for it by http, and it has no TLS'}`,
    fix: endsTls ? 'ask by https' : 'give it TLS, and ask by https',
  };
}

/** What the server makes of a request that takes what no other does: 404 or what the ConfigMap says (`default-server-return`), or, where it is known to have no certificate, no connection (docs.nginx.com "Command-line arguments", `-default-server-tls-secret`). */
export function byDefaultServer(
  router: ClassRouter,
  { refusesDefaultTls, defaultReturn }: Pick<F5Options, 'refusesDefaultTls' | 'defaultReturn'>,
  request: RouteRequest,
  server?: F5Server,
): Outcome {
  const { scheme } = request;
  const unheard = server && unheardBecause(server, { scheme });
  const why = unheard ? `${unheard.message}; ` : '';
  const outcome =
    scheme === 'https' && refusesDefaultTls
      ? closed(
          { router, ingress: server?.owner, pointer: unheard?.pointer ?? '', served: '' },
          'certificate',
          'TLS_REFUSED',
          `${why}the default server has no certificate (\`-default-server-tls-secret\`): nginx refuses the TLS`,
        )
      : defaultAnswer(router, { defaultReturn }, request, why);
  if (!server || !unheard) return outcome;
  const { owner } = server;
  const message = `${why}its default server answers 404`;
  const step: EvidenceStep = {
    stage: 'host',
    outcome: 'no-match',
    reason: 'ENTRY_POINT_OTHER',
    message,
    object: owner.ref,
    pointer: unheard.pointer,
  };
  const near = { reason: 'ENTRY_POINT_OTHER', object: describeRef(owner.ref), ...unheard };
  const steps = outcome.status === 404 ? [step] : outcome.reached.steps;
  return { ...outcome, reached: { ...outcome.reached, steps, nearMisses: [near] } };
}

const REDIRECTS: ReadonlySet<string> = new Set(['301', '302', '303', '307', '308']);

/** `return` of nginx (ngx_http_rewrite_module): a code, a code with a text or a place to go to, or such a place alone; 444 closes the connection. */
export function defaultAnswer(
  router: ClassRouter,
  { defaultReturn }: Pick<F5Options, 'defaultReturn'>,
  request: RouteRequest,
  before = '',
): Outcome {
  const [, code = '302', rest = ''] = /^(?:(\d{3})\b)?\s*([^]*)$/.exec(defaultReturn?.trim() ?? '404') ?? [];
  if (code === '404') return notFound(router);
  const source: Source = { router, ingress: undefined, pointer: '', served: '' };
  const why = `${before}the default server answers by \`default-server-return\` (\`${inBrief(defaultReturn ?? '')}\`)`;
  if (code === '444') return closed(source, 'decision', 'CONTROLLER_ANSWERS', `${why}: nginx closes the connection`);
  if (rest === '' || !REDIRECTS.has(code)) return answered(source, Number(code), why, 'CONTROLLER_ANSWERS');
  const { name } = readRequestHost(request.host);
  const target = fill(unquoted(rest), [], request, name);
  if (target === undefined) return unknown(source, 'VARIABLE_UNKNOWN', `${why}, which names a variable of nginx whose value is not known`);
  return redirected(source, Number(code), absolute(target, request.scheme, name), 'CONTROLLER_ANSWERS', why);
}

/** A text of nginx's configuration may stand between quotation marks. */
function unquoted(text: string): string {
  return /^(["'])([^]*)\1$/.exec(text)?.[2] ?? text;
}

/** A path becomes one of the same host (`absolute_redirect` of ngx_http_core_module). */
function absolute(target: string, scheme: string, name: string): string {
  return target.startsWith('/') ? `${scheme}://${name}${target}` : target;
}
