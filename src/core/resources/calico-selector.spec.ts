import { describe, expect, it } from 'vitest';
import { allOf, calicoSelectorMatches, type CalicoSelector } from './calico-selector.js';
import { parseCalicoSelector } from './parse-calico-selector.js';

function selector(text: string): CalicoSelector {
  const parsed = parseCalicoSelector(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function problem(text: string): string {
  const parsed = parseCalicoSelector(text);
  return parsed.ok ? 'valid' : parsed.error;
}

/** projectcalico/calico `libcalico-go/lib/selector` and the comment on `NetworkPolicySpec.Selector`. */
const ROWS: readonly [selector: string, labels: Record<string, string>, matches: boolean][] = [
  // "my_label != …: not equal; also matches if label is not present".
  ['a != "x"', {}, true],
  ['a not in {"x"}', {}, true],
  ['a == ""', {}, false],
  ['a == ""', { a: '' }, true],
  // A set may be empty, and end with a comma (parser.go, TokIn).
  ['a in {}', { a: 'x' }, false],
  ['a not in {}', { a: 'x' }, true],
  ['a in {"x", }', { a: 'x' }, true],
  // Blanks around and inside operators may be left out (tokenizer.go).
  ['a notin{"x"}', { a: 'y' }, true],
  ['a startswith"x"', { a: 'xy' }, true],
  ['a\tends\twith "y"', { a: 'xy' }, true],
  ['has( a )&&all( )', { a: '' }, true],
  // `!` binds tighter than `&&`, that tighter than `||`; `!a == "b"` is `!(a == "b")`.
  ['!a == "b"', { a: 'c' }, true],
  ['!has(a) && has(b) || has(c)', { a: '', c: '' }, true],
  ['!(has(a) && has(b)) && !!has(c)', { a: '', c: '' }, true],
  ['has(c) || has(a) && has(b)', { a: '' }, false],
  ['(has(c) || has(a)) && has(b)', { a: '', b: '' }, true],
  // Words that are operators or calls elsewhere are labels where a label stands.
  ['in in {"x"}', { in: 'x' }, true],
  ['all == "x"', { all: 'x' }, true],
  ['projectcalico.org/namespace == "a b"', { 'projectcalico.org/namespace': 'a b' }, true],
  ['a == \'say "x"\'', { a: 'say "x"' }, true],
  ['has(constructor)', {}, false],
];

describe('calicoSelectorMatches', () => {
  it.each(ROWS)('%s', (text, labels, matches) => expect(calicoSelectorMatches(selector(text), labels)).toBe(matches));

  it('joins selectors with "and"', () => {
    const both = allOf(selector('has(a) || has(b)'), undefined, selector('has(c)'));
    expect(both?.text).toBe('(has(a) || has(b)) && (has(c))');
    expect(both && calicoSelectorMatches(both, { b: '', c: '' })).toBe(true);
    expect(both && calicoSelectorMatches(both, { b: '' })).toBe(false);
  });

  it('asks a selector of many conditions and parentheses without recursion', () => {
    const deep = `${'('.repeat(50_000)}has(a)${')'.repeat(50_000)}`;
    const long = Array.from({ length: 50_000 }, (_, index) => `has(b${index})`).join(' || ');
    expect(calicoSelectorMatches(selector(`${deep} && (${long})`), { a: '', b49999: '' })).toBe(true);
  });

  it('takes the blanks away from the ends, however many stand between', () => {
    const inside = `has(a) &&${' '.repeat(1_000_000)}has(b)`;
    expect(selector(`\t ${inside} \t`).text).toBe(inside);
  });
});

describe('what parseCalicoSelector says of text that is no selector', () => {
  it.each([
    ['a = "b"', 'expected an operator such as `==`, `in` or `contains` after the label `a` at character 3, found `= "b"`'],
    ['a == b', 'expected a text in quotes at character 6, found `b`'],
    ['a == "b', 'expected the quote that ends this text at character 6, found `"b`'],
    ['a in ("b")', 'expected a set such as `{"a", "b"}` after `in` at character 6, found `("b")`'],
    ['a in {"b" "c"}', 'expected `,` or `}` at character 11, found `"c"}`'],
    ['(has(a)', 'expected `&&`, `||` or `)` at character 8, it ends there'],
    ['has(a))', 'expected `&&`, `||` or the end at character 7, found `)`'],
    ['has(a) &&', 'expected a condition such as `app == "web"`, `has(app)` or `all()` at character 10, it ends there'],
    [`has(a) a in {"${'x'.repeat(100)}"}`, `expected \`&&\`, \`||\` or the end at character 8, found \`a in {"${'x'.repeat(23)}…\``],
    ['has()', 'expected the label that `has(` asks for at character 5, found `)`'],
    ['all(a)', 'expected `)` after `all(` at character 5, found `a)`'],
    [
      `${'x'.repeat(513)} == "a"`,
      `expected an operator such as \`==\`, \`in\` or \`contains\` after the label \`${'x'.repeat(512)}\` at character 513, found \`x == "a"\``,
    ],
  ])('%s', (text, message) => expect(problem(text)).toBe(message));
});
