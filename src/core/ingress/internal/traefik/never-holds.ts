import type { CompiledRule } from '../../../traefik-rule/compile-rule.js';
import type { RuleCall } from '../../../traefik-rule/rule-node.js';
import { seenConnection } from '../../../traefik-rule/seen-request.js';
import { cleanPath } from './clean-path.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import { casesOf } from './rule-cases.js';
import type { StreamRouter } from './stream-router.js';

const known = new WeakMap<HttpRouter, { readonly why: string | undefined }>();

/** Why no request has what the rule of a router asks for; undefined: some may. A router behind others sees what their middlewares make of a path. */
export function neverAsked(router: HttpRouter, { sanitizePath }: Pick<TraefikOptions, 'sanitizePath'>): string | undefined {
  const { compiled, parts } = router;
  if (!sanitizePath || parts.isBehind || !compiled.ok) return undefined;
  const found = known.get(router) ?? { why: neverHolds(compiled.value, uncleanPath) };
  known.set(router, found);
  return found.why;
}

/** The same of connections: without TLS a client tells no name. */
export function neverConnected({ compiled, parts }: StreamRouter): string | undefined {
  if (parts.tls || !compiled?.ok) return undefined;
  const { value } = compiled;
  const nameless = seenConnection('', { client: undefined });
  return neverHolds(value, (call) => {
    if (!call.name.startsWith('HostSNI') || value.tests.get(call)?.(nameless).holds !== false) return undefined;
    const written = value.text.slice(call.from, call.to);
    return `\`${written}\` asks for a name, which connections without TLS do not tell, and the router has no \`tls\``;
  });
}

/** Each way in which a rule holds has a matcher that never does. */
function neverHolds({ root }: CompiledRule, impossible: (call: RuleCall) => string | undefined): string | undefined {
  let why: string | undefined;
  for (const { holding } of casesOf(root) ?? []) {
    const first = holding.map(impossible).find((found) => found !== undefined);
    if (first === undefined) return undefined;
    why ??= first;
  }
  return why;
}

/** A path that none has behind `sanitizePath`; of a template of the syntax v2 that is not told. */
function uncleanPath({ name, values }: RuleCall): string | undefined {
  const isOf = UNCLEAN[name];
  if (!isOf || values.some((value) => value.includes('{') || !isOf(value))) return undefined;
  return `no request has the path \`${values.join('`, `')}\`: entry points resolve \`//\` and dot segments before rules see it (\`http.sanitizePath\`)`;
}

const UNCLEAN: Readonly<Record<string, (value: string) => boolean>> = {
  Path: (value) => cleanPath(value) !== value,
  PathPrefix: (prefix) => /\/\.{0,2}\//.test(prefix),
};
