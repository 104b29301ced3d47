import { inMap } from '../../../kernel/in-map.js';
import { sortedInSteps } from '../../../kernel/sorted-in-steps.js';
import { finished, forEachInSteps, inOneStep, type Steps } from '../../../kernel/steps.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { Ingress, IngressRule } from '../../../resources/ingress.js';
import { PASSTHROUGH, type TransportServer } from '../../../resources/transport-server.js';
import { SharedLocationTexts } from '../nginx/location-texts.js';
import { f5Annotations } from './f5-annotations.js';
import { isTlsEnded } from './f5-certificate.js';
import type { F5Listeners } from './f5-listeners.js';
import type { F5Objects } from './f5-objects.js';
import type { F5Options } from './f5-options.js';
import { compareClaims, type F5Owner, type F5Server, hostOf, hostText, isUndecided, nothingElse, PATHS_IN_A_STEP } from './f5-server.js';
import { f5Fault } from './f5-validation.js';
import { ingressServer, masterServer } from './ingress-server.js';
import { placesOf } from './virtual-places.js';
import { virtualServer } from './virtual-server.js';

/** An object, or a host of it, that is not served, and why. */
export interface Refused {
  readonly ingress: F5Owner;
  readonly host: string | undefined;
  readonly reason: 'INGRESS_REFUSED' | 'HOST_TAKEN' | 'MASTER_MISSING';
  readonly message: string;
  /** Who has the host. */
  readonly holder: F5Owner | undefined;
}

/** Who names a host, and the server that he makes of it. */
interface Claim {
  readonly owner: F5Owner;
  readonly host: string;
  readonly make: () => Steps<F5Server>;
}

/** So many claims are looked at in one step. */
const STRETCH = 100;

const pathsIn = ({ rules }: Ingress) => 1 + rules.reduce((sum, { paths }) => sum + paths.length, 0);

/** Every host with its server, and what is not served (nginx/kubernetes-ingress `internal/k8s/configuration.go`, `validation.go`, `internal/configs/ingress.go`). */
export class F5Servers {
  readonly servers = new Map<string, F5Server>();
  readonly refused: Refused[] = [];
  /** The first with which nginx refuses the configuration of all hosts. */
  broken: F5Server | undefined;
  private readonly texts = new SharedLocationTexts();
  /** Claims to a host that another object has, which neither age nor UID decides. */
  private readonly contested = new Map<string, Claim[]>();
  private readonly rivals = new Map<string, readonly F5Server[]>();
  private readonly minions = new Map<string, Ingress[]>();

  /** Once, before anything is read of it. */
  *fill({ ingresses, servers, routes, transports }: F5Objects, listeners: F5Listeners, options: F5Options): Steps<void> {
    const ordered: Ingress[] = [];
    let looked = 0;
    for (const ingress of yield* sortedInSteps(ingresses, compareClaims)) {
      if (this.isValid(ingress, yield* f5Fault(ingress, options))) ordered.push(ingress);
      looked += pathsIn(ingress);
      if (looked < PATHS_IN_A_STEP) continue;
      looked = 0;
      yield;
    }
    const minions = ordered.filter((ingress) => kindOf(ingress) === 'minion');
    for (const ingress of minions) inMap(this.minions, hostOf(ingress.rules[0]), (): Ingress[] => []).push(ingress);
    const claims = ordered.flatMap((ingress) => (kindOf(ingress) === 'minion' ? [] : this.claimsOf(ingress, options)));
    for (const server of servers) {
      const endsTls = isTlsEnded(server, options);
      const make = () => virtualServer(server, placesOf(server, routes), listeners.listeningOf(server, endsTls), endsTls, this.texts);
      if (this.isValid(server, server.fault)) claims.push({ owner: server, host: server.host, make });
    }
    for (const transport of transports) {
      const { host = '', listener } = transport;
      if (!this.isValid(transport, transport.fault) || listener.name !== PASSTHROUGH.name) continue;
      claims.push({ owner: transport, host, make: () => inOneStep(this.passing(transport, host)) });
    }
    for (const [place, claim] of (yield* sortedInSteps(claims, (a, b) => compareClaims(a.owner, b.owner))).entries()) {
      if (place % STRETCH === 0) yield;
      yield* this.claim(claim);
    }
    yield* forEachInSteps(minions, STRETCH, (ingress) => this.withoutMaster(ingress));
  }

  /** The servers of those who may have the host as well. */
  readonly rivalsFor = (host: string): readonly F5Server[] =>
    inMap(this.rivals, host, () => (this.contested.get(host) ?? []).map(({ make }) => finished(make())));

  private isValid(ingress: F5Owner, message: string | undefined): boolean {
    if (message !== undefined) this.refused.push({ ingress, host: undefined, reason: 'INGRESS_REFUSED', message, holder: undefined });
    return message === undefined;
  }

  private claimsOf(ingress: Ingress, options: F5Options): Claim[] {
    return ingress.rules.map((rule) => ({ owner: ingress, host: hostOf(rule), make: () => this.serverOf(ingress, rule, options) }));
  }

  /** A host belongs to the object that comes first; the others get nothing of it. */
  private *claim(claim: Claim): Steps<void> {
    const { owner, host } = claim;
    const holder = this.servers.get(host)?.owner;
    if (holder) {
      const message = `${hostText(host)} belongs to ${describeRef(holder.ref)}, which comes first`;
      this.refused.push({ ingress: owner, host, reason: 'HOST_TAKEN', message, holder });
      if (isUndecided(owner, holder)) inMap(this.contested, host, (): Claim[] => []).push(claim);
      return;
    }
    const server = yield* claim.make();
    this.broken ??= server.twice && server;
    this.servers.set(host, server);
  }

  private serverOf(ingress: Ingress, rule: IngressRule, options: F5Options): Steps<F5Server> {
    const host = hostOf(rule);
    return kindOf(ingress) === 'master'
      ? masterServer(ingress, host, this.minions.get(host) ?? [], this.texts)
      : ingressServer(ingress, rule, this.texts, options);
  }

  /** A host whose TLS is passed through has no server for HTTP. */
  private passing(owner: TransportServer, host: string): F5Server {
    const empty = { locations: [], texts: this.texts.of([]), patterns: [], places: new Map(), contested: undefined };
    return {
      owner,
      host,
      ...empty,
      endsTls: false,
      listening: 'usual',
      isGrpcOnly: false,
      twice: undefined,
      ...nothingElse(),
      passesTls: true,
    };
  }

  private withoutMaster(ingress: Ingress): void {
    const host = hostOf(ingress.rules[0]);
    const server = this.servers.get(host);
    if (server?.owner.kind === 'Ingress' && kindOf(server.owner) === 'master') return;
    const message = `no Ingress of type master has ${hostText(host)}`;
    this.refused.push({ ingress, host, reason: 'MASTER_MISSING', message, holder: server?.owner });
  }
}

const kindOf = (ingress: Ingress) => f5Annotations(ingress).mergeable;
