import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const T = `${I}/internal/traefik`;
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
];
