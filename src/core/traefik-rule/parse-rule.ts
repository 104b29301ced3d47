import { err, ok, type Result } from '../kernel/result.js';
import { readGoString } from './go-string.js';
import type { RuleLanguage } from './rule-syntax.js';
import { nearestMatcher, SPELLINGS } from './matcher-names.js';
import type { RuleFault, RuleNode } from './rule-node.js';

/** Parentheses and negations may be nested only so deep. */
const MAX_DEPTH = 100;

/** A longer rule is refused: no rule of a person is, and whoever reads one is kept busy no longer. */
export const MAX_RULE_LENGTH = 10_000;

/** Thrown within this file alone. */
class Refusal extends Error {
  constructor(readonly fault: RuleFault) {
    super(fault.message);
  }
}

/**
 * Reads a rule as Traefik does: `pkg/rules/parser.go` hands it to Go's own parser of expressions, so that `!` binds strongest and `||` weakest, values are Go's
 * string literals, and a line must not end between a matcher and the operator behind it. Names alone are checked here; values are where a matcher is made.
 */
export function parseRule(text: string, syntax: RuleLanguage | 'any'): Result<RuleNode, RuleFault> {
  if (text.length > MAX_RULE_LENGTH) {
    const message = `the rule has ${text.length} characters; more than ${MAX_RULE_LENGTH} are not read`;
    return err({ position: MAX_RULE_LENGTH + 1, message, hint: 'split it into several routes' });
  }
  try {
    return ok(new RuleReader(text, syntax).whole());
  } catch (error) {
    if (error instanceof Refusal) return err(error.fault);
    throw error;
  }
}

class RuleReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly syntax: RuleLanguage | 'any',
  ) {}

  whole(): RuleNode {
    this.skip(true);
    if (this.at >= this.text.length) this.refuse('the rule is empty', 'write a matcher, ``Host(`example.com`)``');
    const node = this.or();
    const end = this.at;
    this.skip(true);
    if (this.at >= this.text.length) return node;
    this.at = end;
    this.skip(false);
    if (this.sees('\n'))
      this.refuse('the rule ends with this line', 'put `&&` or `||` at the end of the line, not at the start of the next');
    if (this.sees('&') || this.sees('|')) this.refuse(`\`${this.text.charAt(this.at)}\` is no operator`, 'write `&&` or `||`');
    return this.refuse(this.sees(')') ? 'a `)` without its `(`' : 'expected `&&`, `||` or the end of the rule');
  }

  private or(): RuleNode {
    return this.chain('||', 'or', () => this.chain('&&', 'and', () => this.unary()));
  }

  private chain(operator: string, kind: 'and' | 'or', operand: () => RuleNode): RuleNode {
    let left = operand();
    while (this.take(operator)) {
      const right = operand();
      left = { kind, left, right, from: left.from, to: right.to };
    }
    return left;
  }

  private unary(): RuleNode {
    this.skip(true);
    if (++this.depth > MAX_DEPTH) this.refuse(`parentheses and \`!\` nested more than ${MAX_DEPTH} deep are not supported`);
    const from = this.at;
    const node = this.take('!') ? this.negated(from) : this.take('(') ? this.nested(from) : this.call();
    this.depth--;
    return node;
  }

  private negated(from: number): RuleNode {
    const of = this.unary();
    return { kind: 'not', of, from, to: of.to };
  }

  private nested(from: number): RuleNode {
    const node = this.or();
    if (!this.take(')')) this.refuse('expected `&&`, `||` or `)`', this.sees('\n') ? 'a line must end with an operator' : undefined);
    return { ...node, from, to: this.at };
  }

  private call(): RuleNode {
    const from = this.at;
    const [written] = /^[\p{L}_][\p{L}\p{Nd}_]*/u.exec(this.text.slice(from)) ?? [];
    if (written === undefined) return this.refuse('expected a matcher, `!` or `(`');
    const name = SPELLINGS[this.syntax].get(written);
    if (name === undefined) {
      const several = this.syntax === 'any' ? 'no matcher' : `no matcher of the syntax ${this.syntax}`;
      return this.refuse(`\`${written}\` is ${several}`, nearestMatcher(written, this.syntax));
    }
    this.at += written.length;
    if (!this.take('(')) return this.refuse(`expected \`(\` after \`${written}\``);
    const values = this.values(written);
    return { kind: 'call', name, values, from, to: this.at };
  }

  private values(name: string): readonly string[] {
    const values: string[] = [];
    for (this.skip(true); !this.take(')'); this.skip(true)) {
      values.push(this.value(name));
      if (this.take(',')) continue;
      if (!this.sees(')')) this.refuse(`expected \`,\` or \`)\` in \`${name}(…)\``);
    }
    return values;
  }

  private value(name: string): string {
    if (!this.sees('"') && !this.sees('`')) {
      if (this.at >= this.text.length) return this.refuse(`\`${name}(\` is not closed`);
      const [plain] = /^[^,)\s`"']+/.exec(this.text.slice(this.at)) ?? [];
      this.refuse('a value must be quoted', plain === undefined ? undefined : `write \`\`${name}(\`${plain}\`)\`\``);
    }
    const literal = readGoString(this.text, this.at);
    if (!literal.ok) {
      this.at = literal.error.at;
      return this.refuse(literal.error.message, literal.error.hint);
    }
    this.at = literal.value.to;
    return literal.value.value;
  }

  /** Blanks; a line break counts only where Go would not end the expression there. */
  private skip(lines: boolean): void {
    while (this.at < this.text.length && (lines ? ' \t\r\n' : ' \t\r').includes(this.text.charAt(this.at))) this.at++;
  }

  private sees(what: string): boolean {
    return this.text.startsWith(what, this.at);
  }

  private take(what: string): boolean {
    this.skip(false);
    if (!this.sees(what)) return false;
    this.at += what.length;
    return true;
  }

  private refuse(message: string, hint?: string): never {
    throw new Refusal({ position: this.at + 1, message, hint });
  }
}
