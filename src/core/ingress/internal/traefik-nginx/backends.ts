import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import type { Ingress, IngressBackend } from '../../../resources/ingress.js';
import type { RouteBackend } from '../../route-result.js';
import { type BackendOutcome, backendOutcome, singleEndpoint } from '../backend-outcome.js';
import { type Target, UNTOUCHED_TARGET } from '../traefik/target.js';
import { HTTP_READING } from '../traefik/traefik-readings.js';
import { annotationPointer } from '../nginx/annotation-reader.js';
import type { ProviderAnnotations } from './provider-annotations.js';
import type { ProviderSettings } from './settings.js';

/** A Service as an Ingress names it. */
export type ServiceBackend = Extract<IngressBackend, { readonly type: 'service' }>;

type Served = 'ROUTED' | 'DEFAULT_BACKEND';

const STICKY = {
  code: 'SESSION_NOT_KNOWN',
  message: 'the Service is sticky (`affinity`): the shares are those of clients that come for the first time, without a cookie of Traefik',
};

/** What the Services of Ingresses come to (`getBackendEndpoints`, `buildServiceWithLocConfig`): one without servers keeps its router, which answers 503. */
export class ProviderBackends {
  constructor(
    private readonly model: NetworkModel,
    private readonly settings: ProviderSettings,
  ) {}

  /** Who gets the requests of a path. */
  target(ingress: Ingress, annotations: ProviderAnnotations, backend: ServiceBackend, served: Served): Target {
    const { verdict, backend: found, steps, nearMisses } = this.reached(ingress, annotations, backend, served);
    const isServed = verdict === served;
    const backends = isServed && found ? [{ backend: this.secured(found, annotations), passHostHeader: true }] : [];
    const assumptions = annotations.text('affinity') === 'cookie' && isServed ? [STICKY] : [];
    return { ...UNTOUCHED_TARGET, failure: isServed ? undefined : verdict, backends, steps, nearMisses, assumptions };
  }

  /** A Service beside an Ingress at the first of its ports; undefined: there is none such (`getServicePort`). */
  atFirstPort(ingress: Ingress, annotations: ProviderAnnotations, name: string): BackendOutcome | undefined {
    const port = this.model.services.get(`${ingress.namespace}/${name}`)?.resource.ports[0]?.port;
    const pointer = annotationPointer('default-backend');
    return port === undefined ? undefined : this.reached(ingress, annotations, { type: 'service', name, port, pointer }, 'DEFAULT_BACKEND');
  }

  /** The Service of `defaultBackendService`; undefined: it does not exist, or has no port. */
  ofProvider(): BackendOutcome | undefined {
    const { defaultBackendService } = this.settings;
    const found = defaultBackendService === undefined ? undefined : this.model.services.get(defaultBackendService);
    const port = found?.resource.ports[0]?.port;
    if (!found || port === undefined) return undefined;
    const service = { ...found.resource, namespace: found.namespace };
    const backend = { type: 'service', name: found.name, port, pointer: '/spec/ports/0' } as const;
    return backendOutcome(this.model, service, backend, 'DEFAULT_BACKEND', HTTP_READING);
  }

  /** Whether it has any server. */
  hasServers(ingress: Ingress, annotations: ProviderAnnotations, backend: ServiceBackend): boolean {
    return this.reached(ingress, annotations, backend, 'ROUTED').verdict === 'ROUTED';
  }

  private reached(ingress: Ingress, annotations: ProviderAnnotations, backend: ServiceBackend, served: Served): BackendOutcome {
    const { namespace } = ingress;
    const service = this.model.services.get(`${namespace}/${backend.name}`);
    if (service?.resource.type === 'ExternalName') return this.external(ingress, service, backend, served);
    const reached = backendOutcome(this.model, ingress, backend, served, HTTP_READING);
    if (!service || reached.verdict === 'PORT_MISSING') return reached;
    if (annotations.flag('service-upstream')) return atServiceAddress(service, backend, reached, served);
    const fallback = annotations.text('default-backend') ?? '';
    if (reached.verdict === served || fallback === '' || fallback === backend.name) return reached;
    return this.fallback(ingress, fallback, reached, served);
  }

