import { z } from 'zod';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { parseProtocol, type Protocol } from '../../core/net/protocol.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';

/** `tcp` is TCP. */
export const protocolInput = z
  .preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(['TCP', 'UDP', 'SCTP']))
  .optional();

/** A number or a name; the number may come as text. */
export const portInput = z
  .union([z.string().min(1).max(63), z.number().int()])
  .transform(String)
  .optional();

/** What a selector of the question names. */
export function endpointsIn(model: NetworkModel, text: string): Result<ResolvedEndpoints, Problem> {
  const selector = parseEndpointSelector(text);
  return selector.ok ? resolveEndpoints(model, selector.value) : selector;
}

/** The same, where `any` and silence mean that nothing is filtered. */
export function filterIn(model: NetworkModel, text: string | undefined): Result<ResolvedEndpoints | undefined, Problem> {
  return text === undefined || text.trim() === 'any' ? ok(undefined) : endpointsIn(model, text);
}

/** The protocol of a question whose schema has checked it. */
export function protocolOf(text: string | undefined): Protocol | undefined {
  return text === undefined ? undefined : parseProtocol(text);
}
