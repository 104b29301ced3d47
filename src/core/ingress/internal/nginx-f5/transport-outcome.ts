import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { PASSTHROUGH, type TransportServer } from '../../../resources/transport-server.js';
import type { RouteBackend } from '../../route-result.js';
import { backendOutcome } from '../backend-outcome.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { type Source, unknown } from '../nginx/nginx-outcomes.js';
import { backendKey } from '../outcomes.js';
import type { PathRule } from '../path-rule.js';
import { f5Options } from './f5-options.js';
import { upstreamOutcome } from './f5-upstream.js';

/** A TransportServer as a rule: it has no paths. */
export function transportRule(transport: TransportServer): PathRule {
  const { listener, host, upstream } = transport;
  const backendText = upstream ? `service ${upstream.service}:${upstream.port}` : 'no backend';
  return {
    ingress: transport,
    pointer: '/spec/action',
    host,
    path: `${listener.protocol} ${listener.name}`,
    pathType: undefined,
    backend: undefined,
    backendText,
    fault: undefined,
  };
}

/** Who gets a connection that a TransportServer takes (nginx/kubernetes-ingress `internal/configs/transportserver.go`): without endpoints it is closed. */
export function transportOutcome(router: ClassRouter, model: NetworkModel, transport: TransportServer, sni: string | undefined): Outcome {
  const { upstream, listener } = transport;
  const rule = transportRule(transport);
  const source: Source = { router, ingress: transport, pointer: rule.pointer, served: rule.path ?? '' };
  if (transport.hasSnippets) return unknown(source, 'SNIPPET_NOT_EVALUATED', '`serverSnippets` and `streamSnippets` are not evaluated');
  const passes = listener.name === PASSTHROUGH.name;
  const reached = upstream
    ? upstreamOutcome(model, transport, upstream, f5Options(model, router.className))
    : backendOutcome(model, transport, undefined, 'ROUTED');
  const step: EvidenceStep = {
    stage: 'decision',
    outcome: 'selected',
    reason: passes ? 'TLS_PASSED_THROUGH' : 'CONNECTION_ROUTED',
    message: passes
      ? 'the TLS is passed through: the backend presents its own certificate'
      : `listener \`${listener.name}\`: what comes goes to the backend as it is${transport.tlsSecret === undefined ? '' : ', behind the TLS that the controller ends'}`,
    object: transport.ref,
    pointer: rule.pointer,
  };
  const tls: RouteBackend['tls'] = passes ? { sni: sni ?? null, policy: null, names: [], clientCertificate: null } : null;
  const backends = reached.backend ? [{ ...reached.backend, protocol: null, tls }] : [];
  return {
    router,
    because: null,
    place: { ingress: transport, pointer: rule.pointer },
    served: source.served,
    key: `${step.reason} ${reached.verdict} ${backends.map(backendKey).join(' ')}`,
    reached: {
      ...reached,
      unspecified: reached.unspecified.filter(({ code }) => code !== 'STATUS_UNSPECIFIED'),
      steps: [step, ...reached.steps],
    },
    backends,
    status: null,
    forwarded: undefined,
    redirect: null,
  };
}
