import type { Note } from '../../../kernel/answer.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteBackend } from '../../route-result.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import type { JudgedRule, Judgement, Outcome } from '../dialect.js';
import { backendKey } from '../outcomes.js';
import type { PathRule } from '../path-rule.js';
import type { Context } from './context.js';
import { upstreamBackend } from './nginx-backend.js';
import { sourceOf } from './nginx-outcomes.js';
import type { Location, NginxServer } from './servers.js';
import type { Upstream } from './upstreams.js';

/** A host whose TLS is passed through, and the location of `/` whose backend gets it. */
export interface Passing {
  readonly server: NginxServer;
  readonly root: Location & { readonly rule: PathRule; readonly upstream: Upstream };
}

const FLAG: Note = {
  code: 'SSL_PASSTHROUGH_ENABLED',
  message: 'the controller is taken to run with `--enable-ssl-passthrough`; without it the annotation does nothing',
};

/**
 * The server that a TLS connection for a name is passed through to before nginx sees it (rule B20; kubernetes/ingress-nginx `controller.go`, `getConfiguration`, and
 * `pkg/tcpproxy/tcp.go`): the host itself, not a wildcard above it, and only where `/` has a backend of its own.
 */
export function passingOf(servers: ReadonlyMap<string, NginxServer>, sni: string | undefined): Passing | undefined {
  const server = sni === undefined ? undefined : servers.get(sni.toLowerCase());
  const root = server?.passesTls ? server.locations.find(({ path }) => path === '/') : undefined;
  const { rule, upstream } = root ?? {};
  if (!server || !root || !upstream || rule?.path === undefined) return undefined;
  return { server, root: { ...root, rule, upstream } };
}

/** The backend of `/` gets the connection as the client sent it; every other path is ignored. */
export function passedThrough(context: Context, { server, root }: Passing, { sni }: RouteRequest): Judgement {
  const { router, options } = context;
  const source = sourceOf(router, root);
  const reached = upstreamBackend(context, root.upstream, 'ROUTED');
  const tls: RouteBackend['tls'] = { sni: sni ?? null, policy: null, names: [], clientCertificate: null };
  const backends = reached.backend ? [{ ...reached.backend, protocol: null, tls }] : [];
  const key = `TLS ${backends.map(backendKey).join(' ')} ${reached.verdict}`;
  const place = { ingress: root.upstream.ingress, pointer: source.pointer };
  const outcome: Outcome = {
    router,
    because: null,
    place,
    served: `${source.served}, TLS passed through`,
    key,
    reached,
    backends,
    status: null,
    forwarded: undefined,
    redirect: null,
  };
  const rules = [...new Set(server.locations.flatMap(({ rule }) => rule ?? []))];
  return {
    outcomes: [outcome],
    judged: rules.map((rule) => judgeRule(rule, root.rule)),
    assumptions: options.sslPassthrough ? [] : [FLAG],
    warnings: [],
  };
}

function judgeRule(rule: PathRule, root: PathRule): JudgedRule {
  const written = `${rule.pathType ?? ''} \`${rule.path ?? ''}\``;
  if (rule === root) {
    const message = `${written}: the host's TLS is passed through to the backend of \`/\``;
    return { rule, outcome: 'selected', reason: 'TLS_PASSED_THROUGH', key: null, own: null, other: null, message };
  }
  const message = `${written} is ignored: \`ssl-passthrough\` sends the whole host to the backend of \`/\``;
  return { rule, outcome: 'excluded', reason: 'PATH_IGNORED', key: 'path', own: rule.path ?? null, other: '/', message };
}

/** The client is shown the certificate of the backend itself. */
export function certificateOfBackend({ server }: Passing): CertificateOutcome {
  const step = {
    stage: 'certificate',
    outcome: 'info',
    reason: 'TLS_PASSED_THROUGH',
    message: `the TLS of \`${server.host}\` is passed through: the backend presents its own certificate`,
  } as const;
  return { certificate: undefined, unspecified: [], assumptions: [], steps: [step] };
}
