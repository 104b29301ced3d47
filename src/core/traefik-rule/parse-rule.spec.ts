import { describe, expect, it } from 'vitest';
import { MAX_RULE_LENGTH, parseRule } from './parse-rule.js';

describe('the length of a rule', () => {
  const ruleOf = (length: number) => `Path(\`/${'a'.repeat(length - 'Path(`/`)'.length)}\`)`;

  it('is read up to the bound', () => {
    expect(parseRule(ruleOf(MAX_RULE_LENGTH), 'v3').ok).toBe(true);
  });

  it('is told, with the bound and the place, where it is more', () => {
    const parsed = parseRule(ruleOf(MAX_RULE_LENGTH + 1), 'v3');
    expect(parsed).toMatchObject({ ok: false, error: { position: 10_001, hint: 'split it into several routes' } });
    expect(parsed.ok ? '' : parsed.error.message).toContain('10001 characters');
  });
});
