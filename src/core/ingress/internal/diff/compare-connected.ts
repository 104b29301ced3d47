import type { RouteAspect } from '../../route-diff-result.js';
import { backendTexts, conditionsOf, type Routed, same, sideAnswerOf } from './side-answer.js';

/**
 * What the ends of a connection differ in. Who gets none is closed, for whatever reason; and what is inside it is nobody's matter but that of who opens its TLS, so that the
 * certificate is compared.
 */
export function compareConnected(a: Routed, b: Routed): readonly RouteAspect[] | 'open' {
  const [ofA, ofB] = [endsOf(a), endsOf(b)];
  const pairs = ofA.flatMap((one) => ofB.map((other) => differs(one, other)));
  const [first] = pairs;
  if (a.verdict === 'UNDEFINED' || b.verdict === 'UNDEFINED')
    return first !== undefined && pairs.every((aspect) => aspect !== 'none') ? aspectsOf(pairs) : 'open';
  if (first !== 'none' || ofA[0]?.length === 0) return aspectsOf(pairs);
  const [answerA, answerB] = [sideAnswerOf(a), sideAnswerOf(b)];
  const isSame = same(conditionsOf(a), conditionsOf(b));
  return [...(isSame ? [] : (['conditions'] as const)), ...(answerA.certificate === answerB.certificate ? [] : (['certificate'] as const))];
}

/** The backends of each way it may end; none: the connection is closed. */
function endsOf({ verdict, result }: Routed): readonly (readonly string[])[] {
  const all = verdict === 'UNDEFINED' ? result.possibilities : [{ verdict, backends: result.backends }];
  if (all.some((one) => one.verdict === 'UNDEFINED')) return [];
  return all.map((one) =>
    one.verdict === 'ROUTED' || one.verdict === 'DEFAULT_BACKEND' ? backendTexts(one.backends, result.errorShare) : [],
  );
}

function differs(a: readonly string[], b: readonly string[]): 'status' | 'backend' | 'none' {
  if ((a.length === 0) !== (b.length === 0)) return 'status';
  return same(a, b) ? 'none' : 'backend';
}

function aspectsOf(pairs: readonly ('status' | 'backend' | 'none')[]): readonly RouteAspect[] {
  return [...new Set(pairs)].filter((aspect) => aspect !== 'none');
}
