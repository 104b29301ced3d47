import { describeRef } from '../../../kernel/object-ref.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteRequest } from '../../route-request.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { closed } from '../nginx/nginx-outcomes.js';
import { notFound } from '../outcomes.js';
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

/** What the server makes of a request that takes what no other does: 404, or, where it is known to have no certificate, no connection (docs.nginx.com "Command-line arguments", `-default-server-tls-secret`). */
export function byDefaultServer(
  router: ClassRouter,
  { refusesDefaultTls }: Pick<F5Options, 'refusesDefaultTls'>,
  { scheme }: Pick<RouteRequest, 'scheme'>,
  server?: F5Server,
): Outcome {
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
      : notFound(router);
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
