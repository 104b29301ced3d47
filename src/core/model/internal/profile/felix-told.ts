import type { FelixConfiguration } from '../../../resources/felix-configuration.js';
import type { FelixAgent, FelixField, FelixSettings } from '../../felix-settings.js';
import type { ResourceIndex } from '../resource-index.js';
import { variablesOf } from './component-variables.js';
import { felixEnvironment, felixVariable } from './felix-environment.js';
import type { PlacedComponent } from './network-traces.js';
import type { PluginEvidence } from './plugin-evidence.js';
import type { Finding } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** What Felix is told on every node, and by whom: the environment of calico-node, then the FelixConfiguration `default`. */
export class FelixTold {
  /** What the environment tells. */
  readonly environment: FelixSettings;
  /** Where that stands; undefined: no calico-node was imported. */
  readonly agent: FelixAgent | undefined;
  private readonly configuration: FelixConfiguration | undefined;

  constructor({ components, resources }: Pick<PluginEvidence, 'components' | 'resources'>) {
    const agent = calicoNode(components);
    this.agent = agent && { object: agent.object, pointer: `${agent.pointer}/env` };
    this.environment = { ...environmentByOperator(resources), ...(agent ? felixEnvironment(variablesOf(agent, resources)) : {}) };
    this.configuration = resources.calico.felixConfigurations.find(({ ref }) => ref.name === 'default');
  }

  /** The value of a field; undefined: nobody tells, or what tells cannot be read. */
  value<F extends FelixField>(field: F): FelixSettings[F] {
    return Object.hasOwn(this.environment, field) ? this.environment[field] : this.configuration?.[field];
  }

  /** Who tells it. */
  finding(field: FelixField, why: string): Finding {
    const { agent, configuration } = this;
    if (agent && Object.hasOwn(this.environment, field)) return toldBy(agent.object, agent.pointer, `\`${felixVariable(field)}\`: ${why}`);
    return configuration ? toldBy(configuration.ref, `/spec/${SPEC_FIELDS[field] ?? field}`, why) : { provenance: 'derived', why };
  }
}

/** Names of fields of FelixConfiguration that are not those of the model. */
const SPEC_FIELDS: Readonly<Partial<Record<FelixField, string>>> = {
  endpointToHost: 'defaultEndpointToHostAction',
  failsafeInbound: 'failsafeInboundHostPorts',
  failsafeOutbound: 'failsafeOutboundHostPorts',
};

/** What Calico's operator puts there (tigera/operator `pkg/render/node.go`, nodeEnvVars): one MTU, for every tunnel. */
function environmentByOperator({ calicoInstallations }: ResourceIndex): FelixSettings {
  const mtu = calicoInstallations[0]?.mtu;
  return mtu === undefined ? {} : { ipipMTU: mtu, vxlanMTU: mtu, vxlanMTUV6: mtu, wireguardMTU: mtu, wireguardMTUV6: mtu };
}

/** The container in which Felix runs. */
export function calicoNode(components: readonly PlacedComponent[]): PlacedComponent | undefined {
  return components.find((one) => one.image === 'node' && one.container === 'calico-node');
}
