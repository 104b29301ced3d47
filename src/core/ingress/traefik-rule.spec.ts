import { describe, expect, it } from 'vitest';
import { cited } from '../../../test/support/cited.js';
import { askTraefikRules } from './traefik-rule.js';
import type { RuleSyntax } from '../traefik-rule/rule-syntax.js';

const PRECEDENCE = ['kubernetesgateway', 'kubernetescrd', 'kubernetes'];
const rule = (text: string, priority = 0, provider?: string) => ({ rule: text, priority, provider });

function ask(texts: readonly ReturnType<typeof rule>[], path = '/', syntax: RuleSyntax = 'v3', client?: string) {
  const request = { method: 'GET', host: 'a.example.com', path, query: undefined, headers: [], client };
  return cited(askTraefikRules({ rules: texts, syntax, precedence: PRECEDENCE, request }));
}
const verdict = (text: string, path?: string, syntax?: RuleSyntax) => ask([rule(text)], path, syntax).verdict;
const fault = (text: string, syntax: RuleSyntax = 'v3') =>
  askTraefikRules({ rules: [rule(text)], syntax, precedence: PRECEDENCE, request: undefined }).result.rules[0]?.fault;

/** Traefik `pkg/rules/parser.go`: the text is an expression of Go (go.dev/ref/spec, "Operators", "String literals", "Semicolons"). */
describe('the language of rules', () => {
  it('binds `&&` stronger than `||`, and `!` strongest', () => {
    expect(verdict('Path(`/`) || Path(`/`) && Path(`/x`)')).toBe('MATCHES');
    expect(verdict('!Path(`/x`) && Path(`/x`)')).toBe('NO_MATCH');
  });

  it('ends a rule where a line ends behind a value, and not behind an operator', () => {
    expect(fault('Path(`/a`)\n&& Path(`/b`)')).toMatchObject({ position: 11, hint: expect.stringContaining('end of the line') });
    expect(fault('Path(`/a`) &&\nPath(`/b`)\n')).toBeNull();
  });

  it('reads escapes in double quotes only', () => {
    expect(fault(String.raw`PathRegexp("\.css")`)).toMatchObject({ position: 13, hint: expect.stringContaining('backquotes') });
    expect(fault('PathRegexp(`\\.css`)')).toBeNull();
  });

  it('names the nearest right thing', () => {
    expect(fault('Host(example.com)')).toMatchObject({ position: 6, hint: 'write ``Host(`example.com`)``' });
    expect(fault('PathPrefx(`/a`)')).toMatchObject({ position: 1, hint: 'did you mean `PathPrefix`?' });
    expect(fault('Path(`a`)')).toMatchObject({ position: 1, hint: 'write `/a`' });
  });
});

/** Traefik `pkg/muxer/http/matcher.go` and `matcher_v2.go`; `withRoutingPath` of `mux.go`. */
describe('matchers', () => {
  it('compare a path whose reserved characters stay encoded', () => {
    expect(ask([rule('Path(`/a b%2Fc`)')], '/a%20b%2fc')).toMatchObject({ verdict: 'MATCHES', result: { routingPath: '/a b%2Fc' } });
  });

  it('find expressions anywhere in v3, and whole in templates of v2', () => {
    expect(verdict('HostRegexp(`example`)')).toBe('MATCHES');
    expect(verdict('HostRegexp(`example`)', '/', 'v2')).toBe('NO_MATCH');
    expect(verdict('HostRegexp(`{sub:[a-z]+}.example.com`)', '/', 'v2')).toBe('MATCHES');
  });

  it('refuse what is no expression, and leave open what is not supported here', () => {
    expect(fault('PathRegexp(`(?=a)`)')).not.toBeNull();
    expect(ask([rule(String.raw`PathRegexp("\\pL")`)])).toMatchObject({ verdict: 'UNKNOWN', confidence: 'INSUFFICIENT_INFO' });
  });

  it('leave `ClientIP` open without an address, unless another part decides', () => {
    expect(verdict('ClientIP(`10.0.0.0/8`)')).toBe('UNKNOWN');
    expect(verdict('ClientIP(`10.0.0.0/8`) && Path(`/x`)')).toBe('NO_MATCH');
    expect(ask([rule('ClientIP(`10.0.0.0/8`)')], '/', 'v3', '10.1.2.3').verdict).toBe('MATCHES');
  });
});

/** `GetRulePriority` and `routes.Less` of `pkg/muxer/http/mux.go`. */
describe('the choice among rules', () => {
  it('takes the longest rule, and shows each loser both priorities', () => {
    const answer = ask([rule('PathPrefix(`/`)'), rule('PathPrefix(`/my`)')], '/my');
    expect(answer.result).toMatchObject({ serves: 1, rules: [{ priority: 15 }, { priority: 17 }] });
    const loser = answer.evidence.find(({ reason }) => reason === 'LOWER_PRIORITY');
    expect(loser?.message).toContain('priority 15 is lower than 17');
  });

  it('goes by provider at equal priority, and is undefined beyond', () => {
    const text = 'PathPrefix(`/`)';
    expect(ask([rule(text, 10, 'kubernetes'), rule(text, 10, 'kubernetescrd')]).result.serves).toBe(1);
    expect(ask([rule(text, 10), rule(text, 10)])).toMatchObject({ verdict: 'UNDEFINED', result: { serves: null } });
  });

  it('drops a rule that is refused', () => {
    expect(ask([rule('Host(', 99), rule('PathPrefix(`/`)')]).result).toMatchObject({ serves: 1 });
  });
});
