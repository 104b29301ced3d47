import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const D = `${I}/internal/diff`;
const CONNECTIONS = [`${I}/route-diff-connections.spec.ts`];
const CLIENTS = [`${I}/route-diff-clients.spec.ts`];

/** What `route-diff` tries and compares of connections, and of clients that are turned away. */
export const ROUTE_DIFF: readonly MutantsOfFile[] = [
  {
    file: `${D}/tried-connections.ts`,
    specs: CONNECTIONS,
    mutants: [
      { breaks: 'names count in TLS alone', from: "if (asked !== undefined && scheme !== 'tls') continue;", to: '' },
      { breaks: 'each name that a rule has', from: 'names.add(name);\n      continue;', to: 'continue;' },
      { breaks: 'a name with two labels more', from: ').add(witnessHost(`*.${one}`, isTaken));', to: ');' },
      { breaks: 'clients that say no name', from: 'witnessHost(undefined, isTaken), undefined];', to: 'witnessHost(undefined, isTaken)];' },
      { breaks: 'any port where none is told', from: 'told.size === 0 ? [SOME_PORT] :', to: 'told.size === 0 ? [] :' },
      { breaks: 'a protocol that nobody asks for', from: ', OTHER_PROTOCOL];', to: '];' },
      { breaks: 'expressions are a sample', from: 'rules.some(({ asksMore }) => asksMore) || ', to: '' },
      { breaks: 'each address', from: 'addresses.length === 0 ? [undefined] :', to: 'addresses.length > 0 ? [undefined] :' },
    ],
  },
  {
    file: `${D}/compare-connected.ts`,
    specs: CONNECTIONS,
    mutants: [
      { breaks: 'another backend', from: "same(a, b) ? 'none' : 'backend'", to: "'none'" },
      { breaks: 'who gets none is closed', from: "return 'status';", to: "return 'none';" },
      { breaks: 'who ends the TLS', from: 'answerA.certificate === answerB.certificate ?', to: 'answerA.certificate !== undefined ?' },
    ],
  },
  {
    file: `${D}/class-connections.ts`,
    specs: [...CONNECTIONS, `${I}/route-transport-server.spec.ts`],
    mutants: [
      { breaks: 'clients that a middleware lets in', from: "[...named('ClientIP'), ...ranges]", to: "named('ClientIP')" },
      { breaks: 'clients that a rule asks for', from: "[...named('ClientIP'), ...ranges]", to: 'ranges' },
      { breaks: 'routers with TLS are tried in TLS', from: "parts.tls ? 'tls' : 'tcp'", to: "'tcp'" },
      { breaks: 'the port of a listener', from: 'found ? [found.port] : []', to: '[]' },
    ],
  },
  {
    file: `${D}/side.ts`,
    specs: [...CONNECTIONS, ...CLIENTS],
    mutants: [
      { breaks: 'a controller that takes requests alone refuses', from: 'by : refused(answer)', to: 'by : by' },
      {
        breaks: 'a Gateway is asked as a client with a certificate',
        from: 'assumesCertificate: clientCertificate === undefined };',
        to: 'assumesCertificate: false };',
      },
      { breaks: 'and as one without', from: 'assumesCertificate: clientCertificate === undefined };', to: 'assumesCertificate: true };' },
    ],
  },
  {
    file: `${D}/side-answer.ts`,
    specs: [`${I}/route-diff-migration.spec.ts`],
    mutants: [
      { breaks: 'no path at all is `/`', from: "rest.startsWith('/') ? rest : `/${rest}`", to: 'rest' },
      { breaks: 'the port of the scheme', from: ' || port === USUAL_PORTS[scheme.toLowerCase()];', to: ';' },
      { breaks: 'what nobody serves', from: "? 'unserved' : 'status'", to: "? 'status' : 'status'" },
    ],
  },
  {
    file: `${D}/side-answer.ts`,
    specs: [`${I}/route-diff-lost.spec.ts`],
    mutants: [
      { breaks: 'TLS with backends', from: "tls !== null || protocol === 'WSS'", to: "protocol === 'WSS'" },
      { breaks: 'HTTP/2 with backends', from: "protocol === 'H2C' || protocol === 'GRPC' ?", to: "protocol === 'H2C' ?" },
    ],
  },
  {
    file: `${D}/client-variants.ts`,
    specs: CLIENTS,
    mutants: [
      { breaks: 'answers that are no refusals', from: '[401, 403, 302]', to: '[401, 403]' },
      { breaks: 'clients that are unknown', from: '[401, 403, 302]', to: '[403, 302]' },
      { breaks: 'clients without certificate', from: "if (request.scheme === 'https') yield", to: "if (request.scheme === 'http') yield" },
    ],
  },
  {
    file: `${D}/compare-sides.ts`,
    specs: CLIENTS,
    mutants: [{ breaks: 'a variant counts where it changes an answer', from: 'if (!known.has(key)) book.add', to: 'book.add' }],
  },
];
