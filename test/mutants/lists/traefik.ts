import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const T = `${I}/internal/traefik`;
const G = `${I}/internal/gateway`;
const SPECS = [
  `${I}/route-traefik.spec.ts`,
  `${I}/route-traefik-paths.spec.ts`,
  `${I}/traefik-vectors.spec.ts`,
  `${I}/route-ingress-route.spec.ts`,
];

/** Traefik (rules T1 to T7; reference section 4). */
export const TRAEFIK: readonly MutantsOfFile[] = [
  {
    file: `${T}/takers.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'T2: the highest priority first', from: 'b.priority - a.priority ||', to: 'a.priority - b.priority ||' },
      { breaks: 'T2: then the provider', from: '|| b.precedence - a.precedence', to: '' },
      { breaks: 'T2: the provider in this direction', from: '|| b.precedence - a.precedence', to: '|| a.precedence - b.precedence' },
      {
        breaks: 'T2: priority before the provider',
        from: 'b.priority - a.priority || b.precedence - a.precedence',
        to: 'b.precedence - a.precedence || b.priority - a.priority',
      },
      { breaks: 'T2: equals have no stable order', from: "taking.length > 1 ? 'PRIORITY_TIE' : null", to: 'null' },
      {
        breaks: 'T2: the first that matches, with its equals',
        from: 'compareRouters(first, one.router) < 0) break;',
        to: 'first !== one.router) break;',
      },
    ],
  },
  {
    file: `${T}/http-router.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'T2: the length of the rule',
        from: 'parts.priority === 0 ? rulePriority(parts.text) : parts.priority',
        to: 'parts.priority',
      },
      {
        breaks: 'T2: the priority that is set',
        from: 'parts.priority === 0 ? rulePriority(parts.text) : parts.priority',
        to: 'rulePriority(parts.text)',
      },
      { breaks: 'of one rule twice the later path', from: 'twins.push(router);', to: 'twins.unshift(router);' },
    ],
  },
  {
    file: `${T}/ingress-routers.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'T1: Exact is Path', from: "pathType === 'Exact' ? 'Path' :", to: '' },
      {
        breaks: 'T1: Prefix is PathPrefix whatever the annotation',
        from: "pathType === 'Prefix' ? 'PathPrefix' : pathMatcher",
        to: 'pathMatcher',
      },
      {
        breaks: 'T1: the annotation where the type leaves it open',
        from: "pathType === 'Prefix' ? 'PathPrefix' : pathMatcher",
        to: "'PathPrefix'",
      },
      { breaks: 'T1: strict prefixes', from: "strict && matcher === 'PathPrefix'", to: 'false' },
      { breaks: 'T1: only where it is asked for', from: "strict && matcher === 'PathPrefix'", to: "matcher === 'PathPrefix'" },
      { breaks: 'T1: strict cuts one slash', from: "path.endsWith('/') ? path.slice(0, -1) : path", to: 'path' },
      {
        breaks: 'T6: a default backend beside rules makes no router',
        from: 'if (ingress.rules.length === 0)',
        to: 'if (ingress.defaultBackend)',
      },
      { breaks: 'T6: it goes last', from: 'priority: LAST', to: 'priority: 1000' },
    ],
  },
  {
    file: 'src/core/traefik-rule/compile-rule.ts',
    specs: [
      'src/core/traefik-rule/matchers-tcp.spec.ts',
      `${I}/traefik-rule.spec.ts`,
      `${I}/route-traefik.spec.ts`,
      `${I}/traefik-vectors.spec.ts`,
    ],
    mutants: [
      { breaks: 'T2: the bytes of the rule', from: 'code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4', to: '1' },
      {
        breaks: 'T4: every part of &&',
        from: 'return second.holds !== decides && first.holds === undefined ? first : second;',
        to: 'return first;',
      },
      { breaks: 'T4: ! turns it round', from: 'holds: holds === undefined ? undefined : !holds', to: 'holds' },
    ],
  },
  {
    file: `${T}/router-table.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'T2: no host is exclusive',
        from: 'const found = [this.precise.get(name), this.aliased.get(name), ...wide, this.others];',
        to: 'const found = [this.precise.get(name) ?? this.others];',
      },
      {
        breaks: 'T2: routers of all hosts in one order',
        from: '[...new Set(lists.flat())].sort(compareRouters)',
        to: '[...new Set(lists.flat())]',
      },
    ],
  },
  {
    file: `${T}/stream-router.ts`,
    specs: [`${I}/route-traefik-streams.spec.ts`],
    mutants: [
      { breaks: 'T7: HostSNI(*) goes last', from: 'this.isCatchAll ? -1 : rulePriority(parts.text)', to: 'rulePriority(parts.text)' },
      { breaks: 'T7: the priority that is set', from: ') : priority;', to: ') : 0;' },
    ],
  },
  {
    file: `${T}/stream-order.ts`,
    specs: [`${I}/route-traefik-streams.spec.ts`],
    mutants: [
      { breaks: 'T7: routers of HTTPS with the name go first', from: '|| (isHttps && tls.hasName(name))', to: '' },
      { breaks: 'T7: those without host before HostSNI(*)', from: '(!isOpen && isHttps && tls.hasCatchAll)', to: 'false' },
    ],
  },
  {
    file: `${T}/traefik-certificates.ts`,
    specs: [`${I}/route-traefik-tls.spec.ts`, `${I}/route-traefik.spec.ts`, `${I}/traefik-vectors.spec.ts`],
    mutants: [
      { breaks: 'the very name before a wildcard', from: 'return naming ?? this.offers.find', to: 'return this.offers.find' },
      {
        breaks: 'of several the first by the names of their Secrets',
        from: '(key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)',
        to: '(key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0)',
      },
      { breaks: 'of several TLSStores named default none counts', from: 'stores.length === 1 ? stores[0] : undefined', to: 'stores[0]' },
    ],
  },
  {
    file: `${T}/tls-options.ts`,
    specs: [`${I}/route-traefik-tls.spec.ts`, `${I}/traefik-vectors.spec.ts`],
    mutants: [{ breaks: 'routers of one name that differ get the default options', from: 'if (more.length === 0) return', to: 'return' }],
  },
  {
    file: `${T}/annotations.ts`,
    specs: [`${I}/route-traefik.spec.ts`],
    mutants: [
      { breaks: 'an empty word asks for TLS', from: "name === 'tls' || name.startsWith('tls.')", to: "name.startsWith('tls.')" },
      {
        breaks: 'a word turns TLS off whatever its fields ask',
        from: "if (told !== undefined) return told.toLowerCase() === 'true';",
        to: '',
      },
    ],
  },
  {
    file: `${T}/forwarded-headers.ts`,
    specs: [`${I}/route-traefik-forwarded.spec.ts`],
    mutants: [
      { breaks: 'clients that are not trusted are not believed', from: 'if (trustedIPs.length === 0) return false;', to: '' },
      { breaks: '`_` in a name counts as `-`', from: ".replaceAll('_', '-')", to: '' },
      { breaks: 'what nobody told is added', from: '(value === undefined || headerValue(headers, name) ? [] :', to: '(true ? [] :' },
      { breaks: 'several lists of addresses are one', from: 'addresses.length < 2 ? headers', to: 'addresses.length > 0 ? headers' },
    ],
  },
  {
    file: `${T}/entry-redirection.ts`,
    specs: [`${I}/route-traefik-redirections.spec.ts`],
    mutants: [
      { breaks: 'routers of a higher priority come before the redirection', from: 'router.priority > priority', to: 'router.priority < 0' },
    ],
  },
  {
    file: `${T}/entry-point-settings.ts`,
    specs: [`${I}/route-traefik-redirections.spec.ts`],
    mutants: [
      { breaks: 'it comes before every router of users', from: 'const BEFORE_ALL = 2 ** 63;', to: 'const BEFORE_ALL = 0;' },
      { breaks: 'its port is that of the address of the entry point', from: '?? portOf(to, told)', to: "?? ''" },
      { breaks: 'it is for good', from: "setting('permanent') !== false", to: "setting('permanent') === true" },
    ],
  },
  {
    file: `${T}/treat-client.ts`,
    specs: [`${I}/route-traefik-forwarded.spec.ts`],
    mutants: [
      { breaks: 'depth counts from the right', from: 'addresses.at(-depth)', to: 'addresses.at(depth - 1)' },
      { breaks: 'depth goes before excluded addresses', from: "if (depth > 0) return addresses.at(-depth) ?? '';", to: '' },
      { breaks: 'the first from the right that is not excluded', from: 'addresses.findLast(', to: 'addresses.find(' },
      {
        breaks: 'addresses of a pool stay as they are',
        from: 'ipv6Subnet === undefined || (depth === 0',
        to: 'ipv6Subnet === undefined && (depth === 0',
      },
    ],
  },
  {
    file: `${T}/treat-redirect.ts`,
    specs: [`${I}/route-traefik-forwarded.spec.ts`],
    mutants: [{ breaks: 'the scheme that a proxy tells', from: 'const came = schemeOf(passage);', to: 'const came = passage.scheme;' }],
  },
  {
    file: `${T}/stream-routers.ts`,
    specs: [`${I}/route-traefik-streams.spec.ts`],
    mutants: [
      { breaks: 'twins share the Services of their name', from: '...(parts.earlierServices ?? []), parts.services', to: 'parts.services' },
      {
        breaks: 'several are added to those that stand there',
        from: 'for (const one of served) added.push(one);',
        to: 'added = [...served];',
      },
      {
        breaks: 'one alone takes the place of what stands there',
        from: '[alone, added] = [served[0]?.target, []];',
        to: 'alone ??= served[0]?.target;',
      },
      { breaks: 'none can be added to one alone', from: "if (alone) return unknownTarget('SERVICE_NOT_KNOWN', BREAKS_OFF);", to: '' },
    ],
  },
  {
    file: `${T}/prover.ts`,
    specs: [`${I}/route-traefik-faults.spec.ts`, `${I}/route-lint-traefik.spec.ts`],
    mutants: [
      { breaks: 'a rule that is refused is told at the rule', from: 'pointer: `${pointer}/match`', to: 'pointer' },
      { breaks: 'a Service that is missing where it is named', from: 'pointer: own ?? onlyAt', to: 'pointer: undefined' },
      { breaks: 'also where the Service lacks the port', from: 'pointer: own ?? onlyAt', to: 'pointer: own' },
    ],
  },
  {
    file: `${G}/stream-candidates.ts`,
    specs: [`${I}/gateway-traefik-streams.spec.ts`],
    mutants: [
      { breaks: 'T9: a TLSRoute by its longest hostname', from: 'Math.max(most, name.', to: 'Math.max(0, name.' },
      { breaks: 'T9: the star is no character', from: "name.replaceAll('*', '').length", to: 'name.length' },
      { breaks: 'T9: every name comes last', from: 'return longest === 0 ? -1 : longest;', to: 'return longest === 0 ? 100 : longest;' },
      { breaks: 'T9: priorities instead of the keys of the text', from: "precedence === 'sum' ? [SUM] : READINGS", to: 'READINGS' },
    ],
  },
  {
    file: `${G}/decide-stream.ts`,
    specs: [`${I}/gateway-traefik-streams.spec.ts`],
    mutants: [
      { breaks: 'T9: of equals none is certain', from: ': undecided([first, ...others], streamGap(dialect))', to: ': first' },
      { breaks: 'T9: equals that end alike are one', from: 'endOfDecision(other) === endOfDecision(first)', to: 'other === first' },
      {
        breaks: 'TLSRoutes of other listeners may count',
        from: 'if (!byAll || endOfDecision(byAll) === endOfDecision(alone)) return alone;',
        to: 'return alone;',
      },
      { breaks: 'listeners of UDP are not served', from: '!dialect.streams.has(connection.protocol)', to: 'dialect.streams.size === 0' },
      { breaks: 'a service of another provider is not known', from: 'one.weight > 0 && dialect.isForeign(one)', to: 'one.weight < 0' },
    ],
  },
  {
    file: `${G}/isolation.ts`,
    specs: [`${I}/gateway-traefik.spec.ts`, `${I}/gateway-traefik-streams.spec.ts`],
    mutants: [
      { breaks: 'routes of other listeners may count', from: 'if (isolates === true) return', to: 'return' },
      { breaks: 'those of the same port alone', from: 'one.listener.port === port && ', to: '' },
    ],
  },
  {
    file: `${G}/decide-http.ts`,
    specs: [`${I}/gateway-traefik.spec.ts`],
    mutants: [
      { breaks: 'a route on several listeners is one', from: 'if (listeners.length < 2) return', to: 'return' },
      {
        breaks: 'a connection for another listener may be served',
        from: 'if (!all) return refused;',
        to: 'return refused;',
      },
    ],
  },
  {
    file: `${G}/gateway-dialect.ts`,
    specs: [`${I}/gateway-traefik.spec.ts`],
    mutants: [{ breaks: 'nobody with a weight is 503', from: 'weightlessStatus: 503,', to: 'weightlessStatus: 500,' }],
  },
  {
    file: `${G}/traefik-service.ts`,
    specs: [`${I}/gateway-traefik.spec.ts`],
    mutants: [
      { breaks: 'the setting of the provider', from: 'isNativeByDefault(model) : parseGoBool(told)', to: 'false : parseGoBool(told)' },
    ],
  },
];
