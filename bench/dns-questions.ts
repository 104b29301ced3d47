import type { QueryType } from '../src/core/dns/dns-record.js';
import { clusterIP, type DnsShape, endpointIP, serviceName } from './dns-cluster.js';

/** 10,000 services, every tenth headless, 50,000 pods, 100,000 endpoints. */
export const SHAPE: DnsShape = { namespaces: 100, services: 10_000, pods: 50_000, endpoints: 10 };
/** Questions of one kind. */
const ASKED = 50_000;

/** One question. */
export interface Asked {
  readonly name: string;
  readonly type: QueryType;
}

const reversed = (ip: string) => `${ip.split('.').toReversed().join('.')}.in-addr.arpa.`;

/** The questions of one kind about the services of the cluster, in an order that jumps about. */
export const KINDS: Readonly<Record<string, (service: number) => Asked>> = {
  'A of a service': (service) => ({ name: `${serviceName(service, SHAPE)}.svc.cluster.local.`, type: 'A' }),
  'AAAA of a service (no data)': (service) => ({ name: `${serviceName(service, SHAPE)}.svc.cluster.local.`, type: 'AAAA' }),
  'SRV of a port': (service) => ({ name: `_http._tcp.${serviceName(service, SHAPE)}.svc.cluster.local.`, type: 'SRV' }),
  'A of one endpoint': (service) => ({
    name: `${endpointIP(service, 3, SHAPE).replaceAll('.', '-')}.${serviceName(service, SHAPE)}.svc.cluster.local.`,
    type: 'A',
  }),
  'PTR of a cluster IP': (service) => ({ name: reversed(clusterIP(service)), type: 'PTR' }),
  'PTR of an endpoint': (service) => ({ name: reversed(endpointIP(service, 5, SHAPE)), type: 'PTR' }),
  'a name that does not exist': (service) => ({ name: `${serviceName(service, SHAPE)}.ns-1.svc.cluster.local.`, type: 'A' }),
};

/** {@link ASKED} questions of a kind. */
export function questionsOf(kind: (service: number) => Asked): readonly Asked[] {
  return Array.from({ length: ASKED }, (_, n) => kind((n * 7919) % SHAPE.services));
}

/** Every kind in turns, in an order that jumps about. */
export function mixedQuestions(): readonly Asked[] {
  const kinds = Object.values(KINDS);
  const each = kinds.map((kind) => questionsOf(kind).slice(0, ASKED / kinds.length)).flat();
  return each.map((_, n) => each[(n * 104_729) % each.length] ?? { name: '.', type: 'A' });
}
