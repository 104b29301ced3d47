import type { ModelPod } from '../model/network-model.js';
import type { QueryType } from './dns-record.js';
import type { Libc } from './search-walk.js';

/** Which name, asked by whom. */
export interface NameQuestion {
  readonly name: string;
  /** Undefined: addresses of both families, as `getaddrinfo` asks for them. */
  readonly type: QueryType | undefined;
  /** The pod that asks, or the node (its own processes and hostNetwork pods); undefined: the name server is asked directly, without a search list. */
  readonly from: { readonly pod: ModelPod } | { readonly node: string } | undefined;
  readonly libc: Libc;
}

/** What a name comes to. */
export type NameVerdict = 'RESOLVED' | 'NODATA' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'EXTERNAL';

/** The same walk by the other C library. */
export interface OtherWalk {
  readonly libc: Libc;
  readonly verdict: NameVerdict;
  readonly name: string;
  readonly questions: number;
}
