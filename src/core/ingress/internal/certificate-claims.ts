import type { Ingress, IngressTls } from '../../resources/ingress.js';
import { parentDomain } from './request-host.js';

/** A `spec.tls` entry and the host of it that covers a name. */
export interface CertificateClaim {
  readonly ingress: Ingress;
  readonly tls: IngressTls;
  readonly host: string;
}

/** Claims by host in lower case, wildcards as they are written; of an entry that writes a host twice, one. */
type ClaimsByHost = ReadonlyMap<string, readonly CertificateClaim[]>;

const tables = new WeakMap<readonly Ingress[], ClaimsByHost>();

/** The claims of a list of Ingresses, which is that of one class and never changes. */
function tableOf(members: readonly Ingress[]): ClaimsByHost {
  const known = tables.get(members);
  if (known) return known;
  const table = new Map<string, CertificateClaim[]>();
  for (const ingress of members) {
    for (const tls of ingress.tls) {
      const hosts = new Map(tls.hosts.toReversed().map((host) => [host.toLowerCase(), host]));
      for (const [key, host] of hosts) {
        const list = table.get(key);
        if (list) list.push({ ingress, tls, host });
        else table.set(key, [{ ingress, tls, host }]);
      }
    }
  }
  tables.set(members, table);
  return table;
}

/** The entries that claim a name (lower case): those that name it; where there is none, those that cover it by a wildcard for its first label (rule A13). */
export function claimsOfName(lists: readonly (readonly Ingress[])[], name: string): readonly CertificateClaim[] {
  const find = (host: string) => lists.flatMap((members) => tableOf(members).get(host) ?? []);
  const precise = find(name);
  const domain = parentDomain(name);
  return precise.length > 0 || domain === undefined ? precise : find(`*.${domain}`);
}
