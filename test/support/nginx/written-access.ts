import type { KubernetesObject } from '../../../src/core/resources/kubernetes-object.js';

/** One host whose clients are asked something, with what its Ingress says of it. */
export interface GuardedHost {
  readonly host: string;
  /** Annotations by their short names. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A request as it is sent. */
export interface GuardedRequest {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly target: string;
  /** The loopback address that it comes from. */
  readonly client: string;
  /** The name in the TLS hello; empty: none. */
  readonly sni: string;
  /** The name of a certificate; empty: none. */
  readonly certificate: string;
  /** What comes of asking who the client is. */
  readonly auth: number;
}

const ALIAS = 'alias.example.org';
/** Where the pages of hosts are: a path of each, an address elsewhere, and one that is no path. */
const PAGES = ['', '/error', 'https://elsewhere.example.com/e', 'elsewhere.example.com/e'];

const VERIFY = ['on', 'off', 'optional', 'optional_no_ca'];
const SUBJECTS = ['', 'CN=good', 'CN=(bad|other),O=Port'];

/** A host for each way to ask for certificates of clients. */
export const CERTIFICATE_HOSTS: readonly GuardedHost[] = VERIFY.flatMap((verify) =>
  SUBJECTS.flatMap((subject) => PAGES.map((page) => ({ verify, subject, page }))),
).map(({ verify, subject, page }, index) => ({
  host: `m${index}.example.com`,
  annotations: {
    'auth-tls-secret': 't/ca',
    'auth-tls-verify-client': verify,
    'auth-tls-pass-certificate-to-upstream': String(index % 2 === 0),
    ...(subject === '' ? {} : { 'auth-tls-match-cn': subject }),
    ...(page === '' ? {} : { 'auth-tls-error-page': page }),
    ...(index === 0 ? { 'server-alias': ALIAS } : {}),
  },
}));

/** It says itself where the client wanted to go, so that nothing is added to it (`buildAuthSignURL`). */
const SIGN_IN = 'https://login.example.com/start?rd=$scheme://$host$request_uri';
const ALLOWED = ['', '127.0.0.2/32', '127.0.0.2/32,127.0.0.3/32'];
const DENIED = ['', '127.0.0.3/32'];
const ASKING: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'auth-type': 'basic', 'auth-secret': 'passwords', 'auth-realm': 'Staff' },
  { 'auth-url': 'http://auth.example.com/check' },
  { 'auth-type': 'basic', 'auth-secret': 'passwords', 'auth-realm': 'Staff', 'auth-url': 'http://auth.example.com/check' },
  { 'auth-url': 'http://auth.example.com/check', 'auth-signin': SIGN_IN },
  {
    'auth-type': 'basic',
    'auth-secret': 'passwords',
    'auth-realm': 'Staff',
    'auth-url': 'http://auth.example.com/check',
    'auth-signin': SIGN_IN,
  },
];

/** A host for each way to let clients in by their addresses and by who they are. */
export const ACCESS_HOSTS: readonly GuardedHost[] = ALLOWED.flatMap((allow) =>
  DENIED.flatMap((deny) => ASKING.flatMap((asking) => ['', 'any', 'all'].map((satisfy) => ({ allow, deny, asking, satisfy })))),
).map(({ allow, deny, asking, satisfy }, index) => ({
  host: `a${index}.example.com`,
  annotations: {
    ...asking,
    ...(allow === '' ? {} : { 'whitelist-source-range': allow }),
    ...(deny === '' ? {} : { 'denylist-source-range': deny }),
    ...(satisfy === '' ? {} : { satisfy }),
  },
}));

/** Every host over TLS with every certificate and name, and without TLS. */
export function certificateRequests(): readonly GuardedRequest[] {
  const plain = { client: '127.0.0.1', auth: 200, target: '/x?y=1' };
  return [...CERTIFICATE_HOSTS.map(({ host }) => host), ALIAS].flatMap((host) => [
    { ...plain, scheme: 'http', host, sni: '', certificate: '' } as const,
    ...[host, 'm1.example.com', 'unknown.example.com', ''].flatMap((sni) =>
      ['', 'good', 'other'].map((certificate) => ({ ...plain, scheme: 'https', host, sni, certificate }) as const),
    ),
  ]);
}

/** Every host from every address, let in and not, at either of its paths. */
export function accessRequests(): readonly GuardedRequest[] {
  return ACCESS_HOSTS.flatMap(({ host }) =>
    ['127.0.0.1', '127.0.0.2', '127.0.0.3'].flatMap((client) =>
      ['/x', '/error/y?z=1'].flatMap((target) =>
        [200, 204, 401, 403, 404].map((auth) => ({ scheme: 'http', host, target, client, sni: '', certificate: '', auth }) as const),
      ),
    ),
  );
}

/** What the product reads: an Ingress a host, in which `/error` is a path of its own. `certificates`: PEM texts by their names. */
export function guardedManifests(hosts: readonly GuardedHost[], certificates: Readonly<Record<string, string>>): KubernetesObject[] {
  const secret = (name: string, stringData: Readonly<Record<string, string>>): KubernetesObject => {
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 't' }, stringData };
  };
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
    secret('ca', { 'ca.crt': 'x' }),
    secret('passwords', { auth: 'x' }),
    ...Object.entries(certificates).map(([name, pem]) => secret(name, { 'tls.crt': pem })),
    ...['web', 'error', 'pages'].flatMap(service),
    ...hosts.map(({ host, annotations }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: host,
        namespace: 't',
        annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value])),
      },
      spec: { ingressClassName: 'nginx', rules: [{ host, http: { paths: [path('/', 'web'), path('/error', 'error')] } }] },
    })),
  ];
}

const path = (text: string, name: string) => ({
  path: text,
  pathType: 'Prefix',
  backend: { service: { name, port: { number: 80 } } },
});

function service(name: string, index: number): KubernetesObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 't' },
      spec: { clusterIP: `10.96.0.${index + 1}`, ports: [{ name: 'http', port: 80 }] },
    },
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
