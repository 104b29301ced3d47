import { err, ok, type Result } from '../kernel/result.js';
import type { CalicoSelector, SelectorStep } from './calico-selector.js';
import { selectorTokens, shortened, type SelectorToken } from './internal/selector-tokens.js';

/** What is open between two parentheses. */
interface Frame {
  /** An odd number of `!` stands before it. */
  readonly negated: boolean;
  /** Operators seen since the last `||`, and the `||` seen. */
  ands: number;
  ors: number;
}

/**
 * Reads a selector (`app == "web" && tier in {"a", "b"} || !has(x)`) as `libcalico-go/lib/selector/parser` does: `!` binds tighter than `&&`, that tighter than
 * `||`; nothing but blanks is `all()`. Works through the text once and without recursion, whatever the text is. The error says what was expected where.
 */
export function parseCalicoSelector(written: string): Result<CalicoSelector, string> {
  const tokens = selectorTokens(written);
  if (!tokens.ok) return tokens;
  const [first, last] = [tokens.value[0], tokens.value.at(-2)];
  if (!first || !last) return ok({ text: 'all()', steps: [{ op: 'all' }] }); // nothing but the end
  const steps = stepsOf(tokens.value);
  return steps.ok ? ok({ text: written.slice(first.at, last.at + last.text.length), steps: steps.value }) : steps;
}

function stepsOf(tokens: readonly SelectorToken[]): Result<readonly SelectorStep[], string> {
  const steps: SelectorStep[] = [];
  const frames: Frame[] = [{ negated: false, ands: 0, ors: 0 }];
  let negated = false;
  let wantsOperand = true;
  for (const token of tokens) {
    const frame = frames.at(-1);
    if (!frame) return err(unexpected(token, 'the end'));
    if (wantsOperand) {
      if (token.type === '!') negated = !negated;
      else if (token.type === '(') {
        frames.push({ negated, ands: 0, ors: 0 });
        negated = false;
      } else if (token.type === 'condition') {
        steps.push(token.step);
        if (negated) steps.push({ op: 'not' });
        negated = false;
        wantsOperand = false;
      } else return err(unexpected(token, 'a condition such as `app == "web"`, `has(app)` or `all()`'));
      continue;
    }
    if (token.type === '&&') frame.ands++;
    else if (token.type === '||') closeAnds(frame, steps, 1);
    else if (token.type === ')' && frames.length > 1) closeFrame(frames, frame, steps);
    else if (token.type === 'end' && frames.length === 1) closeFrame(frames, frame, steps);
    else return err(unexpected(token, frames.length > 1 ? '`&&`, `||` or `)`' : '`&&`, `||` or the end'));
    wantsOperand = token.type === '&&' || token.type === '||';
  }
  return ok(steps);
}

function closeAnds(frame: Frame, steps: SelectorStep[], ors: number): void {
  if (frame.ands > 0) steps.push({ op: 'and', operands: frame.ands + 1 });
  frame.ands = 0;
  frame.ors += ors;
}

function closeFrame(frames: Frame[], frame: Frame, steps: SelectorStep[]): void {
  closeAnds(frame, steps, 0);
  if (frame.ors > 0) steps.push({ op: 'or', operands: frame.ors + 1 });
  if (frame.negated) steps.push({ op: 'not' });
  frames.pop();
}

function unexpected({ at, text }: SelectorToken, expected: string): string {
  const found = text === '' ? 'it ends there' : `found \`${shortened(text)}\``;
  return `expected ${expected} at character ${at + 1}, ${found}`;
}