  /** `default-backend` stands in for a Service without endpoints, by the first of its ports. */
  private fallback(ingress: Ingress, name: string, reached: BackendOutcome, served: Served): BackendOutcome {
    const port = this.model.services.get(`${ingress.namespace}/${name}`)?.resource.ports[0]?.port;
    if (port === undefined) return reached;
    const pointer = annotationPointer('default-backend');
    const instead = backendOutcome(this.model, ingress, { type: 'service', name, port, pointer }, served, HTTP_READING);
    return instead.verdict === served ? { ...instead, steps: [...reached.steps, ...instead.steps] } : reached;
  }

  /** By its name and the target port of the port that is asked for, or that port itself where it has none such. */
  private external(ingress: Ingress, service: ModelService, { port, pointer }: ServiceBackend, served: Served): BackendOutcome {
    const { externalName = '', ports } = service.resource;
    const named = `Service ${service.namespace}/${service.name} is of type ExternalName`;
    const found = ports.find((one) => one.port === port || (one.name !== '' && one.name === port));
    const target = found ? found.targetPort : port;
    const step = (outcome: EvidenceStep['outcome'], message: string): EvidenceStep => {
      return { stage: 'backend', outcome, reason: 'EXTERNAL_NAME_BACKEND', message, object: ingress.ref, pointer };
    };
    if (this.settings.disableSvcExternalName) {
      const steps = [step('no-match', `${named}, which \`disableSvcExternalName\` forbids`)];
      return { verdict: 'NO_ENDPOINTS', backend: undefined, unspecified: [], nearMisses: [], steps };
    }
    const at = typeof target === 'number' ? target : 0;
    const backend = singleEndpoint(service, found?.name ?? '', { address: externalName, port: at });
    const steps = [step('match', `${named}: requests go to \`${externalName}\`, port ${at}`)];
    return { verdict: served, backend, unspecified: [], nearMisses: [], steps };
  }

  /** `backend-protocol`, and `proxy-ssl-…` where it is TLS (`buildServersTransport`). */
  private secured(backend: RouteBackend, annotations: ProviderAnnotations): RouteBackend {
    const protocol = protocolOf(annotations);
    if (protocol === 'h2c') return { ...backend, protocol: 'H2C' };
    if (protocol !== 'https') return backend;
    const sni = annotations.text('proxy-ssl-name') ?? annotations.text('proxy-ssl-server-name') ?? '';
    const verifies = (annotations.text('proxy-ssl-verify') ?? 'off').toLowerCase() === 'on';
    const secret = annotations.text('proxy-ssl-secret') ?? '';
    const keys = this.model.secrets.get(secret)?.keys ?? [];
    const shown = keys.includes('tls.crt') && keys.includes('tls.key') ? secret : null;
    const tls = {
      sni: sni === '' ? null : sni,
      policy: null,
      names: verifies ? [sni || addressOf(backend)] : [],
      clientCertificate: shown,
    };
    return { ...backend, tls };
  }
}

/** What Go checks a certificate for where no name is told: the host of the URL, which is the address of the endpoint (crypto/tls, `Config.ServerName`). */
function addressOf({ endpoints }: RouteBackend): string {
  const [first, ...others] = endpoints;
  return first && others.length === 0 ? first.address : '(address of the endpoint)';
}

/** `parseBackendProtocol`: what is none that Traefik knows is plain HTTP. */
export function protocolOf(annotations: ProviderAnnotations): 'http' | 'https' | 'h2c' {
  const protocol = (annotations.text('backend-protocol') ?? '').toUpperCase();
  if (protocol === 'HTTPS' || protocol === 'GRPCS') return 'https';
  return protocol === 'GRPC' ? 'h2c' : 'http';
}

/** `service-upstream`: the address of the Service itself; nobody asks for its endpoints. */
function atServiceAddress(service: ModelService, { port }: ServiceBackend, reached: BackendOutcome, served: Served): BackendOutcome {
  const [address] = service.clusterIPs;
  const found = service.resource.ports.find((one) => one.port === port || (one.name !== '' && one.name === port));
  if (!address || !found) return reached;
  const at = { address: formatIp(address.value), port: found.port };
  const step: EvidenceStep = {
    stage: 'backend',
    outcome: 'match',
    reason: 'SERVICE_FOUND',
    message: `\`service-upstream\` sends requests to the address of the Service itself, ${at.address}, port ${at.port}`,
    object: service.ref,
  };
  const steps = [...reached.steps.slice(0, 1), step];
  return { verdict: served, backend: singleEndpoint(service, found.name, at), unspecified: [], nearMisses: [], steps };
}
