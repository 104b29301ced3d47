import type { Part, Shape } from './crd-shape.js';
import { ANYTHING, BACKEND, GROUP, HEADER_NAME, KIND, list, NAME, needed, object, text } from './shape-parts.js';

/** What the CRDs ask of `filters[]` (kubernetes-sigs/gateway-api `apis/v1/httproute_types.go`, `HTTPRouteFilter`, and `grpcroute_types.go`, `GRPCRouteFilter`). */

const HEADERS = list(16, { name: needed(HEADER_NAME), value: needed(text(4096, 1)) }, { key: 'name' });
const HEADER_MODIFIER = object({ set: HEADERS, add: HEADERS, remove: list(16, ANYTHING, { key: 'itself' }) });
const PATH = object({ type: ANYTHING, replaceFullPath: text(1024), replacePrefixMatch: text(1024) });
const names = (part: Part, most = 64) => list(most, part, { key: 'itself' });

const MIRROR = object({ backendRef: object(BACKEND), percent: ANYTHING, fraction: object({ numerator: ANYTHING, denominator: ANYTHING }) });
const EXTENSION = object({ group: GROUP, kind: needed(KIND), name: NAME });

const PATH_CHARACTERS = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$/;
const AUTH = object({
  protocol: ANYTHING,
  backendRef: object(BACKEND),
  grpc: object({ allowedHeaders: names(text(256)) }),
  http: object({
    path: text(1024, 0, { pattern: PATH_CHARACTERS, words: 'path' }),
    allowedHeaders: names(text(256)),
    allowedResponseHeaders: names(text(256)),
  }),
  forwardBody: object({ maxSize: { is: 'number', least: 0 } }),
});

/** A filter of an HTTPRoute or a GRPCRoute; which of them the latter has is told by who reads it. */
export const FILTER_SHAPE: Shape = {
  type: ANYTHING,
  requestHeaderModifier: HEADER_MODIFIER,
  responseHeaderModifier: HEADER_MODIFIER,
  requestMirror: MIRROR,
  requestRedirect: object({ scheme: ANYTHING, hostname: ANYTHING, path: PATH, port: ANYTHING, statusCode: ANYTHING }),
  urlRewrite: object({ hostname: ANYTHING, path: PATH }),
  cors: object({
    allowOrigins: names(text(253, 1)),
    allowCredentials: ANYTHING,
    allowMethods: names(ANYTHING, 9),
    allowHeaders: names(HEADER_NAME),
    exposeHeaders: names(HEADER_NAME),
    maxAge: ANYTHING,
  }),
  externalAuth: AUTH,
  directResponse: ANYTHING,
  extensionRef: EXTENSION,
};
