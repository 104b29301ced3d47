import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { formatIp } from '../../../net/ip.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteBackend } from '../../route-result.js';
import { type BackendOutcome, backendOutcome } from '../backend-outcome.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import type { JudgedRule, Judgement, Outcome } from '../dialect.js';
import { backendKey } from '../outcomes.js';
import type { PathRule } from '../path-rule.js';
import type { Context } from './context.js';
import { answered } from './nginx-backend.js';
import { reach, sourceOf } from './nginx-outcomes.js';
import type { Location, NginxServer } from './servers.js';
import type { Upstream } from './upstreams.js';

/** A host whose TLS is passed through, the location of `/` whose backend gets it, and the Service that this names. */
export interface Passing {
  readonly server: NginxServer;
  readonly service: ModelService;
  readonly root: Location & { readonly rule: PathRule; readonly upstream: Upstream };
}

const FLAG: Note = {
  code: 'SSL_PASSTHROUGH_ENABLED',
  message: 'the controller is taken to run with `--enable-ssl-passthrough`; without it the annotation does nothing',
};

/**
 * The server that a TLS connection for a name is passed through to before nginx sees it (rule B20; kubernetes/ingress-nginx `controller.go`, `getConfiguration`, and
 * `pkg/tcpproxy/tcp.go`): the host itself, not a wildcard above it, and only where `/` has a backend of its own whose Service exists (`nginx.go`, `OnUpdate`).
 */
export function passingOf(
  { services }: NetworkModel,
  servers: ReadonlyMap<string, NginxServer>,
  sni: string | undefined,
): Passing | undefined {
  const { server, root } = askedToPass(servers, sni);
  const { rule, upstream } = root ?? {};
  if (!server || !root || !upstream || rule?.path === undefined) return undefined;
  const { ingress, backend } = upstream;
  const service = backend.type === 'service' ? services.get(`${ingress.namespace}/${backend.name}`) : undefined;
  return service && { server, service, root: { ...root, rule, upstream } };
}

/** The server of a name whose Ingress has the annotation, and its location of `/`. */
function askedToPass(servers: ReadonlyMap<string, NginxServer>, sni: string | undefined): { server?: NginxServer; root?: Location } {
  const server = sni === undefined ? undefined : servers.get(sni.toLowerCase());
  const root = server?.passesTls ? server.locations.find(({ path }) => path === '/') : undefined;
  return server && root ? { server, root } : {};
}

/** What is told of a host whose annotation the controller says it ignores, as `/` has no backend of its own (`getBackendServers`), while it tells its proxy in front of an empty Service (`createServers`, `OnUpdate`). */
export function passingIgnored(servers: ReadonlyMap<string, NginxServer>, sni: string | undefined): readonly Note[] {
  const { server, root } = askedToPass(servers, sni);
  if (!server || !root || root.rule?.path !== undefined) return [];
  const message = `\`ssl-passthrough\` of host \`${server.host}\` is taken to be ignored, for the host has no path \`/\`: so says the controller; a proxy in front of nginx that takes the name all the same finds no address, and closes the connection`;
  return [{ code: 'SSL_PASSTHROUGH_IGNORED', message }];
}

/** The backend of `/` gets the connection as the client sent it; every other path is ignored. */
export function passedThrough(context: Context, passing: Passing, { sni }: RouteRequest): Judgement {
  const { router, options } = context;
  const { server, root } = passing;
  const source = sourceOf(router, root);
  const reached = atServiceAddress(context.model, passing);
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

/** The proxy in front of nginx connects to the address and port of the Service, whatever its endpoints are: to its own target port as little as to one without address (`nginx.go`, `OnUpdate`). */
function atServiceAddress(model: NetworkModel, { service, root }: Passing): BackendOutcome {
  const { ingress, backend } = root.upstream;
  const { headless, type } = service.resource;
  if (headless || type === 'ExternalName') {
    const why = headless ? 'is headless' : 'is of type ExternalName';
    const message = `Service ${service.namespace}/${service.name} ${why}: \`ssl-passthrough\` connects to the address of the Service, there is none, and the connection is closed`;
    return reach('CONNECTION_REFUSED', {
      stage: 'backend',
      outcome: 'no-match',
      reason: 'SERVICE_WITHOUT_ADDRESS',
      message,
      object: service.ref,
      pointer: headless ? '/spec/clusterIP' : '/spec/type',
    });
  }
  const reached = answered(backendOutcome(model, ingress, backend, 'ROUTED'));
  const [address] = service.clusterIPs;
  if (!address || !reached.backend) return reached;
  const step: EvidenceStep = {
    stage: 'backend',
    outcome: 'info',
    reason: 'TLS_PASSED_THROUGH',
    message: `the connection goes to the address of the Service, ${formatIp(address.value)}, port ${reached.backend.port}; the proxy of the node takes it to an endpoint`,
    object: service.ref,
  };
  return { ...reached, steps: [...reached.steps, step] };
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
