import type { Ingress } from '../../../resources/ingress.js';
import type { TransportServer } from '../../../resources/transport-server.js';
import type { VirtualServer } from '../../../resources/virtual-server.js';
import type { Location, NginxServer } from '../nginx/servers.js';
import type { PathRule } from '../path-rule.js';
import type { Listening } from './f5-listeners.js';
import type { VirtualPlace } from './virtual-places.js';

/** A server of the controller: one host, which belongs to one object (or to a master and its minions). */
export interface F5Server extends NginxServer {
  readonly owner: F5Owner;
  /** Locations that are expressions, in the order in which nginx tries them. */
  readonly patterns: readonly F5Pattern[];
  /** What the locations of a VirtualServer do. */
  readonly places: ReadonlyMap<Location, VirtualPlace>;
  /** Undefined: no path is claimed by minions of one age. */
  readonly contested: Contested | undefined;
  /** It has a certificate, so that it takes https. */
  readonly endsTls: boolean;
  readonly listening: Listening;
  /** All its paths go to gRPC, so that it takes https alone (`GRPCOnly` of `internal/configs/ingress.go`). */
  readonly isGrpcOnly: boolean;
  /** A location that nginx has been given already, with which it refuses the configuration; undefined: there is none. */
  readonly twice: { readonly location: Location; readonly message: string } | undefined;
}

/** So many paths of one server are looked at in one step. */
export const PATHS_IN_A_STEP = 500;

/** Locations as nginx looks for them. */
export type LocationSet = Pick<F5Server, 'locations' | 'texts' | 'patterns'>;

/** Paths that several minions of one age claim, any of which may have it. */
export interface Contested {
  /** For each path what each minion would make of it, that one first which stands among the locations of the server. */
  readonly claims: readonly (readonly LocationSet[])[];
  /** The locations of all other paths. */
  readonly settled: LocationSet;
}

/** A location that is an expression. */
export interface F5Pattern {
  readonly location: Location;
  /** The order of expressions. */
  readonly place: number;
  readonly expression: string;
  readonly ignoreCase: boolean;
}

/** The host of rules without one: their server takes what no other has the name of (`listen … default_server` of `internal/configs/version1/nginx.ingress.tmpl`). */
export const EVERY_OTHER_HOST = '';

/** That of a rule. */
export const hostOf = (rule: { readonly host: string | undefined } | undefined) => rule?.host ?? EVERY_OTHER_HOST;

/** A host in words. */
export const hostText = (host: string) => (host === EVERY_OTHER_HOST ? 'every other host' : `host \`${host}\``);

/** What a host can belong to; to a TransportServer that passes TLS through. */
export type F5Owner = Ingress | VirtualServer | TransportServer;

/** `chooseObjectMetaWinner`: the older one, of equal age the one with the larger UID. */
export function compareClaims(a: F5Owner, b: F5Owner): number {
  const [left, right] = [a.uid ?? '', b.uid ?? ''];
  return ageOf(a) - ageOf(b) || (left > right ? -1 : left < right ? 1 : 0);
}

/** Whether it cannot be told which of two comes first. */
export function isUndecided(a: F5Owner, b: F5Owner): boolean {
  return ageOf(a) === ageOf(b) && (a.uid === undefined || b.uid === undefined);
}

function ageOf({ createdAt }: F5Owner): number {
  return createdAt === undefined ? 0 : Date.parse(createdAt) || 0;
}

/** What servers of ingress-nginx have besides. */
export const nothingElse = () =>
  ({
    appRoot: undefined,
    aliases: [],
    isRegex: false,
    wwwRedirect: false,
    passesTls: false,
    tls: undefined,
    snippet: undefined,
    certificateAskers: new Array<Ingress>(),
    backendSecrets: new Array<Ingress>(),
    taken: new Map<PathRule, Location>(),
    canaries: new Set<PathRule>(),
  }) as const;
