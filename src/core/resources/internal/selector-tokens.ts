import { err, ok, type Result } from '../../kernel/result.js';
import type { SelectorStep } from '../calico-selector.js';

/** One word of a selector, a whole condition being one word. `at` counts characters from 0; `text` is what stands there, empty at the end. */
export type SelectorToken = { readonly at: number; readonly text: string } & (
  { readonly type: '(' | ')' | '!' | '&&' | '||' | 'end' } | { readonly type: 'condition'; readonly step: SelectorStep }
);

/** What a text could be read as, and where it ends. */
interface Read<T> {
  readonly value: T;
  readonly end: number;
}

type Reading<T> = Result<Read<T>, string>;

const PUNCTUATION = /\(|\)|!(?!=)|&&|\|\|/y;
const BLANKS = /[ \t]*/y;
/** "Label names are allowed to contain alphanumerics, -, _ and /", at most 512 of them. */
const LABEL = /[a-zA-Z0-9_./-]{1,512}/y;
const CALL = /(has|all|global)\(/y;
/** Longest first; blanks inside and around an operator may be left out. */
const OPERATOR = /==|!=|contains|starts[ \t]*with|ends[ \t]*with|not[ \t]*in|in/y;
const STRING = /"[^"]*"|'[^']*'/y;

/** Cuts a selector into words (`libcalico-go/lib/selector/tokenizer`). The error says what was expected where. */
export function selectorTokens(text: string): Result<readonly SelectorToken[], string> {
  const tokens: SelectorToken[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const sign = matchAt(PUNCTUATION, text, at);
    if (isSign(sign)) {
      tokens.push({ type: sign, at, text: sign });
      at = skipBlanks(text, at + sign.length);
      continue;
    }
    const condition = conditionAt(text, at);
    if (!condition.ok) return condition;
    const { value, end } = condition.value;
    tokens.push({ type: 'condition', step: value, at, text: text.slice(at, end) });
    at = skipBlanks(text, end);
  }
  return ok([...tokens, { type: 'end', at, text: '' }]);
}

function isSign(text: string | undefined): text is '(' | ')' | '!' | '&&' | '||' {
  return text !== undefined;
}

function conditionAt(text: string, at: number): Reading<SelectorStep> {
  const call = matchAt(CALL, text, at);
  if (call !== undefined) return callAt(text, at, call);
  const label = matchAt(LABEL, text, at);
  if (label === undefined) return wrong(text, at, 'a label, `has(…)`, `all()`, `(` or `!`');
  const operatorAt = skipBlanks(text, at + label.length);
  const operator = matchAt(OPERATOR, text, operatorAt);
  if (operator === undefined)
    return wrong(text, operatorAt, `an operator such as \`==\`, \`in\` or \`contains\` after the label \`${label}\``);
  const valueAt = skipBlanks(text, operatorAt + operator.length);
  const op = operator.replace(/[ \t]+/, '');
  if (op === 'in' || op === 'notin') return setCondition(text, valueAt, label, op === 'in' ? 'in' : 'not in');
  const value = stringAt(text, valueAt);
  return value.ok ? ok({ value: comparison(label, op, value.value.value), end: value.value.end }) : value;
}

function comparison(label: string, op: string, value: string): SelectorStep {
  if (op === '==') return { op: 'in', label, values: new Set([value]) };
  if (op === '!=') return { op: 'not in', label, values: new Set([value]) };
  if (op === 'contains') return { op: 'contains', label, value };
  return { op: op === 'startswith' ? 'starts with' : 'ends with', label, value };
}

function callAt(text: string, at: number, call: string): Reading<SelectorStep> {
  const inside = skipBlanks(text, at + call.length);
  const label = call === 'has(' ? matchAt(LABEL, text, inside) : '';
  if (label === undefined) return wrong(text, inside, 'the label that `has(` asks for');
  const close = skipBlanks(text, inside + label.length);
  if (text[close] !== ')') return wrong(text, close, `\`)\` after \`${call}${label}\``);
  const end = close + 1;
  if (call === 'has(') return ok({ value: { op: 'has', label }, end });
  return ok({ value: { op: call === 'all(' ? 'all' : 'global' }, end });
}

/** `{"a", "b"}`; the set may be empty, and a comma may stand behind the last value. */
function setCondition(text: string, at: number, label: string, op: 'in' | 'not in'): Reading<SelectorStep> {
  if (text[at] !== '{') return wrong(text, at, `a set such as \`{"a", "b"}\` after \`${op}\``);
  const values = new Set<string>();
  let next = skipBlanks(text, at + 1);
  while (text[next] !== '}') {
    const value = stringAt(text, next);
    if (!value.ok) return value;
    values.add(value.value.value);
    next = skipBlanks(text, value.value.end);
    if (text[next] === ',') next = skipBlanks(text, next + 1);
    else if (text[next] !== '}') return wrong(text, next, '`,` or `}`');
  }
  return ok({ value: { op, label, values }, end: next + 1 });
}

/** A text in either kind of quotes: "they do not support escape characters". */
function stringAt(text: string, at: number): Reading<string> {
  const quoted = matchAt(STRING, text, at);
  if (quoted !== undefined) return ok({ value: quoted.slice(1, -1), end: at + quoted.length });
  const open = text[at] === '"' || text[at] === "'";
  return wrong(text, at, open ? 'the quote that ends this text' : 'a text in quotes');
}

function skipBlanks(text: string, at: number): number {
  return at + (matchAt(BLANKS, text, at)?.length ?? 0);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** How much of the text an error shows. */
const SHOWN = 30;

export function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function wrong(text: string, at: number, expected: string): Result<never, string> {
  const found = at < text.length ? `found \`${shortened(text.slice(at, at + SHOWN + 1))}\`` : 'it ends there';
  return err(`expected ${expected} at character ${at + 1}, ${found}`);
}
