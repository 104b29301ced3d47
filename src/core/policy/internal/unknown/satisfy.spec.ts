import { assert, constantFrom, dictionary, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calicoSelectorMatches } from '../../../resources/calico-selector.js';
import { parseCalicoSelector } from '../../../resources/parse-calico-selector.js';
import { NAMESPACE, type PodFormula } from './pod-formula.js';
import { entails, satisfy } from './satisfy.js';

/** `namespace` stands for the name of the pod's namespace. */
function formula(text: string): PodFormula {
  const read = parseCalicoSelector(text);
  if (!read.ok) throw new Error(read.error);
  return read.value.steps.map((step) => ('label' in step && step.label === 'namespace' ? { ...step, label: NAMESPACE } : step));
}

/** `a ⊢ b`: whoever matches the first matches the second. The meaning of each operator is that of Calico's NetworkPolicy reference, "Selectors". */
describe('what follows from selectors', () => {
  it.each([
    ['all()', 'app == "x" || app != "x"', true],
    ['all()', 'has(app) || !has(app)', true],
    ['all()', 'app in {"x"} || has(app)', false],
    ['app == "x"', 'has(app)', true],
    ['has(app)', 'app == "x"', false],
    ['app == "x" && tier == "y"', 'app in {"x", "z"}', true],
    ['app != "x"', 'has(app)', false],
    ['!has(app)', 'app != "x"', true],
    ['app starts with "web-"', 'app starts with "we"', true],
    ['app starts with "we"', 'app starts with "web-"', false],
    ['app == "web-1"', 'app starts with "web" && app ends with "1"', true],
    ['app contains "b" && app starts with "a"', 'app == "ab"', false],
    ['app contains "bc"', 'app contains "b"', true],
    ['app contains "b"', 'app starts with "a" || app ends with "c"', false],
    ['namespace == "shop"', 'has(namespace)', true],
    ['all()', 'has(namespace)', true],
    ['all()', 'namespace == "shop"', false],
  ])('%s ⊢ %s: %s', (first, second, follows) => {
    expect(entails(formula(first), formula(second))).toBe(follows);
  });

  it('nothing satisfies a contradiction, and too many parts are not tried', () => {
    expect(satisfy(formula('app == "x" && app == "y"'))).toBe('none');
    expect(satisfy(formula('app starts with "ab" && app starts with "b"'))).toBe('none');
    const parts = Array.from('abcdefgh')
      .map((part) => `app contains "${part}"`)
      .join(' && ');
    expect(satisfy(formula(parts))).toBe('unknown');
  });

  it('what follows holds for every pod that there is', () => {
    const texts = [
      'app == "x"',
      'app != "x"',
      'has(tier)',
      '!has(app)',
      'app starts with "x"',
      'tier in {"x","xy"}',
      'app contains "y" || has(tier)',
    ];
    const one = constantFrom(...texts, ...texts.map((text) => `!(${text})`), ...texts.map((text) => `(${text}) && tier != "y"`));
    assert(
      property(one, one, dictionary(constantFrom('app', 'tier'), constantFrom('x', 'y', 'xy', 'zyx')), (first, second, labels) => {
        const matches = (text: string) => calicoSelectorMatches({ text, steps: formula(text) }, labels);
        if (matches(first) && !matches(second)) expect(entails(formula(first), formula(second)), `${first} ⊢ ${second}`).toBe(false);
        if (matches(first)) expect(satisfy(formula(first))).not.toBe('none');
        const found = satisfy(formula(first));
        if (typeof found === 'string') return;
        const witness = Object.fromEntries([...found].flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
        expect(calicoSelectorMatches({ text: first, steps: formula(first) }, witness)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
