import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const N = `${I}/internal/nginx`;
const SPECS = [`${I}/route-ingress-nginx-tables.spec.ts`, `${I}/route-ingress-nginx.spec.ts`, `${I}/nginx-vectors.spec.ts`];

/** ingress-nginx (rules B1 to B22; reference section 3). */
export const INGRESS_NGINX: readonly MutantsOfFile[] = [
  {
    file: `${N}/ingress-nginx.ts`,
    specs: [`${I}/ingress-vectors.spec.ts`, ...SPECS],
    mutants: [
      { breaks: 'B1: the oldest first', from: 'a.age - b.age ||', to: 'b.age - a.age ||' },
      { breaks: 'B1: age counts', from: 'a.age - b.age ||', to: '' },
      { breaks: 'B1: of one age the last by name', from: 'a.key < b.key ? 1 : -1', to: 'a.key < b.key ? -1 : 1' },
      {
        breaks: 'B1: names with their namespaces',
        from: 'key: `${namespace}/${ref.name}`',
        to: 'key: `${ref.name}/${namespace}`',
      },
      {
        breaks: 'B2: the field goes before the annotation',
        from: "membersOf(model, className, 'ingress-nginx')",
        to: "membersOf(model, className, 'ingress-v1')",
      },
    ],
  },
  {
    file: `${N}/servers.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'B7: the longest location first', from: 'b.length - a.length || (a < b', to: 'a.length - b.length || (a < b' },
      { breaks: 'B7: of one length the larger text', from: '(a < b ? 1 : a > b ? -1 : 0)', to: '(a < b ? -1 : a > b ? 1 : 0)' },
      { breaks: 'B7: length counts', from: 'b.length - a.length || (a < b', to: '(a < b' },
      {
        breaks: 'B6: the first of a path and type keeps it',
        from: 'first?.exact === exact && first.rule?.path !== undefined',
        to: "first?.exact === exact && first.rule?.path === '?'",
      },
      {
        breaks: 'B6: the other type stands beside it',
        from: 'const exact = rule.pathType ===',
        to: "const exact = path !== '/' && rule.pathType ===",
      },
      {
        breaks: 'B8: Prefix also takes its own path',
        from: 'if (!exacts.has(path)) locations.push',
        to: 'if (exacts.has(path)) locations.push',
      },
      { breaks: 'B8: unless there is an Exact one', from: 'if (!exacts.has(path)) locations.push', to: 'locations.push' },
      {
        breaks: 'B8: Prefix takes whole elements',
        from: 'variantOf(location, `${path}/`, `${text}/`, false)',
        to: 'variantOf(location, path, text, false)',
      },
      {
        breaks: 'B9: one expression makes the whole host expressions',
        from: 'locations.some(usesRegex)',
        to: 'locations.every(usesRegex)',
      },
      { breaks: 'B9: use-regex', from: 'location.annotations?.useRegex === true', to: 'location.annotations === null' },
      { breaks: 'B9: a rewrite', from: 'rewrites(location) ||', to: '' },
      {
        breaks: 'B10: a target that equals the path is none',
        from: "annotations.rewriteTarget !== '' && annotations.rewriteTarget !== path",
        to: "annotations.rewriteTarget !== ''",
      },
      {
        breaks: 'B4: the default location has the annotations of the first Ingress',
        from: 'const location: Location = { ...DEFAULT_LOCATION, ingress, annotations, upstream };',
        to: 'const location: Location = { ...DEFAULT_LOCATION, upstream };',
      },
      {
        breaks: 'B4: and its default backend',
        from: 'const location: Location = { ...DEFAULT_LOCATION, ingress, annotations, upstream };',
        to: 'const location: Location = { ...DEFAULT_LOCATION, ingress, annotations };',
      },
      { breaks: 'B4: the first Ingress that names the host', from: 'if (this.servers.has(host)) continue;', to: '' },
      {
        breaks: 'B4: only a default backend without rules is the catch-all',
        from: 'upstream && ingress.rules.length === 0',
        to: 'upstream',
      },
      { breaks: 'B4: the first such Ingress', from: 'catchAll.ingress === undefined &&', to: '' },
      {
        breaks: 'B16: the first aliases of a host',
        from: 'if (server.aliases.length === 0) server.aliases',
        to: 'if (annotationsOf(ingress).aliases.length > 0) server.aliases',
      },
      { breaks: 'B16: names of real hosts are no aliases', from: '.filter((alias) => !this.servers.has(alias))', to: '' },
      {
        breaks: 'B21: the first Ingress with a tls entry',
        from: 'server.tls === undefined && ingress.tls.length > 0',
        to: 'ingress.tls.length > 0',
      },
      {
        breaks: 'B22: a canary has the host, path and type of a location',
        from: "`${path.pathType === 'Exact'} ${pathOf(path)}`",
        to: '`false ${pathOf(path)}`',
      },
      {
        breaks: 'B22: a canary alone makes no host',
        from: 'const plain = ingresses.filter((ingress) => annotationsOf(ingress).canary === undefined);',
        to: 'const plain = ingresses;',
      },
      {
        breaks: 'B20: passthrough by the first Ingress that names the host',
        from: 'host !== CATCH_ALL && annotations.sslPassthrough',
        to: 'false',
      },
    ],
  },
  {
    file: `${N}/other-name.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'B15: the other name', from: "host.startsWith('www.') ? host.slice(4) : `www.${host}`", to: '`www.${host}`' },
      { breaks: 'B15: not without the annotation', from: '!wwwRedirect || ', to: '' },
    ],
  },
  {
    file: `${N}/location-texts.ts`,
    specs: [`${N}/location-texts.spec.ts`, ...SPECS],
    mutants: [
      { breaks: 'B8: the longest prefix', from: '.sort((a, b) => b - a)', to: '.sort((a, b) => a - b)' },
      {
        breaks: 'an exact location goes first',
        from: 'this.exact.get(uri) ?? this.prefixes.get(uri)',
        to: 'this.prefixes.get(uri) ?? this.exact.get(uri)',
      },
      { breaks: 'B11: the path with a slash', from: 'if (slashed !== undefined) return', to: 'if (slashed === -1) return' },
      {
        breaks: 'B11: before a shorter prefix',
        from: 'const slashed = this.firstOf(`${uri}/`);',
        to: "const slashed = this.lengths.some((one) => uri.startsWith('/') && one < uri.length) ? undefined : this.firstOf(`${uri}/`);",
      },
    ],
  },
  {
    file: `${N}/location-choice.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'B9: without case',
        from: 'matchPattern(`^${location.text}`, uri, true)',
        to: 'matchPattern(`^${location.text}`, uri, false)',
      },
      {
        breaks: 'B9: from the beginning',
        from: 'matchPattern(`^${location.text}`, uri, true)',
        to: 'matchPattern(location.text, uri, true)',
      },
      {
        breaks: 'B9: open at the end',
        from: 'matchPattern(`^${location.text}`, uri, true)',
        to: 'matchPattern(`^${location.text}$`, uri, true)',
      },
      {
        breaks: 'B9: the first in order',
        from: 'for (const location of locations) {',
        to: 'for (const location of locations.toReversed()) {',
      },
    ],
  },
  {
    file: `${N}/server-choice.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'B3: the precise host',
        from: "if (exact) return { type: 'server'",
        to: "if (exact && this.patterns.length === 0) return { type: 'server'",
      },
      { breaks: 'B3: a wildcard covers one label', from: '`^([\\\\w-]+)${name', to: '`^([\\\\w.-]+)${name' },
      { breaks: 'B3: the dots of a wildcard are dots', from: "name.slice(1).replaceAll('.', '\\\\.')}$`", to: 'name.slice(1)}$`' },
      {
        breaks: 'B16: the longest wildcard alias',
        from: '.sort(([a], [b]) => b.length - a.length)',
        to: '.sort(([a], [b]) => a.length - b.length)',
      },
      {
        breaks: 'B15: an alias does not keep the redirect off',
        from: 'return this.exact.has(name) || this.www.has(name);',
        to: 'return this.exact.has(name);',
      },
      {
        breaks: 'B15: the redirect before wildcards',
        from: "if (www) return { type: 'www', server: www };",
        to: "if (www && this.patterns.length === 0) return { type: 'www', server: www };",
      },
    ],
  },
  {
    file: `${N}/canary.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'B22: header before cookie',
        from: 'if (byHeader !== undefined) return byHeader;',
        to: "if (byHeader !== undefined && rules.cookie === '') return byHeader;",
      },
      { breaks: 'B22: cookie before weight', from: "if (cookie === 'always' || cookie === 'never')", to: "if (cookie === '?')" },
      { breaks: 'B22: never', from: "share: cookie === 'always' ? 1 : 0", to: 'share: 1' },
      {
        breaks: 'B22: with a value only equality selects',
        from: "if (headerValue !== '') return header === headerValue",
        to: "if (headerValue !== '' && header !== 'always') return header === headerValue",
      },
      { breaks: 'B22: the total is at least 100', from: 'Math.max(100, rules.weightTotal)', to: 'rules.weightTotal' },
      { breaks: 'B22: the value before the pattern', from: "if (headerPattern !== '') {", to: "if (headerPattern === '?') {" },
    ],
  },
  {
    file: `${N}/merge-places.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'B22: the first canary of a location', from: 'main.alternative ??= own;', to: 'main.alternative = own;' },
      { breaks: 'B22: Exact and Prefix apart', from: '`${place.exact} ${place.path}`', to: '`false ${place.path}`' },
    ],
  },
  {
    file: `${N}/certificates.ts`,
    specs: [`${I}/nginx-vectors.spec.ts`, ...SPECS, `${I}/route-ingress-nginx-access.spec.ts`],
    mutants: [
      {
        breaks: 'B21: the entry that names the host',
        from: 'if (naming) return naming.secretName === undefined ? undefined : naming;',
        to: '',
      },
      {
        breaks: 'B21: else one whose certificate covers it',
        from: '?.some((one) => hostCovers(one, host)));\n  }',
        to: '?.some((one) => one === null));\n  }',
      },
      {
        breaks: 'B21: one that does not cover the host is not shown',
        from: 'names?.some((one) => hostCovers(one, host) || one === host) ? names : undefined',
        to: 'names',
      },
      { breaks: 'B13: that of the wildcard above', from: 'return above?.tls && above;', to: 'return undefined;' },
    ],
  },
  {
    file: `${N}/own-answer.ts`,
    specs: [`${I}/route-ingress-nginx-own.spec.ts`],
    mutants: [
      {
        breaks: 'B3: the figures of nginx, from its own machine alone',
        from: "allow: ['127.0.0.1', '::1']",
        to: "allow: ['127.0.0.0/8', '::1']",
      },
      {
        breaks: 'B3: pages for who is refused',
        from: 'return withPage(context, visit, refused(',
        to: 'return ((_, __, one) => one)(context, visit, refused(',
      },
    ],
  },
  {
    file: `${N}/error-pages.ts`,
    specs: [`${I}/route-ingress-nginx-errors.spec.ts`],
    mutants: [
      {
        breaks: 'B18: 401 leads to sign in, not to a page',
        from: 'signsIn ? asked.statuses.filter((status) => status !== 401) : asked.statuses',
        to: 'asked.statuses',
      },
      { breaks: 'B18: nginx looks at errors of the backend', from: ' || !interceptsBackend(context.options, location)', to: '' },
    ],
  },
  {
    file: `${N}/heard-request.ts`,
    specs: [`${I}/route-ingress-nginx-headers.spec.ts`],
    mutants: [{ breaks: 'B22: Referer is joined', from: 'key === FIRST_ONLY', to: "(key === FIRST_ONLY || key === 'referer')" }],
  },
  {
    file: `${N}/stream-fronts.ts`,
    specs: [`${I}/route-ingress-nginx-streams.spec.ts`],
    mutants: [
      { breaks: 'Services in front that disagree', from: 'open.add(key);', to: '' },
      {
        breaks: 'Services that select the controller',
        from: 'pod.namespace === namespace && selectorMatches(selects, pod.labels)',
        to: 'pod.namespace === namespace',
      },
    ],
  },
  {
    file: `${N}/passthrough.ts`,
    specs: [`${I}/nginx-vectors.spec.ts`, ...SPECS],
    mutants: [
      { breaks: 'B20: SNI without case', from: 'servers.get(sni.toLowerCase())', to: 'servers.get(sni)' },
      { breaks: 'B20: the location of `/`', from: "server.locations.find(({ path }) => path === '/')", to: 'server.locations[0]' },
    ],
  },
];
