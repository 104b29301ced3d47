import type { RouteExpectation } from './compare-route.js';

/** A request as the pack writes it. */
export interface Request {
  readonly scheme: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly sni?: string;
  readonly clientAddress?: string;
  readonly backendBehaviour?: {
    readonly failures?: number;
    readonly failStatus?: number;
    readonly failBy?: string;
    readonly delayEach?: string;
  };
  readonly clientCertificate?: { readonly namespace: string; readonly name: string };
  /** Of a call of gRPC, whose `method` is one of the service. */
  readonly service?: string;
  readonly backendResponseHeaders?: Readonly<Record<string, string>>;
}

/** Where a case is asked. */
export interface Via {
  readonly ingressClass?: string;
  readonly gateway?: Omit<KindedName, 'kind'>;
  readonly port?: number;
}

/** What an answer has to say; which members count depends on the kind of the case. */
export type Expectation = RouteExpectation & Readonly<Record<string, unknown>>;

/** One question of one dialect. */
export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly dialect?: string;
  readonly via?: Via;
  readonly request?: Request;
  readonly expect?: Expectation;
  readonly subject?: KindedName;
  readonly parent?: Partial<KindedName>;
  readonly mutations?: readonly Mutation[];
}

/** An object by its name. */
export interface KindedName {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** An object of a scenario. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** A case as the pack writes it: what each dialect is to answer, and where it is asked, may stand by dialect. */
export interface WrittenCase extends Omit<Case, 'via'> {
  readonly via?: Via | Readonly<Record<string, Via>>;
  readonly expectByDialect?: Readonly<Record<string, Expectation>>;
}

/** A change to a scenario's objects for one case. */
export type Mutation = { readonly op: 'apply'; readonly object: Manifest } | ({ readonly op: 'delete' } & KindedName);

/** One question per dialect of a case. */
export function perDialect({ expectByDialect, via, ...one }: WrittenCase): readonly Case[] {
  if (!expectByDialect) return [{ ...one, ...(via ? { via } : {}) }];
  const places = (via ?? {}) as Readonly<Record<string, Via>>;
  return Object.entries(expectByDialect).map(([dialect, expect]) => {
    const place = places[dialect];
    return { ...one, id: `${one.id} ${dialect}`, dialect, expect, ...(place ? { via: place } : {}) };
  });
}
