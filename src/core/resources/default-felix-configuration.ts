import type { ObjectRef } from '../kernel/object-ref.js';
import type { FailsafePort, FelixConfiguration } from './felix-configuration.js';
import { Findings } from './internal/findings.js';
import { ObjectReader } from './internal/object-reader.js';
import { normaliseFelixConfiguration } from './normalise-felix-configuration.js';

const REF: ObjectRef = { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', name: 'default' };

const BOTH_WAYS = [179, 2379, 2380, 5473, 6443, 6666, 6667].map((port) => ({ protocol: 'TCP', port }));
const SPEC = {
  failsafeInboundHostPorts: [{ protocol: 'TCP', port: 22 }, { protocol: 'UDP', port: 68 }, ...BOTH_WAYS],
  failsafeOutboundHostPorts: [{ protocol: 'UDP', port: 53 }, { protocol: 'UDP', port: 67 }, ...BOTH_WAYS],
};

/** A configuration that says which ports stay open. */
type CompleteConfiguration = FelixConfiguration & Record<'failsafeInbound' | 'failsafeOutbound', readonly FailsafePort[]>;

const read = normaliseFelixConfiguration(new ObjectReader({ spec: SPEC }, new Findings(REF)), REF);

/** What Felix does where no object says otherwise (projectcalico/calico `felix/config/config_params.go`). No cluster need store it. */
export const DEFAULT_FELIX_CONFIGURATION: CompleteConfiguration = {
  ...read,
  failsafeInbound: read.failsafeInbound ?? [],
  failsafeOutbound: read.failsafeOutbound ?? [],
};
