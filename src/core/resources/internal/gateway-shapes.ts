import type { ListPart, Part, Shape, TextForm } from './crd-shape.js';
import { FILTER_SHAPE } from './gateway-filter-shapes.js';
import {
  ANYTHING,
  BACKEND,
  CONTROLLER,
  HEADER_NAME,
  KIND,
  list,
  NAME,
  NAMESPACE,
  GROUP,
  needed,
  object,
  SECTION,
  text,
} from './shape-parts.js';

/*
 * What the CRDs of kubernetes-sigs/gateway-api v1.6.1 (both channels, of each limit the wider) ask of `spec`, but for what the readers of the kinds check themselves: the
 * markers `+kubebuilder:validation` of `apis/v1/*_types.go`. Rules in CEL that compare fields with one another stand in `gateway-rules.ts`.
 */

const PARENTS = list(32, { group: GROUP, kind: KIND, namespace: NAMESPACE, name: NAME, sectionName: SECTION, port: ANYTHING });
const COMMON: Shape = { parentRefs: PARENTS, useDefaultGateways: ANYTHING };

const named = (most: number): ListPart => list(16, { type: ANYTHING, name: needed(HEADER_NAME), value: needed(text(most, 1)) });
const SESSION: Shape = {
  sessionName: text(128),
  absoluteTimeout: ANYTHING,
  idleTimeout: ANYTHING,
  type: ANYTHING,
  cookieConfig: object({ lifetimeType: ANYTHING }),
};

const HTTP_RULE: Shape = {
  name: SECTION,
  matches: list(64, {
    path: object({ type: ANYTHING, value: text(1024) }),
    headers: named(4096),
    queryParams: named(1024),
    method: ANYTHING,
  }),
  filters: list(16, FILTER_SHAPE),
  backendRefs: list(16, { ...BACKEND, weight: ANYTHING, filters: list(16, FILTER_SHAPE) }),
  timeouts: object({ request: ANYTHING, backendRequest: ANYTHING }),
  retry: object({ codes: list(200, ANYTHING, { key: 'itself' }), attempts: { is: 'number', least: 1 }, backoff: ANYTHING }),
  sessionPersistence: object(SESSION),
};

const GRPC_RULE: Shape = {
  name: SECTION,
  matches: list(64, {
    method: object({ type: ANYTHING, service: text(1024), method: text(1024) }),
    headers: named(4096),
  }),
  filters: list(16, FILTER_SHAPE),
  backendRefs: list(16, { ...BACKEND, weight: ANYTHING, filters: list(16, FILTER_SHAPE) }),
  sessionPersistence: object(SESSION),
};

/** Routes of connections: one rule, and it has backends. */
function streamRules(most: number): ListPart {
  const backends = list(16, { ...BACKEND, weight: ANYTHING }, { least: 1, needed: true });
  return list(most, { name: SECTION, backendRefs: backends }, { least: 1, needed: true });
}

const SECRET = object({ group: GROUP, kind: KIND, name: needed(NAME), namespace: NAMESPACE });
const AUTHORITIES = list(16, { group: GROUP, kind: needed(KIND), name: needed(NAME), namespace: NAMESPACE }, { least: 1 });
const VALIDATION = object({ validation: object({ caCertificateRefs: { ...AUTHORITIES, needed: true }, mode: ANYTHING }) });
const OPTIONS: Part = { is: 'map', most: 16 };
const FROM = object({ from: ANYTHING, selector: ANYTHING });

/** A pattern of the CRD that is not anchored where it has a slash. */
const PROTOCOL: TextForm = {
  pattern: /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$/,
  words: 'protocol: a name such as `HTTP`, or one of an implementation such as `example.com/quic`',
};
const LISTENERS = list(
  64,
  {
    name: SECTION,
    hostname: ANYTHING,
    port: ANYTHING,
    protocol: needed(text(255, 1, PROTOCOL)),
    tls: object({
      mode: ANYTHING,
      certificateRefs: list(64, { group: GROUP, kind: KIND, name: needed(NAME), namespace: NAMESPACE }),
      options: OPTIONS,
    }),
    allowedRoutes: object({ namespaces: FROM, kinds: list(8, { group: GROUP, kind: needed(KIND) }) }),
  },
  { least: 1 },
);

