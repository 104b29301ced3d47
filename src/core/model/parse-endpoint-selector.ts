import { assertNever } from '../kernel/assert-never.js';
import { didYouMean, didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import type { EndpointSelector } from './endpoint-selector.js';
import { parseLabels } from './internal/selector-labels.js';
import { SELECTOR_GRAMMAR, type SelectorWord, selectorSpellings, selectorWord } from './internal/selector-words.js';

type Parsed = Result<EndpointSelector, Problem>;

const PORT_NAME = /^(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/**
 * Reads an endpoint selector; the grammar stands at {@link EndpointSelector}. kubectl's other spellings of a kind (`deployment/…`, `services/…`, `po/…`) are
 * taken for the short ones. Problem kind: `invalid-selector`, whose hint is the nearest right selector, or the grammar.
 */
export function parseEndpointSelector(text: string): Parsed {
  const written = text.trim();
  if (written === 'internet' || written === 'any') return ok({ type: written });
  if (written.startsWith('label:')) return parseLabel(written);
  const slash = written.indexOf('/');
  const word = slash < 0 ? undefined : selectorWord(written.slice(0, slash));
  if (!word) return err(unknownWord(written));
  return parseRest(word, written.slice(slash + 1), written);
}

function parseRest(word: SelectorWord, rest: string, written: string): Parsed {
  switch (word.shape) {
    case 'namespaced':
      return parseNamespaced(word, rest, written);
    case 'named':
      if (!NAME.test(rest)) return refuse(written, `expected \`${word.word}/<name>\``);
      return ok(word.word === 'node' ? { type: 'node', name: rest } : { type: 'namespace', name: rest });
    case 'address':
      return parseAddress(rest, written);
    case 'prefix':
      return parsePrefix(rest, written);
    case 'name':
      return parseName(rest, written);
    case 'url':
      return /^https?:\/\/[^/?#\s]+/i.test(rest)
        ? ok({ type: 'url', url: rest })
        : refuse(written, 'expected a URL with a host', 'write `url/https://<host>/<path>`');
    default:
      return assertNever(word.shape);
  }
}

function parseNamespaced(word: SelectorWord, rest: string, written: string): Parsed {
  const parts = rest.split('/');
  const [namespace = '', last = ''] = parts;
  const shape = `${word.word}/<namespace>/<name>`;
  if (parts.length === 1 && NAME.test(namespace)) {
    return refuse(written, `expected \`${shape}\``, `name its namespace: \`${word.word}/<namespace>/${namespace}\``);
  }
  const colon = word.kind === 'Service' ? last.indexOf(':') : -1;
  const name = colon < 0 ? last : last.slice(0, colon);
  if (parts.length !== 2 || !NAME.test(namespace) || !NAME.test(name)) return refuse(written, `expected \`${shape}\``);
  if (word.kind === 'Pod') return ok({ type: 'pod', namespace, name });
  if (word.kind !== 'Service') return ok({ type: 'workload', kind: word.kind, namespace, name });
  if (colon < 0) return ok({ type: 'service', namespace, name, port: undefined });
  const port = last.slice(colon + 1);
  return isPort(port)
    ? ok({ type: 'service', namespace, name, port })
    : refuse(written, `\`${port}\` is no port: expected a number 1…65535 or the name of a port`);
}

function isPort(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) >= 1 && Number(text) <= 65_535;
  return text.length <= 63 && PORT_NAME.test(text);
}

function parseAddress(rest: string, written: string): Parsed {
  const ip = parseIp(rest);
  if (ip) return ok({ type: 'ip', ip });
  const hint = parseCidr(rest) ? `a prefix is written \`cidr/${rest}\`` : NAME.test(rest) ? `a name is written \`dns/${rest}\`` : undefined;
  return refuse(written, `\`${rest}\` is no IP address`, hint);
}

function parsePrefix(rest: string, written: string): Parsed {
  const cidr = parseCidr(rest);
  if (cidr) return ok({ type: 'cidr', cidr });
  const hint = parseIp(rest) ? `a single address is written \`ip/${rest}\`` : 'write a prefix such as `cidr/10.0.0.0/8`';
  return refuse(written, `\`${rest}\` is no prefix`, hint);
}

function parseName(rest: string, written: string): Parsed {
  const name = rest.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const valid = name.length <= 253 && labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  if (valid) return ok({ type: 'dns', name });
  return refuse(written, `\`${rest}\` is no DNS name`, rest.includes('://') ? `a URL is written \`url/${rest}\`` : undefined);
}

function parseLabel(written: string): Parsed {
  const body = written.slice('label:'.length);
  const at = body.lastIndexOf('@');
  if (at < 0)
    return refuse(written, 'expected `label:<k=v,…>@<namespace or *>`', `say where: \`${written}@<namespace>\` or \`${written}@*\``);
  const where = body.slice(at + 1).trim();
  const labels = body.slice(0, at).trim();
  if (where !== '*' && !NAME.test(where)) return refuse(written, `\`${where}\` is no namespace and not \`*\``);
  if (labels === '') return refuse(written, 'it names no label', where === '*' ? 'write `any`' : `write \`ns/${where}\``);
  const selector = parseLabels(labels);
  if (!selector.ok) return refuse(written, selector.error, 'labels are written as for kubectl: `app=web,tier in (a,b),!canary`');
  return ok({ type: 'label', selector: selector.value, namespace: where === '*' ? undefined : where });
}

function unknownWord(written: string): Problem {
  const hint = nearest(written) ?? `a selector is ${SELECTOR_GRAMMAR}`;
  return problem('invalid-selector', `\`${shorten(written)}\` is no endpoint selector`, { hint });
}

/** The selector that was probably meant. */
function nearest(written: string): string | undefined {
  if (parseIp(written)) return `did you mean \`ip/${written}\`?`;
  if (parseCidr(written)) return `did you mean \`cidr/${written}\`?`;
  if (/^https?:\/\/./i.test(written)) return `did you mean \`url/${written}\`?`;
  const slash = written.indexOf('/');
  if (slash < 0) return didYouMeanHint(written, ['internet', 'any']);
  const word = written.slice(0, slash);
  const rest = written.slice(slash + 1);
  const spelling = didYouMean(word, selectorSpellings());
  const meant = spelling === undefined ? undefined : selectorWord(spelling);
  if (meant && (meant.shape === 'namespaced') === rest.includes('/')) return `did you mean \`${meant.word}/${rest}\`?`;
  if (!NAME.test(word) || !NAME.test(rest)) return undefined;
  return `name the kind: \`deploy/${word}/${rest}\`, \`svc/${word}/${rest}\` or \`pod/${word}/${rest}\``;
}

function refuse(
  written: string,
  message: string,
  hint = portApart(written) ?? `a selector is ${SELECTOR_GRAMMAR}`,
): Result<never, Problem> {
  return err(problem('invalid-selector', `\`${shorten(written)}\` is no endpoint selector: ${message}`, { hint }));
}

/** Where all that is wrong is a port behind it, which a service alone has. */
function portApart(written: string): string | undefined {
  const [, selector = '', port = ''] = /^([^:]+):([\w-]+)$/.exec(written) ?? [];
  if (!isPort(port) || !parseEndpointSelector(selector).ok) return undefined;
  return `a port stands apart from it: \`${selector}\`, and \`port=${port}\``;
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
