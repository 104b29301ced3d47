import { err, ok, type Result } from '../../kernel/result.js';
import type { CorefileDirective } from '../../model/corefile.js';
import { absoluteName } from '../dns-name.js';
import type { ResponseRule, RewriteRule } from './plugin.js';
import { compileRegex } from '../../regex/compile-regex.js';
import type { RegexProgram } from '../../regex/regex-program.js';

const MATCHES = ['exact', 'prefix', 'suffix', 'substring', 'regex'] as const;

/**
 * One `rewrite` line, or block of lines, as a rule (coredns `plugin/rewrite/{setup,name}.go`). Names are rewritten; what rewrites the type, the class, the TTL, the
 * rcode, CNAME targets or EDNS is the error, in words.
 */
export function readRewrite(directive: CorefileDirective): Result<RewriteRule, string> {
  const words = [
    ...directive.arguments,
    ...directive.options.flatMap((option) => option.words.filter((word) => word !== '{' && word !== '}')),
  ];
  const [first] = words;
  const next = first === 'continue' ? 'continue' : 'stop';
  const [field, ...rest] = first === 'continue' || first === 'stop' ? words.slice(1) : words;
  if (field !== 'name') return err(`what it does to \`${field ?? 'nothing'}\` is not modelled: only names are`);
  const kind = MATCHES.find((one) => one === rest[0]?.toLowerCase()) ?? 'exact';
  const [from, to, ...answer] = MATCHES.some((one) => one === rest[0]?.toLowerCase()) ? rest.slice(1) : rest;
  if (from === undefined || to === undefined) return err('it needs what to match and what to put in its place');
  const match = readMatch(kind, from, to);
  if (!match.ok) return match;
  const answers = readAnswers(answer);
  if (!answers.ok) return answers;
  const { auto, rules } = answers.value;
  return ok({ line: directive.line, next, match: match.value, auto: auto || kind === 'exact', answers: rules });
}

/** A name as the plugin compares and writes it: in lower case, with its final dot. */
function normal(name: string): string {
  return absoluteName(name.toLowerCase());
}

function readMatch(kind: (typeof MATCHES)[number], from: string, to: string): Result<RewriteRule['match'], string> {
  if (kind !== 'regex') return ok({ kind, from: normal(from), to: normal(to) });
  const program = readPattern(from, to);
  return program.ok ? ok({ kind, from: program.value, to: normal(to) }) : program;
}

/** A pattern with enough groups for what is put in its place. */
function readPattern(from: string, to: string): Result<RegexProgram, string> {
  const program = compileRegex(from);
  if (!program.ok) return err(`the pattern \`${shown(from)}\` cannot be used: ${program.error}`);
  const used = new Set([...to.matchAll(/\{(\d{1,3})\}/g)].map(([, index]) => index)).size;
  if (used <= program.value.groups) return program;
  return err(`\`${shown(to)}\` uses ${used} groups, and \`${shown(from)}\` has ${program.value.groups}: CoreDNS does not start`);
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `answer auto`, or `answer name FROM TO` and `answer value FROM TO`, the word `answer` needed once. */
function readAnswers(words: readonly string[]): Result<{ readonly auto: boolean; readonly rules: readonly ResponseRule[] }, string> {
  const rules: ResponseRule[] = [];
  if (words.length > 0 && words[0] !== 'answer') return err(`\`${words[0] ?? ''}\` stands where \`answer\` should`);
  let auto = false;
  for (let at = 0; at < words.length;) {
    if (words[at] === 'answer') at++;
    const [part, from, to] = words.slice(at, at + 3);
    if (part === 'auto') {
      auto = true;
      at++;
      continue;
    }
    if ((part !== 'name' && part !== 'value') || from === undefined || to === undefined)
      return err(`\`answer ${part ?? ''}\` is not \`auto\`, and neither \`name FROM TO\` nor \`value FROM TO\``);
    const program = readPattern(from, to);
    if (!program.ok) return program;
    rules.push({ part, by: { kind: 'regex', from: program.value, to: normal(to) } });
    at += 3;
  }
  return ok({ auto, rules });
}
