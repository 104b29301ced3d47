import { type AddressInfo, isIPv6 } from 'node:net';
import { invariant } from './core/kernel/invariant.js';

/** What a started server tells who started it. */
export interface Welcome {
  /** Where the server listens. */
  readonly url: string;
  /** The bootstrap token, when it was made just now: it is shown this once. */
  readonly secret: string | undefined;
  /** Whether the cluster `harbor` of the demo fleet is there to be asked. */
  readonly demo: boolean;
  /** The clusters whose names are served as real DNS. */
  readonly dns: { readonly address: string; readonly served: readonly { readonly cluster: string; readonly port: number }[] };
}

/** Where a server that listens at a host is opened on this machine: what listens everywhere is at 127.0.0.1, too. */
export function urlOf(host: string, address: AddressInfo | string | null): string {
  invariant(address !== null && typeof address === 'object', 'the server listens at a port');
  const isEverywhere = host === '::' || host === '0.0.0.0';
  return `http://${isEverywhere ? '127.0.0.1' : isIPv6(host) ? `[${host}]` : host}:${address.port}`;
}

/** The lines of the welcome: where to look, how to get in, and one command to try. */
export function welcome({ url, secret, demo, dns }: Welcome): readonly string[] {
  const authorization = `-H "Authorization: Bearer ${secret ?? '$PORTOLAN_TOKEN'}"`;
  return [
    '',
    `Portolan   ${url}/`,
    `playground ${url}/playground`,
    `docs       ${url}/docs`,
    ...dns.served.map(({ cluster, port }) => `dns        ${cluster} on ${dns.address} port ${port}, UDP and TCP, for whoever can reach it`),
    ...(secret === undefined
      ? ['token      the one you have, as $PORTOLAN_TOKEN; `npm run token` issues another']
      : ['', 'bootstrap token, shown this once:', `  ${secret}`]),
    '',
    ...(demo ? question(url, authorization) : firstImport(url, authorization)),
    '',
  ];
}

function question(url: string, authorization: string): readonly string[] {
  return [
    'try:',
    `  curl -fsS ${authorization} \\`,
    `    "${url}/api/v1/clusters/harbor/queries/policy-verdict?from=deploy/shop/web&to=sts/data/postgres&protocol=TCP&port=5432"`,
  ];
}

function firstImport(url: string, authorization: string): readonly string[] {
  return [
    'make a cluster, then send it what kubectl, helm or kustomize print:',
    `  curl -fsS ${authorization} -H "Content-Type: application/json" -d '{"name": "mine"}' ${url}/api/v1/clusters`,
    `  curl -fsS ${authorization} -H "Content-Type: application/yaml" --data-binary @cluster.yaml ${url}/api/v1/clusters/mine/snapshots`,
  ];
}
