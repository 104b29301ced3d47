import { z } from 'zod';
import { DIALECTS } from '../../core/ingress/route-request.js';
import { BACKEND_PROTOCOLS, ROUTE_VERDICT_NAMES } from '../../core/ingress/route-result.js';
import { ARRIVAL_VERDICTS } from './route-arrival.js';
import type { RouteInCluster } from './route-in-cluster.js';
import { PASSAGE_VERDICTS } from './route-passage.js';

const endpoint = z.object({
  address: z.string(),
  port: z.number().int(),
  pod: z.string().nullable().describe('`namespace/name`; null for endpoints that are no pods'),
  node: z.string().nullable(),
});

const forwarded = z.object({
  method: z.string(),
  host: z.string(),
  path: z.string(),
  headers: z.array(z.string()).describe('`name: value`'),
});
const headerChange = z.object({ action: z.enum(['set', 'add', 'remove']), name: z.string(), value: z.string().nullable() });

const backendTls = z.object({
  sni: z.string().nullable().describe('the name in the TLS hello; null: none'),
  policy: z
    .string()
    .nullable()
    .describe("the BackendTLSPolicy or ServersTransport; null: no such object says how, or the client's own TLS is passed through"),
  names: z.array(z.string()).describe("names of which the backend's certificate has to carry one; empty where the client checks it"),
  clientCertificate: z
    .string()
    .nullable()
    .describe(
      "`namespace/name` of the Secret with the certificate that a Gateway or Traefik shows the backend; null: none, or the client's own",
    ),
});

const backend = z.object({
  namespace: z.string(),
  service: z.string(),
  port: z.number().int(),
  portName: z.string(),
  share: z.number().describe('exact part of the requests, 0 to 1'),
  endpoints: z.array(endpoint).describe('the ready endpoints'),
  notReady: z.number().int().describe('endpoints of this port that are not ready and get nothing'),
  forwarded: forwarded
    .nullable()
    .describe('what this backend receives where filters of its own change it; null: as `forwarded` of the result'),
  responseHeaders: z.array(headerChange).describe('what filters of this backend do to its answers, on top of those of the rule'),
  protocol: z
    .enum(BACKEND_PROTOCOLS)
    .nullable()
    .describe('what is spoken with this backend, inside TLS or without; null: bytes or packets as they come'),
  tls: backendTls.nullable().describe('how the gateway speaks TLS with this backend; null: it does not'),
});

const certificate = z.object({
  sni: z.string().nullable(),
  namespace: z.string(),
  secret: z.string(),
  object: z.string().describe('the object that names the Secret'),
  pointer: z.string(),
  host: z.string().describe('the entry of `hosts` that covers the SNI'),
  names: z.array(z.string()).nullable().describe('names in the certificate; null where it cannot be read'),
  covers: z.boolean().nullable().describe('whether one of the names covers the SNI; null where they are unknown'),
});

const candidate = z.object({
  object: z.string().describe('`Ingress shop/web`'),
  pointer: z.string().describe('the path, rule or default backend in the object'),
  class: z.string().nullable(),
  host: z.string().nullable().describe('null: every host'),
  path: z.string().nullable().describe('null: a rule without paths, or a default backend'),
  pathType: z.string().nullable(),
  backend: z.string(),
  owner: z.string().nullable().describe('the controlling owner, else the label `app.kubernetes.io/managed-by`'),
  createdAt: z.string().nullable(),
  outcome: z.enum(['selected', 'possible', 'lost', 'no-match', 'excluded']),
  reason: z.string().describe('reason code'),
  key: z
    .string()
    .nullable()
    .describe(
      'the first key that decided: class, host, path, host-precedence, path-length, path-type, tie; of an HTTPRoute also hostname, hostname-length, method, header, headers, query, age, name, rule',
    ),
  own: z.string().nullable().describe("this candidate's value of the key"),
  other: z.string().nullable().describe("the winner's value for a key of precedence, the request's for a key of matching"),
});

const possibility = z.object({
  verdict: z.enum(ROUTE_VERDICT_NAMES),
  status: z.number().int().nullable(),
  backends: z.array(backend),
  class: z.string().nullable(),
  object: z.string().nullable(),
  pointer: z.string().nullable(),
  why: z.string(),
});

const nearMiss = z.object({
  reason: z.string(),
  object: z.string().nullable(),
  pointer: z.string().nullable(),
  message: z.string(),
  fix: z.string().describe('the smallest change that would make it match'),
});

const note = z.object({ code: z.string(), message: z.string() });

const arrival = z
  .object({
    verdict: z.enum(ARRIVAL_VERDICTS),
    addresses: z
      .array(z.string())
      .describe('of a host that is known, its own; else where the class or Gateway is to be reached, as far as objects tell'),
    service: z.string().nullable().describe('`namespace/name` of the Service that has them; null: none that is known'),
    message: z.string(),
  })
  .describe('where the host of the URL leads: to the pods that serve the class or Gateway, or elsewhere');

