import { assertNever } from '../kernel/assert-never.js';
import { err, ok, type Result } from '../kernel/result.js';
import { neededLiteral } from './needed-literal.js';
import { parseRegex } from './parse-regex.js';
import type { RegexNode } from './regex-node.js';
import type { Flavour, Instruction, RegexProgram } from './regex-program.js';

/** Longest expression; CoreDNS refuses one of more than 10,000 characters. */
const MAX_TEXT = 10_000;
/** Largest program. Matching takes at most this many steps for each character of a name. */
const MAX_INSTRUCTIONS = 2_000;

/** Compiles a regular expression. The error is what is wrong, in words. */
export function compileRegex(text: string, flavour: Flavour = 're2'): Result<RegexProgram, string> {
  if (text.length > MAX_TEXT) return err(`an expression of ${text.length} characters is too long`);
  const parsed = parseRegex(text, flavour);
  if (!parsed.ok) return parsed;
  const instructions: Instruction[] = [];
  emitGroup(instructions, 0, parsed.value.node);
  instructions.push({ op: 'match' });
  if (sizeOf(instructions) > MAX_INSTRUCTIONS) return err('an expression that repeats this much is too large');
  return ok({ instructions, groups: parsed.value.groups, literal: neededLiteral(parsed.value.node) });
}

/** With what stands in looks ahead, which are tried at each place of a text, too. */
function sizeOf(instructions: readonly Instruction[]): number {
  return instructions.reduce((size, step) => size + (step.op === 'look' ? sizeOf(step.instructions) : 1), 0);
}

function emitGroup(code: Instruction[], index: number, body: RegexNode): void {
  code.push({ op: 'save', slot: 2 * index });
  emit(code, body);
  code.push({ op: 'save', slot: 2 * index + 1 });
}

function emit(code: Instruction[], node: RegexNode): void {
  // Nested repetitions multiply: what is too large already need not grow.
  if (code.length > MAX_INSTRUCTIONS) return;
  switch (node.kind) {
    case 'empty':
      return;
    case 'character':
      code.push({ op: 'character', ranges: node.ranges });
      return;
    case 'assert':
      code.push({ op: 'assert', what: node.what });
      return;
    case 'look': {
      const instructions: Instruction[] = [];
      emit(instructions, node.body);
      instructions.push({ op: 'match' });
      code.push({ op: 'look', isWanted: node.isWanted, instructions });
      return;
    }
    case 'sequence':
      for (const part of node.parts) emit(code, part);
      return;
    case 'either':
      return emitEither(code, node.parts);
    case 'group':
      return emitGroup(code, node.index, node.body);
    case 'repeat':
      return emitRepeat(code, node);
    default:
      return assertNever(node);
  }
}

function emitEither(code: Instruction[], [first, ...others]: readonly RegexNode[]): void {
  if (!first) return;
  if (others.length === 0) return emit(code, first);
  const split = reserve(code);
  emit(code, first);
  const jump = reserve(code);
  code[split] = { op: 'split', first: split + 1, second: code.length };
  emitEither(code, others);
  code[jump] = { op: 'jump', to: code.length };
}

function emitRepeat(code: Instruction[], { body, least, most, lazy }: Extract<RegexNode, { kind: 'repeat' }>): void {
  for (let count = 0; count < least && code.length <= MAX_INSTRUCTIONS; count++) emit(code, body);
  if (most === undefined) {
    const split = reserve(code);
    emit(code, body);
    code.push({ op: 'jump', to: split });
    code[split] = choice(split + 1, code.length, lazy);
    return;
  }
  const splits: number[] = [];
  for (let count = least; count < most && code.length <= MAX_INSTRUCTIONS; count++) {
    splits.push(reserve(code));
    emit(code, body);
  }
  for (const split of splits) code[split] = choice(split + 1, code.length, lazy);
}

/** Into the body first, or past it first. */
function choice(into: number, past: number, lazy: boolean): Instruction {
  return lazy ? { op: 'split', first: past, second: into } : { op: 'split', first: into, second: past };
}

function reserve(code: Instruction[]): number {
  return code.push({ op: 'jump', to: code.length + 1 }) - 1;
}
