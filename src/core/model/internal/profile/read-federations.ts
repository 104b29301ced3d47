import { err, ok, type Result } from '../../../kernel/result.js';
import { isDnsLabel, isDnsSubdomain } from '../../../resources/dns-label.js';

/** `name=domain, name=domain`; of a name that stands twice the last (kubernetes/dns `pkg/dns/federation/federation.go`). */
export function readFederations(text: string): Result<ReadonlyMap<string, string>, string> {
  const federations = new Map<string, string>();
  if (text.trim() === '') return ok(federations);
  for (const part of text.split(',')) {
    const [name, domain] = splitOnce(part.trim());
    if (domain === undefined) return err(`has \`${part.trim()}\`, which is not \`name=domain\``);
    if (!isDnsLabel(name)) return err(`has the name \`${name}\`, which is no DNS label`);
    if (!isDnsSubdomain(domain)) return err(`has the domain \`${domain}\` of \`${name}\`, which is no DNS name`);
    federations.set(name, domain);
  }
  return ok(federations);
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
