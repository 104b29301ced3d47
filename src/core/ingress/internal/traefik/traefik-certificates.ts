import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { IngressRoute } from '../../../resources/traefik.js';
import type { IngressRouteTCP } from '../../../resources/traefik-stream.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import { certificateNames } from '../certificate-names.js';
import type { RoutingObject } from '../path-rule.js';
import { hostCovers, readRequestHost } from '../request-host.js';
import type { TraefikOptions } from './options.js';

/** A Secret that an object hands to Traefik. */
interface Offer {
  readonly holder: RoutingObject;
  readonly pointer: string;
  readonly secretName: string;
  readonly names: readonly string[] | undefined;
}

/**
 * The certificate for a name in the TLS hello (`GetBestCertificate` of `pkg/tls/certificate_store.go`): whichever Secret it stands in, one that is made out to the name, before
 * one with a wildcard for its first label; else the default one. `spec.tls[].hosts` decide nothing.
 */
export class TraefikCertificates {
  private readonly offers: readonly Offer[];
  private readonly usual: Offer | undefined;

  constructor(
    private readonly model: NetworkModel,
    { defaultTLSNamespace: only }: Pick<TraefikOptions, 'defaultTLSNamespace'>,
    ingresses: readonly Ingress[],
    routes: readonly (IngressRoute | IngressRouteTCP)[],
  ) {
    const { tlsStores } = model.traefik;
    const stores = tlsStores.filter(({ ref, namespace }) => ref.name === 'default' && (only === undefined || namespace === only));
    // `buildTLSStores`: of several none counts.
    const store = stores.length === 1 ? stores[0] : undefined;
    const offers = [
      ...ingresses.flatMap((ingress) => ingress.tls.map(({ pointer, secretName }) => this.offer(ingress, pointer, secretName))),
      ...routes.map((route) => this.offer(route, route.tls?.pointer ?? '', route.tls?.secretName)),
      ...tlsStores.flatMap((one) => one.certificates.map(({ pointer, secretName }) => this.offer(one, pointer, secretName))),
    ];
    // Of several made out to the same names the first is kept, and they are read by the names of their Secrets.
    const key = (offer: Offer) => `${offer.holder.namespace}/${offer.secretName}`;
    this.offers = offers.filter((one) => one !== undefined).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    this.usual = store && this.offer(store, store.defaultCertificate?.pointer ?? '', store.defaultCertificate?.secretName);
  }

  private offer(holder: RoutingObject, pointer: string, secretName: string | undefined): Offer | undefined {
    if (secretName === undefined) return undefined;
    const pem = this.model.secrets.get(`${holder.namespace}/${secretName}`)?.tlsCertificate;
    return { holder, pointer, secretName, names: pem === undefined ? undefined : certificateNames(pem) };
  }

  /** Whether some certificate is made out to a name. */
  covers(name: string): boolean {
    return this.best(name) !== undefined;
  }

  /** What the client is shown; `strict`: nothing, where no certificate is made out to the name. */
  presented(sni: string | undefined, strict: boolean): CertificateOutcome {
    const name = sni === undefined ? '' : readRequestHost(sni).name;
    const best = this.best(name);
    if (best) return shown(best, name, `is made out to \`${name}\``);
    const missing = this.missing();
    const why = name === '' ? 'the client sends no SNI' : `no certificate is made out to \`${name}\``;
    if (strict) return without(`${why}, and \`sniStrict\` refuses the connection`, missing);
    if (this.usual?.names) return shown(this.usual, name, `is the default certificate (TLSStore \`default\`): ${why}`, missing);
    return without(`${why}: the certificate that Traefik makes itself, "TRAEFIK DEFAULT CERT"`, missing);
  }

  private best(name: string): Offer | undefined {
    const naming = this.offers.find(({ names }) => names?.some((one) => one.toLowerCase() === name));
    return naming ?? this.offers.find(({ names }) => names?.some((one) => hostCovers(one, name)));
  }

  /** Secrets that do not exist, or hold no certificate that can be read. */
  private missing(): readonly EvidenceStep[] {
    return [...this.offers, ...(this.usual ? [this.usual] : [])].flatMap(({ holder, pointer, secretName, names }) => {
      if (names) return [];
      const key = `${holder.namespace}/${secretName}`;
      const secret = this.model.secrets.get(key);
      const reason = secret === undefined ? 'SECRET_MISSING' : 'SECRET_WITHOUT_CERTIFICATE';
      const message = secret === undefined ? `Secret ${key} does not exist` : `Secret ${key} holds no certificate that can be read`;
      return [{ stage: 'certificate', outcome: 'no-match', reason, message, object: holder.ref, pointer } as const];
    });
  }
}

function shown(
  { holder, pointer, secretName, names }: Offer,
  name: string,
  why: string,
  before: readonly EvidenceStep[] = [],
): CertificateOutcome {
  const covering = names?.find((one) => hostCovers(one, name));
  const message = `Secret ${holder.namespace}/${secretName} ${why}`;
  return {
    certificate: {
      sni: name === '' ? null : name,
      namespace: holder.namespace,
      secret: secretName,
      object: describeRef(holder.ref),
      pointer,
      host: covering ?? '*',
      names: names ?? null,
      covers: covering !== undefined,
    },
    unspecified: [],
    assumptions: [],
    steps: [...before, { stage: 'certificate', outcome: 'selected', reason: 'CERTIFICATE_SELECTED', message, object: holder.ref, pointer }],
  };
}

function without(message: string, before: readonly EvidenceStep[]): CertificateOutcome {
  const step: EvidenceStep = { stage: 'certificate', outcome: 'info', reason: 'CERTIFICATE_DEFAULT', message };
  return { certificate: undefined, unspecified: [], assumptions: [], steps: [...before, step] };
}
