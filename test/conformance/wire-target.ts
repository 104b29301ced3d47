import { freePort } from './free-port.js';

/** Where a product answers real DNS, and for which cluster. */
export interface WireTarget {
  readonly cluster: string;
  readonly host: string;
  readonly port: number;
}

/** What a product that is started here is told; of a running one, what `PORTOLAN_DNS` says of it (`cluster:port`), undefined where that is not set. */
export async function wireTarget(url: string | undefined): Promise<WireTarget | undefined> {
  if (url === undefined) return { cluster: 'conformance-dns', host: '127.0.0.1', port: await freePort() };
  const [, cluster, port] = /^([\w-]+):(\d+)/.exec(process.env['PORTOLAN_DNS'] ?? '') ?? [];
  return cluster === undefined ? undefined : { cluster, host: new URL(url).hostname, port: Number(port) };
}