const passage = z
  .object({
    verdict: z.enum(PASSAGE_VERDICTS),
    message: z.string(),
    from: z.string().nullable().describe('the workload whose pods send to backends; null where it is not known'),
    pods: z.number().int(),
    backends: z.array(
      z.object({
        namespace: z.string(),
        service: z.string(),
        port: z.number().int(),
        verdict: z.enum(PASSAGE_VERDICTS),
        message: z.string().describe('who to whom, and the policies that decide: `policy-verdict` in one line'),
        refused: z.array(z.string()).describe('endpoints that not every connection reaches, the first ten by name'),
      }),
    ),
  })
  .describe('whether network policies let the pods that serve reach the endpoints of the backends');

/** The shape of `route`'s result. */
export const routeResultSchema: z.ZodType<RouteInCluster> = z.object({
  dialect: z.enum(DIALECTS).describe('by whose rules the request was judged'),
  class: z.string().nullable().describe('the class that was judged; null when there is none, or several come into question'),
  controller: z.string().nullable(),
  status: z
    .number()
    .int()
    .nullable()
    .describe('what the controller itself answers; null when a backend answers (unless the question says what), or the rules do not say'),
  grpcStatus: z
    .number()
    .int()
    .nullable()
    .describe('the code of gRPC where the gateway itself answers a call: 12 Unimplemented, 14 Unavailable; always under HTTP 200'),
  gateway: z.string().nullable().describe('`namespace/name` of the Gateway that was judged; null for Ingress'),
  listener: z.string().nullable().describe('the listener of the Gateway that takes the request'),
  backends: z.array(backend),
  errorShare: z
    .number()
    .describe(
      'part of the requests, 0 to 1, that fall to backends which cannot be used and are answered 500; of connections the part that is closed, and of packets that is dropped',
    ),
  pick: z
    .object({
      seed: z.string(),
      draws: z
        .object({ backend: z.number(), endpoint: z.number() })
        .describe('at least 0, less than 1: where in the shares, and among the endpoints, the lot fell'),
      namespace: z.string().nullable().describe('null, and `service`, `port` and `endpoint` too: backends that cannot be used'),
      service: z.string().nullable(),
      port: z.number().int().nullable(),
      endpoint: endpoint.nullable().describe('null: the backend has no ready endpoint'),
      status: z.number().int().nullable().describe('what the client gets instead of an answer of a backend'),
    })
    .nullable()
    .describe('one backend by its share, and one endpoint of it, drawn by the `seed` of the question; null without one'),
  forwarded: forwarded.nullable().describe('what the backend receives; null when no backend gets the request'),
  redirect: z
    .object({
      status: z.number().int(),
      location: z.string().describe('the Location header'),
      scheme: z.string(),
      host: z.string(),
      port: z.number().int().nullable().describe("null: the scheme's own, left out"),
      path: z.string().describe('with the query'),
    })
    .nullable(),
  limits: z
    .object({
      request: z.number().nullable().describe('milliseconds for everything; null: no limit'),
      backendRequest: z.number().nullable().describe('milliseconds for one attempt; null: no limit'),
      retries: z.number().int().nullable().describe('most retries; null: the rule says nothing, or leaves it to the implementation'),
      retriedStatuses: z.array(z.number().int()),
      sent: z.number().int().nullable().describe('attempts that were sent, where the question says how the backend behaves'),
    })
    .nullable()
    .describe('timeouts and retries of the rule of a Gateway; null where it has none'),
  mirrors: z.array(
    z.object({
      namespace: z.string().nullable().describe('null, and `service` and `port` too: the URL names no Service that is known'),
      service: z.string().nullable(),
      port: z.number().int().nullable(),
      percent: z.number().describe('0 to 100'),
      url: z.string().nullable().describe('where `mirror-target` of ingress-nginx sends the copy; null: to the Service, as the request is'),
      host: z.string().nullable().describe('the Host header of the copy; null: that of the request'),
      body: z.boolean().describe('whether the copy has the body of the request'),
    }),
  ),
  errorPages: z
    .object({
      statuses: z.array(z.number().int()),
      ofBackend: z.boolean().describe('whether the answers of the backend are replaced too, or those of the controller alone'),
      namespace: z.string().nullable().describe('null, and `service` and `port` too: the controller itself, which answers 404'),
      service: z.string().nullable(),
      port: z.number().int().nullable(),
      path: z.string().describe('where it is asked for the page; `{status}` stands for the error'),
      headers: z.array(z.string()).describe('what it is told beside the request, `name: value`'),
    })
    .nullable()
    .describe(
      'errors whose pages another Service writes (`custom-http-errors` of ingress-nginx, Middlewares `errors` of Traefik); null: none',
    ),
  responseHeaders: z.array(headerChange).describe('what is done to the headers of the answer'),
  certificate: certificate.nullable().describe('null for http, or when the rules leave the certificate open'),
  candidates: z.array(candidate).describe('every path of the host, whatever its class, and the default backends that were asked'),
  possibilities: z.array(possibility).describe('one entry where the rules are clear, several where they are not'),
  unspecified: z.array(note).describe('what the rules leave open for this request'),
  nearMisses: z.array(nearMiss),
  arrival,
  passage: passage.nullable().describe('null: nothing is sent to a backend'),
});
