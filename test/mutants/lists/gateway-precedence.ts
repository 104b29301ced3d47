import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const G = `${I}/internal/gateway`;
const SPECS = [
  `${I}/gateway-vectors.spec.ts`,
  `${I}/route-through-gateway.spec.ts`,
  `${I}/gateway-tables.spec.ts`,
  `${I}/gateway-suite.spec.ts`,
  `${I}/gateway-dialects.spec.ts`,
  `${I}/gateway-traefik.spec.ts`,
];

/** Precedence of the Gateway API (rules G11, G15 to G24, G37 to G41; reference 6.1 and 6.3). */
export const GATEWAY_PRECEDENCE: readonly MutantsOfFile[] = [
  {
    file: `${G}/http-candidates.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'GRPCRoute: the service before the method',
        from: 'call = [service?.length ?? 0, method?.length ?? 0]',
        to: 'call = [method?.length ?? 0, service?.length ?? 0]',
      },
      { breaks: 'Traefik: of several hostnames the longest', from: 'Math.max(most, one?.length ?? 0)', to: 'most || (one?.length ?? 0)' },
    ],
  },
  {
    file: `${G}/rank-readings.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'key 1: a precise hostname goes first', from: 'hostOf(one, reading)[0] },', to: '0 },' },
      { breaks: 'key 2: the longer hostname goes first', from: 'hostOf(one, reading)[1] },', to: '0 },' },
      { breaks: 'keys 1 and 2 in this order', from: 'hostOf(one, reading)[0] },', to: 'hostOf(one, reading)[1] },' },
      {
        breaks: 'keys 1 and 2 see the hostname that covers the request',
        from: "reading.hostnames === 'written' ? candidate.written : candidate.hostname",
        to: "reading.hostnames === 'written' ? candidate.hostname : candidate.hostname",
      },
      { breaks: 'key 3: Exact goes before PathPrefix', from: "match.path?.type === 'Exact' ? 1 : 0", to: '0' },
      { breaks: 'key 3 in this direction', from: "match.path?.type === 'Exact' ? 1 : 0", to: "match.path?.type === 'Exact' ? 0 : 1" },
      {
        breaks: 'key 4: the longer prefix goes first',
        from: "path?.type === 'PathPrefix' ? (finalSlash ? path.value : prefixPath(path.value)).length : 0",
        to: '0',
      },
      { breaks: 'key 4 in this direction', from: 'prefixPath(path.value)).length : 0', to: 'prefixPath(path.value)).length * -1 : 0' },
      {
        breaks: 'a final slash alone decides nothing for certain',
        from: 'finalSlash ? path.value : prefixPath(path.value)',
        to: 'path.value',
      },
      { breaks: 'GRPCRoute: characters of the service', from: 'value: ({ match }) => match.call[0]', to: 'value: () => 0' },
      { breaks: 'GRPCRoute: characters of the method', from: 'value: ({ match }) => match.call[1]', to: 'value: () => 0' },
      { breaks: 'key 5: a method match', from: 'match.method === undefined ? 0 : 1', to: '0' },
      { breaks: 'key 5 in this direction', from: 'match.method === undefined ? 0 : 1', to: 'match.method === undefined ? 1 : 0' },
      { breaks: 'key 6: number of headers', from: 'value: ({ match }) => match.headers }', to: 'value: () => 0 }' },
      {
        breaks: 'key 6 counts them',
        from: 'value: ({ match }) => match.headers }',
        to: 'value: ({ match }) => Math.min(1, match.headers) }',
      },
      { breaks: 'key 7: number of query parameters', from: 'value: ({ match }) => match.queryParams }', to: 'value: () => 0 }' },
      {
        breaks: 'key 7 counts them',
        from: 'value: ({ match }) => match.queryParams }',
        to: 'value: ({ match }) => Math.min(1, match.queryParams) }',
      },
      {
        breaks: 'keys 6 and 7 are not added up',
        from: 'value: ({ match }) => match.headers }',
        to: 'value: ({ match }) => match.headers + match.queryParams }',
      },
      {
        breaks: 'keys 5 and 6 are not added up',
        from: 'value: ({ match }) => (match.method === undefined ? 0 : 1) }',
        to: 'value: ({ match }) => (match.method === undefined ? 0 : 1) + match.headers }',
      },
      {
        breaks: 'keys 3 and 4 are not added up',
        from: "value: ({ match }) => (match.path?.type === 'Exact' ? 1 : 0) }",
        to: "value: ({ match }) => (match.path?.type === 'Exact' ? 5 : (match.path?.value.length ?? 0)) }",
      },
      { breaks: 'key 8: the older route', from: 'value: ({ route }) => ageOf(route),', to: 'value: () => 0,' },
      { breaks: 'key 8 in this direction', from: 'value: ({ route }) => ageOf(route),', to: 'value: ({ route }) => -ageOf(route),' },
      {
        breaks: 'key 9: namespace and name',
        from: 'value: ({ route }) => `${route.namespace}/${route.ref.name}` }',
        to: 'value: () => 0 }',
      },
      {
        breaks: 'key 9 begins with the namespace',
        from: 'value: ({ route }) => `${route.namespace}/${route.ref.name}` }',
        to: 'value: ({ route }) => `${route.ref.name}/${route.namespace}` }',
      },
      {
        breaks: 'key 9 ascends',
        from: "reason: 'NAME_LATER', smallerWins: true,",
        to: "reason: 'NAME_LATER', smallerWins: undefined,",
      },
      {
        breaks: 'key 10: the first rule',
        from: "reason: 'RULE_LATER', smallerWins: true, value: ({ ruleIndex }) => ruleIndex }",
        to: "reason: 'RULE_LATER', value: ({ ruleIndex }) => ruleIndex }",
      },
      {
        breaks: 'the first match of a rule',
        from: 'smallerWins: true, value: ({ matchIndex }) => matchIndex }',
        to: 'value: ({ matchIndex }) => matchIndex }',
      },
      { breaks: 'the larger value wins', from: 'smallerWins ? own > other : own < other', to: 'smallerWins ? own > other : own > other' },
      { breaks: 'hostname alone: key 1', from: 'own[0] < other[0] || (own[0] === other[0] && own[1] < other[1])', to: 'own[1] < other[1]' },
      {
        breaks: 'hostname alone: key 2',
        from: 'own[0] < other[0] || (own[0] === other[0] && own[1] < other[1])',
        to: 'own[0] < other[0]',
      },
      { breaks: 'Traefik: a sum ranks', from: 'sum: [SUM]', to: 'sum: RANK_READINGS' },
      { breaks: 'Envoy Gateway: its own keys', from: 'envoy: [ENVOY]', to: 'envoy: RANK_READINGS' },
      { breaks: 'Envoy Gateway: the kind of path', from: '({ pathKind }) => pathKind', to: '() => 0' },
      { breaks: 'Envoy Gateway: the characters of the path', from: '({ pathLength }) => pathLength', to: '() => 0' },
      { breaks: 'Envoy Gateway: headers', from: '({ headers }) => headers)', to: '() => 0)' },
      { breaks: 'Envoy Gateway: exact headers', from: '({ exactHeaders }) => exactHeaders', to: '() => 0' },
      { breaks: 'Envoy Gateway: parameters', from: '({ queryParams }) => queryParams)', to: '() => 0)' },
      { breaks: 'Envoy Gateway: exact parameters', from: '({ exactQueryParams }) => exactQueryParams', to: '() => 0' },
      { breaks: 'Traefik: the hostname is a part of the sum', from: 'one.longest + sumOf(one.match)', to: 'sumOf(one.match)' },
      { breaks: 'Traefik: the earlier rule of a route', from: 'route.rules.length - ruleIndex', to: 'route.rules.length' },
      { breaks: 'Traefik: the rules of a route', from: 'route.rules.length - ruleIndex', to: '-ruleIndex' },
      { breaks: 'Traefik: 1000 for a method', from: '(method === undefined ? 0 : 1000)', to: '(method === undefined ? 0 : 10)' },
      { breaks: 'Traefik: 100 for a character of the prefix', from: 'value.length * 100', to: 'value.length' },
      { breaks: 'Traefik: 100 for a header', from: 'headers * 100', to: 'headers' },
      { breaks: 'Traefik: 10 for a query parameter', from: 'queryParams * 10;', to: 'queryParams;' },
      { breaks: 'Traefik: an Exact path goes before all prefixes', from: '100_000 + named', to: '1_000 + named' },
    ],
  },
  {
    file: `${G}/envoy-rank.ts`,
    specs: [`${I}/gateway-dialects.spec.ts`],
    mutants: [
      { breaks: 'an expression before a prefix', from: 'RegularExpression: 2, PathPrefix: 1', to: 'RegularExpression: 1, PathPrefix: 2' },
      { breaks: 'a method is a header', from: 'match.headers.length + methods', to: 'match.headers.length' },
      { breaks: 'an exact one', from: 'exact(match.headers) + methods', to: 'exact(match.headers)' },
      { breaks: 'the end of a path is a header', from: 'methods + suffixes', to: 'methods' },
      {
        breaks: 'a service is the beginning of a path',
        from: "type: 'PathPrefix', value: `/${service}`",
        to: "type: 'Exact', value: `/${service}`",
      },
    ],
  },
  {
    file: `${G}/decide-http.ts`,
    specs: [`${I}/gateway-dialects.spec.ts`],
    mutants: [
      { breaks: 'Envoy Gateway: one virtual host', from: 'if (!hasVirtualHosts) return all;', to: 'if (host !== undefined) return all;' },
    ],
  },
  {
    file: `${G}/imported-service.ts`,
    specs: [`${I}/gateway-extensions.spec.ts`],
    mutants: [
      { breaks: 'a ServiceImport: slices of a derived Service', from: 'endpoints.slices.forEach(note);', to: '[].forEach(note);' },
      { breaks: 'a ServiceImport: slices of no Service', from: 'orphanSlices.forEach(note);', to: '' },
      { breaks: 'a ServiceImport is told by its group', from: 'group === IMPORTED.group && kind', to: 'kind' },
    ],
  },
  {
    file: `${G}/envoy-paths.ts`,
    specs: [`${I}/gateway-dialects.spec.ts`],
    mutants: [
      { breaks: 'dot segments are resolved', from: 'removeDotSegments(path)', to: 'path' },
      { breaks: 'slashes are merged', from: ".replace(/\\/{2,}/g, '/')", to: '' },
      { breaks: 'escapes are left open', from: "if (path.includes('%')) return pathReadings(path);", to: '' },
    ],
  },
  {
    file: `${G}/hostnames.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'a wildcard covers one label or more',
        from: 'name.length > hostname.length - 1 && name.endsWith',
        to: 'name.length > hostname.length && name.endsWith',
      },
      {
        breaks: 'a wildcard covers no name without a label before it',
        from: 'name.endsWith(hostname.slice(1))',
        to: 'name.endsWith(hostname.slice(2))',
      },
      {
        breaks: 'a wildcard covers several labels',
        from: 'name.length > hostname.length - 1 && name.endsWith(hostname.slice(1))',
        to: "name.slice(name.indexOf('.')) === hostname.slice(1)",
      },
      {
        breaks: 'a wildcard has no precise characters',
        from: "hostname.startsWith('*.') ? 0 : hostname.length, hostname.length",
        to: 'hostname.length, hostname.length',
      },
      { breaks: 'a route takes its best hostname: key 1', from: 'precise > bestPrecise ||', to: 'precise < bestPrecise ||' },
      { breaks: 'a route takes its best hostname: key 2', from: '(precise === bestPrecise && length > bestLength)', to: 'false' },
      {
        breaks: 'the more specific of two that meet: the one of the route',
        from: 'within(route, listener)) return route;',
        to: 'within(route, listener)) return listener;',
      },
      { breaks: 'the more specific of two that meet: the one of the listener', from: '? listener : undefined', to: '? route : undefined' },
      {
        breaks: 'a listener without hostname takes those of the route',
        from: 'listener === undefined || within(route, listener)',
        to: 'listener !== undefined && within(route, listener)',
      },
    ],
  },
  {
    file: `${G}/winners.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'a pattern loses to a better hostname', from: 'isPath ? losesByHost(candidate, winner, reading)', to: 'isPath ? false' },
      {
        breaks: 'a pattern under the better hostname wins',
        from: 'candidate !== pattern && RANK_READINGS.every',
        to: 'candidate === pattern && RANK_READINGS.every',
      },
      { breaks: 'Traefik: equals are a tie', from: 'first.length > 1 ? TIE : undefined', to: 'undefined' },
    ],
  },
  {
    file: `${G}/age.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'what has no age is the youngest',
        from: 'Number.isNaN(time) ? Number.POSITIVE_INFINITY : time',
        to: 'Number.isNaN(time) ? 0 : time',
      },
    ],
  },
  {
    file: `${G}/choose-listener.ts`,
    specs: [...SPECS, `${I}/gateway-suite-streams.spec.ts`],
    mutants: [
      { breaks: 'the precise hostname of a listener', from: 'precise > bestPrecise ||', to: 'precise < bestPrecise ||' },
      { breaks: 'the longer hostname of a listener', from: '(precise === bestPrecise && length > bestLength) ? one', to: 'false ? one' },
      { breaks: 'only listeners that are served', from: 'here.filter(({ programmed }) => programmed)', to: 'here' },
      { breaks: 'the port of the listener', from: 'listener.port === port && protocols', to: 'protocols' },
      { breaks: 'inside TLS the SNI decides', from: "scheme === 'http' ? arrival.host : arrival.sni?.toLowerCase()", to: 'arrival.host' },
      { breaks: 'SNI without case', from: 'arrival.sni?.toLowerCase()', to: 'arrival.sni' },
      { breaks: '421 where another listener fits the Host header better', from: '!better || better === listener', to: 'true' },
      { breaks: 'no 421 for the listener itself', from: '!better || better === listener', to: '!better' },
      {
        breaks: 'a client without a name reaches what is for every host',
        from: 'name === undefined ? hostname === undefined : hostnameCovers(hostname, name),',
        to: 'name === undefined || hostnameCovers(hostname, name),',
      },
    ],
  },
  {
    file: `${G}/listeners.ts`,
    specs: [...SPECS, `${I}/gateway-status.spec.ts`, `${I}/gateway-faults.spec.ts`],
    mutants: [
      { breaks: 'of listeners in ListenerSets the first wins', from: 'if (!conflict) claims.add(listener);', to: 'claims.add(listener);' },
      { breaks: 'of listeners in one Gateway none wins', from: 'for (const listener of gateway.listeners) claims.add(listener);', to: '' },
      { breaks: 'ListenerSets by age', from: '.sort(byAge)', to: '.sort((a, b) => (a.ref.name < b.ref.name ? -1 : 1))' },
      { breaks: 'ListenerSets by name', from: ">(ageOf, ({ ref }) => `${ref.namespace ?? ''}/${ref.name}`)", to: '>(ageOf)' },
      { breaks: 'HTTP beside HTTPS on one port', from: "HTTPS: 'tls'", to: "HTTPS: 'http'" },
      { breaks: 'UDP beside TCP is no conflict', from: "if (wire === 'udp') return undefined;", to: '' },
      {
        breaks: 'TCP and UDP are told apart by their port alone',
        from: "protocol === 'TCP' || protocol === 'UDP' ? ''",
        to: "protocol === 'UDP' ? ''",
      },
      {
        breaks: 'HTTPS beside TLS of one name is another protocol',
        from: "same.protocol === listener.protocol ? 'HostnameConflict'",
        to: "true ? 'HostnameConflict'",
      },
    ],
  },
  {
    file: `${G}/attachments.ts`,
    specs: [...SPECS, ...['status', 'faults', 'suite-streams', 'extensions'].map((name) => `${I}/gateway-${name}.spec.ts`)],
    mutants: [
      { breaks: 'G7: sectionName', from: '(parent.sectionName === undefined || parent.sectionName === listener.name) &&', to: '' },
      { breaks: 'G7: port', from: '(parent.port === undefined || parent.port === listener.port)', to: 'true' },
      { breaks: 'G7: kind of the parent', from: '`${kind} ${namespace}/${name}`', to: '`${namespace}/${name}`' },
      { breaks: 'the namespace of the parent', from: '`${kind} ${namespace}/${name}`', to: '`${kind} ${name}`' },
      { breaks: 'G6, G14: kinds that the listener takes', from: 'kinds.some((kind) => kind === route.kind) &&', to: '' },
      {
        breaks: 'G5: namespaces that the listener takes',
        from: '&& namespaceAllowed(model, listener.allowedNamespaces, owner.namespace, route.namespace)',
        to: '',
      },
      {
        breaks: 'G9: hostnames that do not meet are ignored one by one',
        from: 'commonHostname(listener.hostname, hostname) ?? []',
        to: 'commonHostname(listener.hostname, hostname) ?? hostname',
      },
      { breaks: 'G10: none left', from: 'hostnames.length === 0 ? [] : [{ listener, hostnames }]', to: '[{ listener, hostnames }]' },
      {
        breaks: 'a route without hostnames takes that of the listener',
        from: 'route.hostnames.length === 0) return [listener.hostname]',
        to: 'route.hostnames.length === 0) return [undefined]',
      },
      {
        breaks: 'G38: of HTTP and gRPC under one hostname the older',
        from: '|| byAge(a, b)',
        to: '|| byAge(b, a)',
      },
      { breaks: 'G38: only under one hostname', from: '.meeting(one.hostnames)', to: '.meeting([undefined])' },
      {
        breaks: 'G38: on one listener',
        from: 'inMap(kept, one.listener,',
        to: 'inMap(kept, all[0]?.attached[0]?.listener ?? one.listener,',
      },
      {
        breaks: 'G38: a route that cannot be served gives way',
        from: 'Number(unservable(a) !== undefined) - Number(unservable(b) !== undefined) ||',
        to: '',
      },
    ],
  },
  {
    file: `${G}/hostname-claims.ts`,
    specs: [`${I}/gateway-extensions.spec.ts`],
    mutants: [
      { breaks: 'G38: what a wildcard covers', from: 'this.within.get(keyOf(hostname)),', to: '' },
      { breaks: 'G38: by what a hostname is covered', from: '[hostname, ...widerThan(hostname)]', to: '[hostname]' },
      { breaks: 'G38: the hostname itself', from: '[hostname, ...widerThan(hostname)]', to: 'widerThan(hostname)' },
    ],
  },
  {
    file: `${G}/allowed-namespaces.ts`,
    specs: [...SPECS, `${I}/gateway-status.spec.ts`],
    mutants: [
      { breaks: 'Same', from: 'return namespace === own;', to: 'return true;' },
      { breaks: 'None', from: 'return false;', to: 'return true;' },
      { breaks: 'selectors see the name of a namespace', from: '?? { [NAMESPACE_NAME_LABEL]: namespace }', to: '?? {}' },
    ],
  },
  {
    file: `${G}/grants.ts`,
    specs: [`${G}/grants.spec.ts`],
    mutants: [
      { breaks: 'G27: nothing is needed within a namespace', from: 'if (namespace === from.namespace) return true;', to: '' },
      { breaks: 'G27: a grant without name is for all', from: '[undefined, to.name].some(', to: '[to.name].some(' },
      { breaks: 'G27: a grant with a name is for that one', from: 'targetKey(target, target.name)', to: 'targetKey(target, undefined)' },
      {
        breaks: 'G27: from the namespace that it names',
        from: '[namespace, from.group, from.kind, from.namespace]',
        to: '[namespace, from.group, from.kind]',
      },
      { breaks: 'G27: for the kind that it names', from: 'JSON.stringify([group, kind, name])', to: 'JSON.stringify([group, name])' },
    ],
  },
  {
    file: `${G}/stream-candidates.ts`,
    specs: [`${I}/gateway-vectors.spec.ts`, `${I}/gateway-suite-streams.spec.ts`],
    mutants: [
      { breaks: 'TLSRoute: the precise hostname', from: 'value: (one) => -hostOf(one)[0]', to: 'value: () => 0' },
      { breaks: 'TLSRoute: the longer hostname', from: 'value: (one) => -hostOf(one)[1]', to: 'value: () => 0' },
      {
        breaks: 'TLSRoute: the hostname as the route writes it is a reading of its own',
        from: 'keysBy(({ written }) => hostnameRank(written))',
        to: 'keysBy(({ hostname }) => hostnameRank(hostname ?? undefined))',
      },
      { breaks: 'G40: the oldest route', from: 'value: ({ route }) => ageOf(route)', to: 'value: () => 0' },
      { breaks: 'G40: then by name', from: 'value: nameOf, shown', to: 'value: () => 0, shown' },
      { breaks: 'G40: by name in this direction', from: 'key.value(one) > key.value(best)', to: 'key.value(one) < key.value(best)' },
      { breaks: 'the name of a route begins with its namespace', from: '`${route.namespace}/${route.ref.name}`', to: 'route.ref.name' },
    ],
  },
  {
    file: `${G}/backend-tls.ts`,
    specs: [`${I}/gateway-vectors.spec.ts`],
    mutants: [
      {
        breaks: 'G41: one for the port before one for the Service',
        from: 'ofPort.length > 0 ? ofPort : naming.filter(({ sectionName }) => sectionName === undefined)',
        to: 'naming',
      },
      {
        breaks: 'G41: one for the port is for no other port',
        from: '({ sectionName }) => sectionName === undefined);',
        to: '() => true);',
      },
      {
        breaks: 'G41: the oldest, then by name',
        from: '.sort(byAge))',
        to: '.sort((a, b) => byAge(b, a)))',
      },
      { breaks: 'G41: of its own namespace', from: '`${policy.namespace}/${name}`', to: '`shop/${name}`' },
    ],
  },
];
