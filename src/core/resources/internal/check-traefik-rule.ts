import { compileRule } from '../../traefik-rule/compile-rule.js';
import type { RuleLanguage, RuleSyntax } from '../../traefik-rule/rule-syntax.js';
import type { ObjectReader } from './object-reader.js';

/** `error while parsing rule …`, as `Muxer.AddRoute` of `pkg/muxer/http/mux.go` begins. Where no syntax is told it is v3, unless Traefik is set otherwise (`core.defaultRuleSyntax`). */
export function checkRule(reader: ObjectReader, match: string, told: RuleSyntax | undefined, of: 'http' | 'tcp' = 'http'): void {
  const language = (syntax: RuleSyntax): RuleLanguage => (of === 'tcp' ? `tcp-${syntax}` : syntax);
  const compiled = compileRule(match, language(told ?? 'v3'));
  if (compiled.ok) return;
  const { message, position, hint } = compiled.error;
  const isV2 = told === undefined && compileRule(match, language('v2')).ok;
  const shown = match.length > 200 ? `${match.slice(0, 200)}…` : match;
  const better = isV2 ? 'it is one of the syntax v2: `syntax: v2`' : hint;
  reader.error('invalid-rule', 'match', `error while parsing rule ${shown}: ${message} (at character ${position})`, better);
}
