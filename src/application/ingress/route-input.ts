import { z } from 'zod';
import { DIALECTS } from '../../core/ingress/route-request.js';

/** What may be asked of `route`. */
export const routeInput = z.strictObject({
  url: z
    .string()
    .min(1)
    .max(8192)
    .describe(
      'the request, `https://shop.example.com/api?page=2`; sent byte for byte, only a fragment is dropped. A connection to a Gateway that is not HTTP: `tls://db.example.com` (or through an Ingress with `ssl-passthrough`, or Traefik), `tcp://db.example.com:5432`, `udp://dns.example.com:53`',
    ),
  method: z
    .string()
    .max(100)
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be an HTTP method')
    .default('GET')
    .describe('the HTTP method'),
  headers: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()).max(200))
    .default([])
    .describe('headers as `name: value`, one an entry or one a line, or one JSON object; `Host` replaces the host of the URL for routing'),
  class: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('the ingress class whose controller gets the request; derived where the model tells'),
  gateway: z
    .string()
    .min(1)
    .max(507)
    .optional()
    .describe('the Gateway that gets the request, `namespace/name`; then the rules of the Gateway API decide'),
  port: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('the port of the Gateway that the client connects to; that of the URL if left out'),
  dialect: z.enum(DIALECTS).optional().describe("by whose rules to judge; the class's own where they are modelled, else the specification"),
  sni: z.string().max(253).optional().describe('the name in the TLS hello; the host of an https URL if left out, empty for none'),
  alpn: z
    .preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(z.string().min(1).max(255)).max(100))
    .optional()
    .describe('the protocols that the TLS hello offers (ALPN), as `h2,http/1.1`; not told if left out: rules of Traefik may ask for them'),
  clientCertificate: z
    .string()
    .max(507)
    .optional()
    .describe(
      'the Secret with the certificate that the client presents, `namespace/name`; empty for none. Left out: none to a Gateway, and to controllers of Ingresses one that they take',
    ),
  backendFailures: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('what if so many attempts to reach the backend of a Gateway go wrong; all of them if left out'),
  backendFailure: z
    .union([z.literal('connection'), z.coerce.number().int().min(400).max(599)])
    .optional()
    .describe('how they go wrong: `connection` for none, or the status of the answer; after the delay alone if left out'),
  backendDelay: z.coerce.number().int().min(0).max(86_400_000).optional().describe('how many milliseconds they take'),
  clientAddress: z.string().max(253).optional().describe('the address the client connects from'),
  authStatus: z.coerce
    .number()
    .int()
    .min(200)
    .max(599)
    .optional()
    .describe(
      'what comes of it wherever a rule asks who the client is: what the auth service answers, `200` or `401`; of a password anything but 2xx is that it is wrong. Left out: the client is taken to be let in',
    ),
  authHeaders: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()).max(200))
    .optional()
    .describe('headers of that answer, written as `headers` are; only beside `authStatus`'),
  seed: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'draws one backend by its share, and one endpoint of it, the same one for the same seed; the exact shares are told all the same',
    ),
});

/** The same, read. */
export type RouteInput = z.output<typeof routeInput>;
