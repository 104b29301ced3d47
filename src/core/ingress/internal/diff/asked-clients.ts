import { describeRef } from '../../../kernel/object-ref.js';
import { once } from '../../../kernel/once.js';
import { sameContent } from '../../../kernel/same-content.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { Resource } from '../../../resources/resource.js';
import type { RouteResult } from '../../route-result.js';
import { readsNginxAnnotations } from '../dialect-family.js';
import type { ClassRouter } from '../dialect.js';
import { decidingRule } from './side-answer.js';

/** What is asked of clients stands in these annotations, or in what they name: `auth-url`, `satisfy`, `router.middlewares`, `nginx.org/policies`, `nginx.com/jwt-key`. */
const OF_CLIENTS = /auth|satisfy|middlewares|policies|jwt/;
const OF_CERTIFICATES = /\/auth-tls-/;

/** Where one side looks for what it asks of clients. */
export class AskedClients {
  private readonly annotations = once(() => new Map(this.members.map((one) => [describeRef(one.ref), textOf(one, OF_CLIENTS)])));
  private readonly objects = once(() => objectsOf(this.model));
  /** What is asked of certificates holds for all of a host, whatever rule decides, and of clients that show none for nobody. */
  private readonly certificates = once(() => certificatesOf(this.routers));

  constructor(
    private readonly model: NetworkModel,
    private readonly routers: readonly ClassRouter[],
  ) {}

  /** Whether this side and another one say the same of the clients of two answers. */
  asksLike(own: RouteResult, other: AskedClients, others: RouteResult): boolean {
    return this.askedFor(own) === other.askedFor(others) && this.hasObjectsOf(other);
  }

  asksForCertificatesLike(other: AskedClients): boolean {
    return this.certificates() === other.certificates();
  }

  private get members(): readonly Ingress[] {
    return this.routers.flatMap((router) => router.members);
  }

  /** The annotations of the Ingress that decides, or which rule of which object it is. */
  private askedFor(result: RouteResult): string {
    const { object, pointer } = decidingRule(result);
    return this.annotations().get(object ?? '') ?? JSON.stringify([object, pointer]);
  }

  private hasObjectsOf(other: AskedClients): boolean {
    return this.model === other.model || sameContent(this.objects(), other.objects());
  }
}

function textOf({ namespace, annotations }: Ingress, names: RegExp): string {
  const asked = Object.entries(annotations).filter(([name]) => names.test(name));
  return JSON.stringify([namespace, asked.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function certificatesOf(routers: readonly ClassRouter[]): string {
  const texts = routers.flatMap(({ dialect, members }) =>
    readsNginxAnnotations(dialect)
      ? members.flatMap((one) =>
          Object.keys(one.annotations).some((name) => OF_CERTIFICATES.test(name))
            ? JSON.stringify([textOf(one, OF_CERTIFICATES), one.rules.map(({ host }) => host ?? null)])
            : [],
        )
      : [],
  );
  return [...new Set(texts)].sort().join('\n');
}

/** What tells who an object is, or what became of it, and nothing of what it asks. */
const OF_THE_OBJECT: ReadonlySet<string> = new Set(['labels', 'annotations', 'createdAt', 'uid', 'owners', 'generation', 'observed']);

const contentOf = (one: Partial<Resource>) => Object.entries(one).filter(([name]) => !OF_THE_OBJECT.has(name));

/** Objects that ask something of clients, or that name others that do. */
function objectsOf({ traefik, virtualServers, gatewayApi, profile }: NetworkModel): unknown {
  const all: readonly Iterable<Partial<Resource>>[] = [
    traefik.middlewares.values(),
    traefik.tlsOptions.values(),
    traefik.ingressRoutes,
    virtualServers.policies.values(),
    virtualServers.servers,
    virtualServers.routes,
    gatewayApi.gateways.values(),
    gatewayApi.routes,
  ];
  return [profile.ingress.controllers, ...all.map((list) => Array.from(list, contentOf))];
}