const ADDRESS_TYPE: TextForm = {
  pattern:
    /^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/,
  words: 'type of address: `IPAddress`, `Hostname`, or one of an implementation such as `example.com/zone`',
};

const GATEWAY: Shape = {
  gatewayClassName: text(253),
  listeners: LISTENERS,
  addresses: list(16, { type: text(253, 1, ADDRESS_TYPE), value: text(253) }),
  infrastructure: object({
    labels: { is: 'map', most: 8 },
    annotations: { is: 'map', most: 16 },
    parametersRef: object({ group: GROUP, kind: needed(KIND), name: needed(NAME) }),
  }),
  allowedListeners: object({ namespaces: FROM }),
  tls: object({
    backend: object({ clientCertificateRef: SECRET }),
    frontend: object({
      default: VALIDATION,
      perPort: list(64, { port: { is: 'anything', needed: true }, tls: VALIDATION }, { key: 'port' }),
    }),
  }),
  defaultScope: ANYTHING,
};

const HOSTS = (most: number, more: Partial<ListPart> = {}): ListPart => list(most, ANYTHING, more);
const GRANTED = { group: { is: 'anything', needed: true }, kind: needed(KIND) } as const;

/** By kind, in the versions that are not named below. */
const SHAPES: Readonly<Record<string, Shape>> = {
  GatewayClass: {
    controllerName: CONTROLLER,
    parametersRef: object({ group: GROUP, kind: needed(KIND), name: needed(NAME), namespace: NAMESPACE }),
    description: text(64),
  },
  Gateway: GATEWAY,
  ListenerSet: { parentRef: object({ group: GROUP, kind: KIND, namespace: NAMESPACE, name: NAME }), listeners: LISTENERS },
  HTTPRoute: { ...COMMON, hostnames: HOSTS(16), rules: list(16, HTTP_RULE, { least: 1 }) },
  GRPCRoute: { ...COMMON, hostnames: HOSTS(16), rules: list(16, GRPC_RULE) },
  TLSRoute: { ...COMMON, hostnames: HOSTS(1024, { least: 1, needed: true }), rules: streamRules(1) },
  TCPRoute: { ...COMMON, rules: streamRules(1) },
  UDPRoute: { ...COMMON, rules: streamRules(1) },
  ReferenceGrant: {
    from: list(16, { ...GRANTED, namespace: NAMESPACE }, { least: 1, needed: true }),
    to: list(16, { ...GRANTED, name: text(253) }, { least: 1, needed: true }),
  },
  BackendTLSPolicy: {
    targetRefs: list(16, { ...GRANTED, name: needed(NAME), sectionName: SECTION }, { least: 1, needed: true }),
    validation: object({
      caCertificateRefs: list(16, { group: GROUP, kind: needed(KIND), name: needed(NAME) }),
      wellKnownCACertificates: ANYTHING,
      hostname: ANYTHING,
      subjectAltNames: list(5, { type: { is: 'anything', needed: true }, hostname: text(253), uri: text(253) }),
    }),
    options: OPTIONS,
  },
};

/** Older versions of a kind asked for less (`config/crd/experimental`, up to v1.4). */
const OLDER: Readonly<Record<string, Shape>> = {
  'v1alpha2/TLSRoute': { ...COMMON, hostnames: HOSTS(1024), rules: streamRules(16) },
  'v1alpha3/TLSRoute': { ...COMMON, hostnames: HOSTS(1024, { least: 1, needed: true }), rules: streamRules(16) },
  'v1alpha2/TCPRoute': { ...COMMON, rules: streamRules(16) },
  'v1alpha2/UDPRoute': { ...COMMON, rules: streamRules(16) },
};

/** What the CRD of a kind asks of `spec`; `version` is `v1`. */
export function shapeOf(kind: string, version: string): Shape | undefined {
  return OLDER[`${version}/${kind}`] ?? SHAPES[kind];
}
