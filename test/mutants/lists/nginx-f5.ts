import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const F = `${I}/internal/nginx-f5`;
const SPECS = [`${I}/route-nginx-f5.spec.ts`, `${I}/route-virtual-server.spec.ts`];

/** The controller of NGINX Inc. (reference section 5). */
export const NGINX_F5: readonly MutantsOfFile[] = [
  {
    file: `${F}/f5-server.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'a host belongs to the older', from: 'return ageOf(a) - ageOf(b) ||', to: 'return ageOf(b) - ageOf(a) ||' },
      { breaks: 'age counts', from: 'return ageOf(a) - ageOf(b) ||', to: 'return' },
      {
        breaks: 'of one age to the larger UID',
        from: '(left > right ? -1 : left < right ? 1 : 0)',
        to: '(left > right ? 1 : left < right ? -1 : 0)',
      },
      { breaks: 'UIDs count', from: '(left > right ? -1 : left < right ? 1 : 0)', to: '0' },
      { breaks: 'without a UID it cannot be told', from: '(a.uid === undefined || b.uid === undefined)', to: 'a.uid === null' },
    ],
  },
  {
    file: `${F}/server-names.ts`,
    specs: [`${I}/route-nginx-f5-hosts.spec.ts`],
    mutants: [
      { breaks: 'a name is looked for where it is listened to', from: 'isThere(server) && hears(server, request)', to: 'isThere(server)' },
      { breaks: 'the usual servers are not at ports of others', from: " && !(isOwn && listening === 'usual')", to: '' },
      { breaks: 'the rest goes to the default server', from: '(others && isThere(others) ? others : undefined)', to: 'undefined' },
    ],
  },
  {
    file: `${F}/f5-annotation-faults.ts`,
    specs: [`${I}/route-nginx-f5-annotations.spec.ts`, `${I}/route-nginx-f5-flags.spec.ts`],
    mutants: [
      { breaks: 'a related annotation must be there', from: '!Object.hasOwn(annotations, related)', to: 'false' },
      { breaks: 'it must be on where it says so', from: 'isOn && !TRUE', to: '!TRUE' },
      { breaks: 'a part that is off takes its annotations out', from: 'find((one) => off.has(one))', to: 'find(() => false)' },
      { breaks: 'parts of rewrites have their names', from: '^serviceName=[^', to: '^[a-zA-Z]+=[^' },
      { breaks: 'ports have no blanks', from: "value.split(',').every((port) => /^", to: "value.split(',').every((port) => /^ *" },
    ],
  },
  {
    file: `${F}/f5-annotations.ts`,
    specs: [`${I}/route-nginx-f5-flags.spec.ts`],
    mutants: [
      {
        breaks: 'an Ingress goes before the ConfigMap',
        from: '{ [SSL_REDIRECT]: redirect }), ...annotations }',
        to: '{ [SSL_REDIRECT]: redirect }) }',
      },
      { breaks: 'under its former name, too', from: ' || Object.hasOwn(annotations, FORMER_REDIRECT)', to: '' },
    ],
  },
  {
    file: `${F}/f5-listening.ts`,
    specs: [`${I}/route-nginx-f5-flags.spec.ts`],
    mutants: [
      { breaks: 'a place alone is 302', from: "code = '302'", to: "code = '301'" },
      { breaks: 'a code with a text is an answer', from: '!REDIRECTS.has(code)', to: 'REDIRECTS.has(code)' },
      { breaks: '444 closes the connection', from: "code === '444'", to: "code === '443'" },
      { breaks: 'a path is one of the same host', from: "target.startsWith('/')", to: "target.startsWith('//')" },
      { breaks: 'a text between quotation marks', from: 'fill(unquoted(rest)', to: 'fill(rest' },
    ],
  },
  {
    file: `${F}/ingress-server.ts`,
    specs: [`${I}/route-nginx-f5-flags.spec.ts`],
    mutants: [{ breaks: 'gRPC needs HTTP/2', from: 'http2 !== false && isGrpcOnly', to: 'isGrpcOnly' }],
  },
  {
    file: `${F}/location-twice.ts`,
    specs: [`${I}/route-nginx-f5-faults.spec.ts`],
    mutants: [{ breaks: 'an exact location is another than a prefix', from: "exact ? '=' : ''", to: "''" }],
  },
  {
    file: `${F}/ingress-backend.ts`,
    specs: [`${I}/route-nginx-f5-faults.spec.ts`],
    mutants: [
      { breaks: 'a Secret has its type', from: 'secrets.size === 0 || found === type', to: 'secrets.size === 0 || found !== undefined' },
      { breaks: 'without any it is taken to be there', from: 'secrets.size === 0 || ', to: '' },
    ],
  },
  {
    file: `${F}/first-servers.ts`,
    specs: [`${I}/route-nginx-f5-hosts.spec.ts`],
    mutants: [{ breaks: 'the usual ports are those of the default server', from: 'port !== USUAL[scheme] && ', to: '' }],
  },
  {
    file: `${F}/f5-validation.ts`,
    specs: [`${I}/route-nginx-f5-hosts.spec.ts`],
    mutants: [
      { breaks: 'rules without host are taken where told', from: 'if (!takesEmptyHosts)', to: 'if (takesEmptyHosts)' },
      { breaks: 'they have no ports of their own', from: 'if (ports !== undefined)', to: 'if (false)' },
    ],
  },
  {
    file: `${F}/f5-servers.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'Ingress and VirtualServer in one order',
        from: '(yield* sortedInSteps(claims, (a, b) => compareClaims(a.owner, b.owner))).entries()',
        to: 'claims.entries()',
      },
      { breaks: 'the others get nothing of the host', from: 'if (holder) {', to: 'if (holder && holder !== owner && false) {' },
    ],
  },
  {
    file: `${F}/ingress-server.ts`,
    specs: SPECS,
    mutants: [{ breaks: 'Exact is `= /path`', from: "rule.pathType === 'Exact' || f5Annotations", to: 'f5Annotations' }],
  },
  {
    file: `${F}/f5-choice.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'exact locations before expressions',
        from: '(plain.location.exact || isBeforeExpressions(server, plain.location))',
        to: 'isBeforeExpressions(server, plain.location)',
      },
      { breaks: 'expressions before prefixes', from: "if (match !== 'no-match') return { type: 'location', location };", to: '' },
      { breaks: 'expressions in their order', from: 'of server.patterns) {', to: 'of server.patterns.toReversed()) {' },
    ],
  },
  {
    file: `${F}/virtual-conditions.ts`,
    specs: [`${I}/route-virtual-server.spec.ts`],
    mutants: [
      {
        breaks: 'the first match whose conditions hold',
        from: 'for (const match of matches) {',
        to: 'for (const match of matches.toReversed()) {',
      },
      { breaks: 'all conditions of a match', from: 'if (held.includes(false)) continue;', to: 'if (!held.includes(true)) continue;' },
      { breaks: '! turns it round', from: 'same !== isNegative', to: 'same' },
    ],
  },
  {
    file: `${F}/virtual-places.ts`,
    specs: [`${I}/route-virtual-server.spec.ts`],
    mutants: [
      { breaks: 'a path that was handed on once stays there', from: 'else lost.add(one);', to: '' },
      {
        breaks: 'of one selector in any order',
        from: 'route.selector !== undefined && handed.get(holder)?.[0] === route',
        to: 'route.selector === null',
      },
      { breaks: 'and only of one', from: 'route.selector !== undefined && handed.get(holder)?.[0] === route', to: 'true' },
      { breaks: 'paths below the prefix', from: 'routes.every((one) => one.path.startsWith(first))', to: 'routes.length > 0' },
    ],
  },
  {
    file: `${F}/f5-certificate.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'the entry that names the host', from: 'hosts.some((name) => name.toLowerCase() === host)', to: 'hosts.length > 0' },
    ],
  },
];
