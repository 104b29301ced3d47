import { compileRule } from '../../traefik-rule/compile-rule.js';
import type { RuleLanguage } from '../../traefik-rule/rule-syntax.js';
import type { ObjectReader } from './object-reader.js';

/** `error while parsing rule …`, as `Muxer.AddRoute` of `pkg/muxer/http/mux.go` begins. */
export function checkRule(reader: ObjectReader, match: string, syntax: RuleLanguage): void {
  const compiled = compileRule(match, syntax);
  if (compiled.ok) return;
  const { message, position, hint } = compiled.error;
  const shown = match.length > 200 ? `${match.slice(0, 200)}…` : match;
  reader.error('invalid-rule', 'match', `error while parsing rule ${shown}: ${message} (at character ${position})`, hint);
}
