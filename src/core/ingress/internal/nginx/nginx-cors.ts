import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { Outcome } from '../dialect.js';
import { annotationPointer } from './annotation-reader.js';
import type { AskedCors } from './asked-cors.js';
import { reach, type Source } from './nginx-outcomes.js';
import type { Visit } from './visit.js';

/** The origin that the answer allows: that of the request, or any; undefined: none (`buildCorsOriginRegex`). */
function allowedOrigin({ origins }: AskedCors, { request }: Visit): string | undefined {
  if (origins[0] === '*') return '*';
  const origin = request.headers.find(([name]) => name.toLowerCase() === 'origin')?.[1];
  return origin !== undefined && origins.some((allowed) => endsAs(origin.toLowerCase(), allowed.toLowerCase())) ? origin : undefined;
}

/** nginx asks that the origin ends as one of those allowed does, and not how it begins. The first `*` is one label. */
function endsAs(origin: string, allowed: string): boolean {
  const star = allowed.indexOf('*');
  if (star < 0) return origin.endsWith(allowed);
  const rest = allowed.slice(star + 1);
  if (!origin.endsWith(rest)) return false;
  const before = origin.slice(0, origin.length - rest.length);
  const label = /[a-z0-9-]+$/.exec(before)?.[0] ?? '';
  // What stands before the `*` ends in a slash, so that the label begins right behind it.
  return label !== '' && before.slice(0, -label.length).endsWith(allowed.slice(0, star));
}

/** What the location says in answers to the origin; undefined: it says nothing (`CORS` of the template). */
export function corsHeaders(asked: AskedCors | undefined, visit: Visit): readonly ResponseHeaderChange[] | undefined {
  const origin = asked && allowedOrigin(asked, visit);
  if (!asked || origin === undefined) return undefined;
  return [
    setTo('Access-Control-Allow-Origin', origin),
    ...(asked.credentials ? [setTo('Access-Control-Allow-Credentials', 'true')] : []),
    setTo('Access-Control-Allow-Methods', asked.methods),
    setTo('Access-Control-Allow-Headers', asked.headers),
    ...(asked.exposed === '' ? [] : [setTo('Access-Control-Expose-Headers', asked.exposed)]),
    setTo('Access-Control-Max-Age', String(asked.maxAge)),
  ];
}

const setTo = (name: string, value: string): ResponseHeaderChange => ({ action: 'set', name, value });

/** What asks nginx to answer OPTIONS. */
export interface CorsAsker {
  readonly by: string;
  readonly pointer: string;
  /** The Content-Type of the answer. */
  readonly type: string;
}

const BY_ANNOTATION: CorsAsker = { by: '`enable-cors`', pointer: annotationPointer('enable-cors'), type: 'text/plain charset=UTF-8' };

/** nginx answers every OPTIONS of an origin that is allowed, whether a browser asks before a request or not. */
export function answeredOptions(source: Source, headers: readonly ResponseHeaderChange[], asker = BY_ANNOTATION): Outcome {
  const { router, ingress, pointer, served } = source;
  const step: EvidenceStep = {
    stage: 'access',
    outcome: 'selected',
    reason: 'PREFLIGHT_ANSWERED',
    message: `${asker.by}: nginx itself answers OPTIONS with 204, before any redirect and whoever asks`,
    object: ingress?.ref,
    pointer: asker.pointer,
  };
  return {
    router,
    because: null,
    place: ingress && { ingress, pointer },
    served,
    key: 'PREFLIGHT 204',
    reached: reach('PREFLIGHT', step),
    backends: [],
    status: 204,
    forwarded: undefined,
    redirect: null,
    responseHeaders: [...headers, setTo('Content-Type', asker.type), setTo('Content-Length', '0')],
  };
}
