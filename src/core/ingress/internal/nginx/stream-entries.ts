import type { ConfigMap } from '../../../resources/config-map.js';
import type { NginxOptions } from './options.js';

/** What a stream carries. */
export type Transport = 'TCP' | 'UDP';

/** One key of a ConfigMap of streams, which is a port, and its value: `namespace/service:port[:PROXY[:PROXY]]`. */
export interface StreamEntry {
  readonly map: ConfigMap;
  readonly key: string;
  readonly value: string;
  readonly transport: Transport;
  /** As `strconv.Atoi` reads the key; undefined: not at all. */
  readonly port: number | undefined;
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number | string } | undefined;
  /** The client speaks the PROXY protocol, or the backend is spoken to by it. */
  readonly proxyProtocol: { readonly ofClient: boolean; readonly toBackend: boolean };
  /** Why the controller passes it over before it looks at any Service. */
  readonly fault: string | undefined;
}

/** The entries of one ConfigMap, in the order of their keys (kubernetes/ingress-nginx `controller.go`, `getStreamServices`). */
export function streamEntries(map: ConfigMap, transport: Transport, { ports }: Pick<NginxOptions, 'ports'>): readonly StreamEntry[] {
  const keys = Object.keys(map.data).toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return keys.map((key) => {
    const value = map.data[key] ?? '';
    const parts = value.split(':');
    const [reference = '', servicePort = ''] = parts;
    const [namespace = '', name = '', ...more] = reference.split('/');
    const port = atoi(key);
    const isNamed = parts.length > 1 && namespace !== '' && name !== '' && more.length === 0;
    const isProxy = (at: number) => transport === 'TCP' && parts[at]?.toUpperCase() === 'PROXY';
    return {
      map,
      key,
      value,
      transport,
      port,
      service: isNamed ? { namespace, name, port: atoi(servicePort) ?? servicePort } : undefined,
      proxyProtocol: { ofClient: isProxy(2), toBackend: parts.length === 4 && isProxy(3) },
      fault: faultOf(port, isNamed, { key, value, reserved: ports.reserved }),
    };
  });
}

function faultOf(
  port: number | undefined,
  isNamed: boolean,
  { key, value, reserved }: { readonly key: string; readonly value: string; readonly reserved: ReadonlySet<number> },
): string | undefined {
  if (port === undefined) return `\`${key}\` is no number of a port`;
  if (reserved.has(port)) return `port ${port} is reserved for the controller itself`;
  return isNamed ? undefined : `\`${value}\` is not \`namespace/service:port\``;
}

/** Go's `strconv.Atoi`: decimal digits behind a sign. */
function atoi(text: string): number | undefined {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}
