import type { KubernetesObject } from '../../../src/core/resources/kubernetes-object.js';

/** One path of an Ingress. */
export interface WrittenPath {
  readonly type: 'Exact' | 'Prefix';
  readonly path: string;
  readonly service: string;
}

/** One Ingress of one host, as the test wrote it: read by the product as a manifest, and by the writer of nginx's configuration. */
export interface WrittenIngress {
  readonly name: string;
  /** Days after the first of January 2026; equal ages are common. */
  readonly age: number;
  readonly host: string;
  readonly paths: readonly WrittenPath[];
  /** Annotations by their short names. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A request as it is sent. */
export interface WrittenRequest {
  /** The Host header. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
}

/** The class of every Ingress. */
const NGINX_CLASS = 'nginx';

/** Numbers that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const SERVICES = ['red', 'green', 'blue', 'grey'];
const PLAIN_PATHS = ['/', '/a', '/a/', '/a/b', '/a/b/', '/ab', '/A', '/a/b/c', '/a.b', '/x-y', '/x', '/é'];
const PATTERNS = ['/api(/|$)(.*)', '/v[0-9]+/x', '/(red|blue)/(.*)', '/x.*', '/a', '/a/b', '/', '/a(?:/b)?$', '/[^/]+/c', '/Items'];
const TARGETS = ['/', '/$1', '/$2', '/new/$1', '/fixed', '/$2?from=$1'];
const REDIRECTS = ['https://elsewhere.example.com', 'https://elsewhere.example.com$request_uri', 'http://elsewhere.example.com/x'];

/** Ingresses of so many hosts whose paths are plain: one to three Ingresses for each, with paths that meet often. Every fifth host is a wildcard. */
export function plainIngresses(hosts: number, random: (below: number) => number): readonly WrittenIngress[] {
  return Array.from({ length: hosts }, (_, number) => {
    const host = number % 5 === 4 ? `*.h${number - 1}.example.com` : `h${number}.example.com`;
    return listed(1 + random(3), (index): WrittenIngress => ingress(`i${number}-${index}`, host, random, PLAIN_PATHS, {}));
  })
    .map(withoutTwins)
    .flat();
}

/**
 * Ingresses of so many hosts of which many send clients to their name with or without `www.`: some of these names are hosts, or other names of one, or stand below a wildcard. `random` decides for the paths.
 */
export function otherNameIngresses(hosts: number, random: (below: number) => number): readonly WrittenIngress[] {
  const says = { 'from-to-www-redirect': 'true' };
  return Array.from({ length: hosts }, (_, number): readonly WrittenIngress[] => {
    const name = `w${number}.example.com`;
    const host = number % 3 === 2 ? `www.${name}` : name;
    const other = number % 3 === 2 ? name : `www.${name}`;
    const asks = ingress(`w${number}`, host, random, PLAIN_PATHS, number % 4 === 3 ? {} : says);
    const beside = (name: string, annotations: WrittenIngress['annotations']) =>
      ingress(`w${number}-beside`, name, random, PLAIN_PATHS, annotations);
    const besides = [
      [],
      [beside(other, number % 2 === 0 ? says : {})],
      [beside(`alias${number}.example.com`, { 'server-alias': other })],
      [beside(`*.${host}`, {})],
      [beside(`*.${host}`, {}), { ...beside(host, {}), name: `w${number}-more` }],
    ];
    const all = [asks, ...(besides[random(besides.length)] ?? [])];
    const hostsOfAll = [...new Set(all.map((one) => one.host))];
    return hostsOfAll.flatMap((one) => withoutTwins(all.filter((written) => written.host === one)));
  }).flat();
}

/** Ingresses of so many hosts that are matched by expressions, rewrite, or redirect: any of a host may, each in its own way. Every seventh host is a wildcard; some have other names. */
export function dialectIngresses(hosts: number, random: (below: number) => number): readonly WrittenIngress[] {
  return Array.from({ length: hosts }, (_, number) => {
    const host = number % 7 === 6 ? `*.d${number - 1}.example.com` : `d${number}.example.com`;
    return listed(1 + random(3), (index): WrittenIngress => {
      const kind = random(5);
      const says = index === 0 || random(3) === 0;
      const names: Readonly<Record<string, string>> =
        index === 0 && random(4) === 0 ? { 'server-alias': `other${number}.example.com,*.other${number}.example.com` } : {};
      const own = { ...(says ? annotationsOf(kind, random) : {}), ...names };
      return ingress(`d${number}-${index}`, host, random, kind < 3 ? PATTERNS : PLAIN_PATHS, own);
    });
  })
    .map(withoutTwins)
    .flat();
}

function annotationsOf(kind: number, random: (below: number) => number): Readonly<Record<string, string>> {
  const target = TARGETS[random(TARGETS.length)] ?? '/';
  if (kind === 0) return { 'use-regex': 'true' };
  if (kind <= 2) return { 'use-regex': kind === 1 ? 'true' : 'false', 'rewrite-target': target };
  const url = REDIRECTS[random(REDIRECTS.length)] ?? '';
  if (kind === 4) return { 'app-root': ['/start', '/a'][random(2)] ?? '' };
  // A code that is none of a redirect counts as the usual one (`redirect/main.go`).
  const code = ['301', '303', '308', '404'][random(4)] ?? '';
  const permanent = { 'permanent-redirect': url, 'permanent-redirect-code': code };
  if (random(2) === 0) return permanent;
  return { ...permanent, 'temporal-redirect': url, 'temporal-redirect-code': ['302', '307', '308'][random(3)] ?? '' };
}

function ingress(
  name: string,
  host: string,
  random: (below: number) => number,
  paths: readonly string[],
  annotations: Readonly<Record<string, string>>,
): WrittenIngress {
  const list = listed(1 + random(4), (): WrittenPath => ({
    type: random(4) === 0 ? 'Exact' : 'Prefix',
    path: paths[random(paths.length)] ?? '/',
    service: SERVICES[random(SERVICES.length)] ?? '',
  }));
  return { name, age: random(3), host, paths: list, annotations };
}

/**
 * Leaves out what makes nginx refuse the configuration (rule B6): Prefix `/x/` beside Prefix `/x`, and a path that stands once with the one type and twice with the other, which the
 * controller does not notice (`createServers` looks at the first location of a path alone; every server begins with a Prefix `/`).
 */
function withoutTwins(ingresses: readonly WrittenIngress[]): readonly WrittenIngress[] {
  const all = ingresses.flatMap(({ paths }) => paths);
  const isDefault = (type: WrittenPath['type'], path: string) => type === 'Prefix' && path === '/';
  const has = (type: WrittenPath['type'], path: string) =>
    isDefault(type, path) || all.some((other) => other.type === type && other.path === path);
  const seen = new Set<string>();
  const stays = ({ type, path }: WrittenPath): boolean => {
    if (type === 'Prefix' && path.length > 1 && path.endsWith('/') && has('Prefix', path.slice(0, -1))) return false;
    if (!has('Exact', path) || !has('Prefix', path)) return true;
    const isNew = !seen.has(`${type} ${path}`);
    seen.add(`${type} ${path}`);
    return isNew;
  };
  return ingresses.map((one) => ({ ...one, paths: one.paths.filter(stays) })).filter(({ paths }) => paths.length > 0);
}

const ENDS = ['', '/', '/c', 'c', '/b', '//b', '/../a', '/./b', '%2Fb', '/%62', '/B', '?q=1', '/c?q=a%20b'];

/** A request for one of the hosts, for a name below it, or for one that nobody serves; its path is near one that is written somewhere. */
export function requestNear(ingresses: readonly WrittenIngress[], random: (below: number) => number): WrittenRequest {
  const near = ingresses[random(ingresses.length)];
  if (!near) throw new Error('no Ingress');
  const other = near.host.startsWith('www.') ? near.host.slice(4) : `www.${near.host}`;
  const names = [
    near.host,
    ...(near.annotations['server-alias']?.split(',') ?? []),
    ...(near.annotations['from-to-www-redirect'] === undefined ? [] : [other]),
  ];
  const label = (names[random(names.length)] ?? near.host).replace('*.', ['w.', 'w.w.', '', 'W.'][random(4)] ?? '');
  const host = [label, label, label, label, label.toUpperCase(), `${label}:8080`, `${label}.`, 'nobody.example.com'][random(8)] ?? label;
  const written = near.paths[random(near.paths.length)]?.path ?? '/';
  const base = isPattern(written) ? (EXPANDED[written]?.[random(3)] ?? '/') : encodeURI(written);
  return { host, target: `${base}${ENDS[random(ENDS.length)] ?? ''}`.replace(/^\/\/+/, '/') };
}

const isPattern = (path: string) => Object.hasOwn(EXPANDED, path);

const EXPANDED: Readonly<Record<string, readonly string[]>> = {
  '/api(/|$)(.*)': ['/api', '/api/items', '/API/x'],
  '/v[0-9]+/x': ['/v1/x', '/v22/xy', '/v/x'],
  '/(red|blue)/(.*)': ['/red/a', '/blue/', '/Red/x y'.replace(' ', '%20')],
  '/x.*': ['/x', '/xyz', '/X/1'],
  '/a(?:/b)?$': ['/a', '/a/b', '/a/b/c'],
  '/[^/]+/c': ['/q/c', '/q/cc', '/c'],
  '/Items': ['/items', '/Items/1', '/ITEM'],
};

/** The manifests that the product reads: the Ingresses, their class, and the Services with a ready endpoint each. */
export function manifestsOf(ingresses: readonly WrittenIngress[]): KubernetesObject[] {
  const ingressClass = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: NGINX_CLASS },
    spec: { controller: 'k8s.io/ingress-nginx' },
  };
  return [ingressClass, ...SERVICES.flatMap(service), ...ingresses.map(manifestOf)];
}

function manifestOf({ name, age, host, paths, annotations }: WrittenIngress): KubernetesObject {
  const backend = ({ service: to }: WrittenPath) => ({ service: { name: to, port: { number: 80 } } });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace: 't',
      creationTimestamp: `2026-01-0${age + 1}T00:00:00Z`,
      annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value])),
    },
    spec: {
      ingressClassName: NGINX_CLASS,
      rules: [{ host, http: { paths: paths.map((path) => ({ path: path.path, pathType: path.type, backend: backend(path) })) } }],
    },
  };
}

function service(name: string, index: number): KubernetesObject[] {
  const metadata = { name, namespace: 't' };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: `10.96.0.${index + 1}`, ports: [{ name: 'http', port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace: 't', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [`10.0.0.${index + 1}`], conditions: { ready: true } }],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    },
  ];
}

function listed<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
