import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const G = `${I}/internal/gateway`;
const SPECS = [`${I}/route-through-gateway.spec.ts`, `${I}/gateway-suite.spec.ts`];

/** What filters and weights of the Gateway API do to a request (rules G25, G26, G29 to G33; reference section 6). */
export const GATEWAY_FILTERS: readonly MutantsOfFile[] = [
  {
    file: `${G}/follow-rule.ts`,
    specs: [`${I}/gateway-faults.spec.ts`],
    mutants: [
      { breaks: 'filters of a backend: it takes every request', from: 'backend.share === 1)', to: 'backend.share > 0)' },
      { breaks: 'filters of a backend: it can be forwarded to', from: 'if (endpoints.length === 0) return undefined;', to: '' },
      {
        breaks: 'filters of a backend: CORS answers a preflight',
        from: "if (filters.some(({ type }) => type === 'CORS') && isPreflight(read))\n    return { ...preflight",
        to: 'if (filters.length < 0) return { ...preflight',
      },
    ],
  },
  {
    file: `${G}/route-filters.ts`,
    specs: [`${I}/gateway-faults.spec.ts`],
    mutants: [
      { breaks: 'filters of a backend that takes a part', from: 'share === 1 ? OF_ONLY_BACKEND : OF_BACKEND', to: 'OF_ONLY_BACKEND' },
      { breaks: 'filters of the only backend', from: 'share === 1 ? OF_ONLY_BACKEND : OF_BACKEND', to: 'OF_BACKEND' },
    ],
  },
  {
    file: `${G}/forward-request.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'G29: the status', from: 'status: filter.statusCode', to: 'status: 302' },
      { breaks: 'G29: the scheme of the request', from: 'filter.scheme ?? request.scheme', to: "filter.scheme ?? 'https'" },
      {
        breaks: 'G29: the host of the request',
        from: "filter.hostname ?? request.host.replace(/:\\d*$/, '')",
        to: "filter.hostname ?? ''",
      },
      {
        breaks: 'G29: with a scheme its own port',
        from: 'filter.port ?? (filter.scheme === undefined ? listenerPort : OWN_PORT[scheme])',
        to: 'filter.port ?? listenerPort',
      },
      {
        breaks: 'G29: without a scheme the port of the listener',
        from: 'filter.port ?? (filter.scheme === undefined ? listenerPort : OWN_PORT[scheme])',
        to: 'filter.port ?? OWN_PORT[scheme]',
      },
      { breaks: 'G29: the port of the filter', from: 'const port = filter.port ?? (', to: 'const port = (' },
      {
        breaks: 'G29: the port of the scheme is left out',
        from: 'port === undefined || port === OWN_PORT[scheme]',
        to: 'port === undefined',
      },
      {
        breaks: 'G30: the query of a redirect stays',
        from: 'const path = `${modifyPath(request.path, filter.path, by)}${query}`;',
        to: 'const path = modifyPath(request.path, filter.path, by);',
      },
      {
        breaks: 'G30: a slash of the prefix counts for nothing',
        from: 'const matched = prefixPath(by.value);',
        to: 'const matched = by.value;',
      },
      { breaks: 'G30: one slash between them', from: "modifier.value.endsWith('/') && rest.startsWith('/')", to: 'false' },
      {
        breaks: 'G30: an empty replacement leaves a slash',
        from: "return whole.startsWith('/') ? whole : `/${whole}`;",
        to: 'return whole;',
      },
      {
        breaks: 'G30: the prefix `/` cuts nothing',
        from: "matched === '/' ? path : path.slice(matched.length)",
        to: 'path.slice(matched.length)',
      },
      { breaks: 'G30: the whole path', from: "if (modifier.type === 'ReplaceFullPath') return modifier.value;", to: '' },
      {
        breaks: 'G31: set replaces',
        from: '[...changed.filter((one) => !isNamed(one, name)), [name, value]];',
        to: '[...changed, [name, value]];',
      },
      { breaks: 'G31: add goes behind what is there', from: '`${one[1]},${value}`', to: 'value' },
      { breaks: 'G31: remove', from: 'return changed.filter((one) => !remove.some((name) => isNamed(one, name)));', to: 'return changed;' },
      {
        breaks: 'G31: remove comes last',
        from: 'let changed = headers;',
        to: 'let changed = headers.filter((one) => !remove.some((name) => isNamed(one, name)));\n  remove = [];',
      },
      { breaks: 'G31: names without case', from: 'name.toLowerCase() === other.toLowerCase()', to: 'name === other' },
      { breaks: 'G28: the host of a rewrite', from: 'host = filter.hostname ?? host;', to: '' },
    ],
  },
  {
    file: `${G}/cors.ts`,
    specs: [`${G}/cors.spec.ts`, `${I}/route-through-gateway.spec.ts`],
    mutants: [
      {
        breaks: 'G33: nothing for an origin that is not allowed',
        from: 'if (origin === undefined || !filter.allowOrigins',
        to: 'if (origin === undefined || filter.allowOrigins.length < 0 && !filter.allowOrigins',
      },
      {
        breaks: 'G33: with credentials the origin is echoed',
        from: "filter.allowOrigins.includes('*') && !filter.allowCredentials",
        to: "filter.allowOrigins.includes('*')",
      },
      { breaks: 'G33: `*` for everybody', from: "anybody ? '*' : origin", to: 'origin' },
      { breaks: 'G33: a wildcard stands for something', from: 'host.length > before.length + after.length && ', to: '' },
      { breaks: 'G33: a wildcard ends as written', from: ' && host.endsWith(after)', to: '' },
      {
        breaks: 'G33: with credentials what is asked for is repeated',
        from: "if (!allowed.includes('*') || !credentials)",
        to: 'if (allowed.length >= 0)',
      },
      { breaks: 'G33: only a preflight is told methods', from: 'if (!isPreflight(request)) return always;', to: '' },
      { breaks: 'G33: a preflight names a method', from: " && headers.has('access-control-request-method')", to: '' },
      { breaks: 'G33: port 443 of https', from: "['https', '443']", to: "['https', '444']" },
      { breaks: 'G33: the port beside a wildcard', from: ' && own.port === given.port', to: '' },
      { breaks: 'G33: the scheme beside a wildcard', from: ' && own.scheme === given.scheme', to: '' },
    ],
  },
  {
    file: `${G}/route-conditions.ts`,
    specs: [`${I}/gateway-filters.spec.ts`, `${I}/gateway-conditions.spec.ts`],
    mutants: [
      { breaks: 'G48: rules whose auth service cannot be asked', from: ', ...unaskedServices(model, route)]', to: ']' },
      { breaks: 'G48: not of a route that is valid', from: 'faulty.size === 0 || ', to: '' },
    ],
  },
  {
    file: `${G}/rule-faults.ts`,
    specs: [`${I}/gateway-conditions.spec.ts`],
    mutants: [
      { breaks: 'G48: filters of a backend, too', from: 'filters, ...backends.map((backend) => backend.filters)', to: 'filters' },
      { breaks: 'G48: a redirect beside a rewrite', from: "types.has('RequestRedirect') && types.has('URLRewrite')", to: 'types.size < 0' },
    ],
  },
  {
    file: `${G}/http-match.ts`,
    specs: [`${I}/gateway-dialects.spec.ts`],
    mutants: [
      {
        breaks: 'G22: `Host` is among the headers',
        from: 'dialect.hostAmongHeaders === false',
        to: 'dialect.hostAmongHeaders !== undefined',
      },
      {
        breaks: 'G22: or is not, where the text is silent',
        from: "dialect.hostAmongHeaders === 'open'",
        to: 'dialect.isText === undefined',
      },
    ],
  },
  {
    file: `${G}/weighted-backends.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'G26: an unusable backend keeps its share', from: 'unusable / total', to: '0' },
      { breaks: 'G25: weights of all backends', from: 'reference.weight / total', to: '1 / total' },
      { breaks: 'G25: all weights 0', from: 'total === 0 ? 1 :', to: 'total === 0 ? 0 :' },
    ],
  },
  {
    file: `${G}/follow-rule.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'G32: a part of the requests', from: 'percent: filter.percent * share', to: 'percent: 100 * share' },
      {
        breaks: 'G32: several mirrors',
        from: 'return filters.flatMap((filter): readonly RouteMirror[]',
        to: 'return filters.slice(0, 1).flatMap((filter): readonly RouteMirror[]',
      },
      {
        breaks: 'G32: those of a backend get its share',
        from: 'mirrorsOf(model, candidate, reference.filters, backend.share) : []',
        to: 'mirrorsOf(model, candidate, reference.filters, 1) : []',
      },
      {
        breaks: 'G31: filters of the rule before those of the backend',
        from: '[...rule.filters, ...filters], match.path',
        to: '[...filters, ...rule.filters], match.path',
      },
      {
        breaks: 'G33: the gateway answers a preflight',
        from: "rule.filters.some(({ type }) => type === 'CORS') && isPreflight(read)",
        to: 'rule.filters.length < 0',
      },
    ],
  },
  {
    file: `${G}/attempts.ts`,
    specs: [`${G}/attempts.spec.ts`, ...SPECS],
    mutants: [
      { breaks: 'G34: zero is no limit', from: 'timeout === undefined || timeout === 0', to: 'timeout === undefined' },
      { breaks: 'G34: the time of the request', from: 'limitOf(timeouts.request) < elapsed)', to: 'false)' },
      { breaks: 'G34: attempts add up', from: 'elapsed += took;', to: 'elapsed = took;' },
      { breaks: 'G34: an attempt has a time of its own', from: 'delay > limitOf(backendRequest)', to: 'delay < 0' },
      { breaks: 'G34: a time that just suffices', from: 'delay > limitOf(backendRequest)', to: 'delay >= limitOf(backendRequest)' },
      { breaks: 'G34: a timed out attempt is a 504', from: "end === 'timeout' ? 'timeout' : 'failed'", to: "'failed'" },
      { breaks: 'G35: at most so many retries', from: 'sent <= (retry.attempts ?? 0)', to: 'sent < (retry.attempts ?? 0)' },
      { breaks: 'G35: not one more', from: 'sent <= (retry.attempts ?? 0)', to: 'sent <= (retry.attempts ?? 0) + 1' },
      { breaks: 'G35: the codes that are listed', from: 'retry.codes.includes(status)', to: 'true' },
      { breaks: 'G35: a listed code', from: 'retry.codes.includes(status)', to: 'false' },
      { breaks: 'G35: connection errors, and attempts that time out', from: "end !== 'status' || (", to: '(' },
      { breaks: 'G35: without a number it is open', from: 'mayRetry && retry.attempts === undefined', to: 'false' },
      { breaks: 'G35: time between attempts', from: 'waited += retry.backoff ?? 0;', to: '' },
      { breaks: 'G35: nothing is sent again without retry', from: 'retry !== undefined && (end', to: '(end' },
    ],
  },
  {
    file: `${G}/decide-stream.ts`,
    specs: [`${I}/gateway-streams.spec.ts`],
    mutants: [
      {
        breaks: 'G39: a BackendTLSPolicy is not for what is passed through',
        from: 'opensConnections(listener) ? listener.gateway : undefined',
        to: 'listener.gateway',
      },
      {
        breaks: 'G39: whose backends are empty is told',
        from: '({ endpoints }) => endpoints.length === 0',
        to: '({ endpoints }) => endpoints.length < 0',
      },
    ],
  },
  {
    file: `${G}/gateway-conditions.ts`,
    specs: [`${I}/gateway-conditions.spec.ts`],
    mutants: [{ breaks: 'G42: a port may let everybody in', from: '[byDefault, ...perPort.values()]', to: '[byDefault]' }],
  },
];
