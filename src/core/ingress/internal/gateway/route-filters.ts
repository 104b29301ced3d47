import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteFilter } from '../../../resources/gateway-route.js';
import { affectedBy } from '../../../resources/unmodelled-kinds.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import { corsHeaders } from './cors.js';
import type { HTTPCandidate } from './http-candidates.js';
import type { ReadRequest } from './http-match.js';
import { implementationObjects } from './implementation-objects.js';

/** A filter that cannot be applied: it is never left out. `missing`: it refers to an object that does not exist, and the answer is an error. */
export interface StrangeFilter {
  readonly pointer: string;
  readonly missing: boolean;
  readonly note: Note;
}

/** The first filter whose effect the specification does not say (`HTTPRouteFilter.Type`: "the filter MUST NOT be skipped"). */
export function strangeFilter(model: NetworkModel, namespace: string, filters: readonly RouteFilter[]): StrangeFilter | undefined {
  for (const filter of filters) {
    const { pointer } = filter;
    if (filter.type === 'unknown') {
      const name = filter.name === '' ? 'without a type' : `\`${filter.name}\``;
      return { pointer, missing: false, note: unspecified(`the filter ${name} cannot be applied: ${filter.fault}`) };
    }
    if (filter.type === 'ExtensionRef') return extension(model, namespace, filter);
  }
  return undefined;
}

/** "If a reference to a custom filter type cannot be resolved […] requests […] MUST receive a HTTP error response": told only of kinds that the model keeps. */
function extension(model: NetworkModel, namespace: string, filter: Extract<RouteFilter, { type: 'ExtensionRef' }>): StrangeFilter {
  const { pointer } = filter;
  const { group, kind, name } = filter.reference;
  const what = `${kind} ${namespace}/${name}${group === '' ? '' : ` of ${group}`}`;
  const isThere = implementationObjects(model).some(
    (ref) => ref.kind === kind && ref.name === name && ref.namespace === namespace && ref.apiVersion.startsWith(`${group}/`),
  );
  if (isThere) return { pointer, missing: false, note: unspecified(`what the filter ${what} does is up to the implementation`) };
  if (affectedBy(group, kind) !== undefined) {
    return {
      pointer,
      missing: true,
      note: { code: 'FILTER_REFERENCE_MISSING', message: `the filter refers to ${what}, which does not exist` },
    };
  }
  const message = `the filter refers to ${what}, a kind of an implementation that the model does not keep: what it does, and whether it exists, is not known`;
  return { pointer, missing: false, note: unspecified(message) };
}

function unspecified(message: string): Note {
  return { code: 'FILTER_UNSPECIFIED', message };
}

/** Types of filters that can stand in a `backendRef` and whose meaning there is plain. */
const OF_BACKEND: ReadonlySet<string> = new Set(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestMirror', 'URLRewrite']);
/** The same where the backend takes every request; else part of the clients would be answered by the gateway, and no two of them alike. */
const OF_ONLY_BACKEND: ReadonlySet<string> = new Set([...OF_BACKEND, 'RequestRedirect', 'CORS']);

/** Why what the filters of a backend do is not described; undefined where it is (`HTTPBackendRef.Filters`: "executed if and only if the request is being forwarded to the backend"). */
export function strangeBackendFilter(
  model: NetworkModel,
  namespace: string,
  ofBackend: readonly RouteFilter[],
  ofRule: readonly RouteFilter[],
  share: number,
): StrangeFilter | undefined {
  const odd = strangeFilter(model, namespace, ofBackend);
  if (odd) return odd;
  const known = share === 1 ? OF_ONLY_BACKEND : OF_BACKEND;
  const other = ofBackend.find(({ type }) => !known.has(type));
  if (other)
    return {
      pointer: other.pointer,
      missing: false,
      note: unspecified(`what a filter ${other.type} of one backend does is not described`),
    };
  const again = ofBackend.find(({ type }) => type === 'URLRewrite' && ofRule.some((one) => one.type === type));
  return (
    again && {
      pointer: again.pointer,
      missing: false,
      note: unspecified('the rule and its backend both rewrite the URL: in which order is not described'),
    }
  );
}

/** What filters do to the headers of the answer, CORS included. */
export function responseChanges(filters: readonly RouteFilter[], request: ReadRequest): readonly ResponseHeaderChange[] {
  return filters.flatMap((filter): readonly ResponseHeaderChange[] => {
    if (filter.type === 'CORS') return corsHeaders(filter, request).map(([name, value]) => ({ action: 'set', name, value }));
    if (filter.type !== 'ResponseHeaderModifier') return [];
    const { set, add, remove } = filter.headers;
    return [
      ...set.map(([name, value]): ResponseHeaderChange => ({ action: 'set', name, value })),
      ...add.map(([name, value]): ResponseHeaderChange => ({ action: 'add', name, value })),
      ...remove.map((name): ResponseHeaderChange => ({ action: 'remove', name, value: null })),
    ];
  });
}

/** The step that shows a filter. */
export function filterStep({ route }: HTTPCandidate, filter: RouteFilter): EvidenceStep {
  const known = filter.type !== 'unknown' && filter.type !== 'ExtensionRef';
  const name = filter.type === 'unknown' ? filter.name : filter.type;
  return {
    stage: 'filter',
    outcome: known ? 'match' : 'info',
    reason: known ? 'FILTER_APPLIED' : 'FILTER_UNKNOWN',
    message: known ? `filter ${name} is applied` : `what the filter \`${name}\` does is not described`,
    object: route.ref,
    pointer: filter.pointer,
  };
}
