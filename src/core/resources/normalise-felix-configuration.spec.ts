import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../kernel/json.js';
import { DEFAULT_FELIX_CONFIGURATION } from './default-felix-configuration.js';
import type { FailsafePort } from './felix-configuration.js';
import { Findings } from './internal/findings.js';
import { ObjectReader } from './internal/object-reader.js';
import { normaliseFelixConfiguration } from './normalise-felix-configuration.js';

const REF = { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', name: 'default' };

function read(spec: JsonObject) {
  const findings = new Findings(REF);
  const felix = normaliseFelixConfiguration(new ObjectReader({ spec }, findings), REF);
  return { felix, problems: findings.diagnostics.map(({ code, pointer }) => `${code} ${pointer}`) };
}

const written = (ports: readonly FailsafePort[] | undefined) => ports?.map(({ protocol, port }) => `${protocol} ${port}`).join(', ');

describe('failsafe ports', () => {
  /** felix `config/config_params.go`: "tcp:22,udp:68,tcp:179,…". */
  it("are Felix' own where no object names any", () => {
    const { failsafeInbound, failsafeOutbound } = DEFAULT_FELIX_CONFIGURATION;
    const both = 'TCP 179, TCP 2379, TCP 2380, TCP 5473, TCP 6443, TCP 6666, TCP 6667';
    expect(written(failsafeInbound)).toBe(`TCP 22, UDP 68, ${both}`);
    expect(written(failsafeOutbound)).toBe(`UDP 53, UDP 67, ${both}`);
    expect(read({}).felix.failsafeInbound).toBeUndefined();
  });

  it.each<[string, Json, string, readonly string[]]>([
    ['none', [], '', []],
    ['the protocol in small letters, or none', [{ protocol: 'udp', port: 1 }, { port: 2 }], 'UDP 1, TCP 2', []],
    ['an address for a prefix', [{ port: 1, net: '10.0.0.1' }], 'TCP 1', []],
    ['an unknown protocol', [{ protocol: 'ICMP', port: 1 }], '', ['invalid-value /spec/failsafeInboundHostPorts/0/protocol']],
    ['no port', [{ protocol: 'TCP' }], '', ['missing-field /spec/failsafeInboundHostPorts/0/port']],
    ['a port out of range', [{ port: 70000 }], '', ['out-of-range /spec/failsafeInboundHostPorts/0/port']],
    ['a net that is none', [{ port: 1, net: 'office' }], '', ['invalid-value /spec/failsafeInboundHostPorts/0/net']],
    ['the text of the command line', 'none', '', ['wrong-type /spec/failsafeInboundHostPorts']],
  ])('%s: what cannot be read is not open', (_, failsafeInboundHostPorts, expected, problems) => {
    const found = read({ failsafeInboundHostPorts });
    expect({ ports: written(found.felix.failsafeInbound), problems: found.problems }).toEqual({ ports: expected, problems });
  });
});

describe('defaultEndpointToHostAction', () => {
  it.each([
    ['ACCEPT', 'Accept', []],
    ['drop', 'Drop', []],
    ['Return', 'Return', []],
    ['Reject', undefined, ['invalid-value /spec/defaultEndpointToHostAction']],
  ] as const)('%s', (defaultEndpointToHostAction, expected, problems) => {
    const found = read({ defaultEndpointToHostAction });
    expect([found.felix.endpointToHost, found.problems]).toEqual([expected, problems]);
  });
});
