import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const N = `${I}/internal/nginx`;
const SPECS = [`${I}/route-ingress-nginx-streams.spec.ts`];

/** Ports of ConfigMaps of ingress-nginx (`getStreamServices`). */
export const NGINX_STREAMS: readonly MutantsOfFile[] = [
  {
    file: `${N}/stream-entries.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'reserved ports', from: 'if (reserved.has(port)) return', to: 'if (false) return' },
      { breaks: 'packets have no PROXY protocol', from: "transport === 'TCP' && parts[at]", to: 'parts[at]' },
      { breaks: 'PROXY in any case', from: '?.toUpperCase() ===', to: ' ===' },
      { breaks: 'towards the backend by four parts alone', from: 'parts.length === 4 && ', to: '' },
      { breaks: 'one slash', from: ' && more.length === 0', to: '' },
    ],
  },
  {
    file: `${N}/stream-services.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'without endpoints nginx does not listen',
        from: "reached?.verdict === 'ROUTED'",
        to: "reached?.verdict !== 'SERVICE_MISSING'",
      },
      { breaks: 'the port of the Service in front', from: 'this.behind().get(keyOf(port, transport)) ?? port', to: 'port' },
      { breaks: 'a port twice', from: '(!two || this.options.sharesStreamPorts)', to: 'true' },
      { breaks: 'a port twice, since it may be', from: '(!two || this.options.sharesStreamPorts)', to: '!two' },
      { breaks: 'what is no port', from: 'port >= 1 && port <= 65_535', to: 'port <= 65_535' },
      { breaks: 'an entry that is not listened for breaks nothing', from: 'if (!one) continue;', to: '' },
    ],
  },
  {
    file: `${N}/nginx-backend.ts`,
    specs: SPECS,
    mutants: [{ breaks: 'the protocol of the port', from: 'port.protocol === transport && ', to: '' }],
  },
];
