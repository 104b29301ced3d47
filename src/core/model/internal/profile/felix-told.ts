import type { FelixConfiguration } from '../../../resources/felix-configuration.js';
import type { FelixField, FelixSettings } from '../../felix-settings.js';
import type { ResourceIndex } from '../resource-index.js';
import { felixEnvironment, felixVariable } from './felix-environment.js';
import type { PlacedComponent } from './network-traces.js';
import type { PluginEvidence } from './plugin-evidence.js';
import type { Finding } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** What Felix is told on every node, and by whom: the environment of calico-node, then the FelixConfiguration `default`. */
export class FelixTold {
  /** What the environment tells. */
  readonly environment: FelixSettings;
  private readonly agent: PlacedComponent | undefined;
  private readonly configuration: FelixConfiguration | undefined;

  constructor({ components, resources }: Pick<PluginEvidence, 'components' | 'resources'>) {
    this.agent = calicoNode(components);
    this.environment = this.agent ? felixEnvironment(variablesOf(this.agent, resources)) : {};
    this.configuration = resources.calico.felixConfigurations.find(({ ref }) => ref.name === 'default');
  }

  /** The value of a field; undefined: nobody tells, or what tells cannot be read. */
  value<F extends FelixField>(field: F): FelixSettings[F] {
    return Object.hasOwn(this.environment, field) ? this.environment[field] : this.configuration?.[field];
  }

  /** Who tells it. */
  finding(field: FelixField, why: string): Finding {
    const { agent, configuration } = this;
    if (agent && Object.hasOwn(this.environment, field))
      return toldBy(agent.object, `${agent.pointer}/env`, `\`${felixVariable(field)}\`: ${why}`);
    return configuration ? toldBy(configuration.ref, `/spec/${field}`, why) : { provenance: 'derived', why };
  }
}

/** The container in which Felix runs. */
export function calicoNode(components: readonly PlacedComponent[]): PlacedComponent | undefined {
  return components.find((one) => one.image === 'node' && one.container === 'calico-node');
}

/** Values that stand in the container, and those of keys of ConfigMaps, as of the MTUs in Calico's own manifests. */
function variablesOf({ environment, configMapKeys, object }: PlacedComponent, { configMaps }: ResourceIndex): Record<string, string> {
  const referred = [...configMapKeys].flatMap(([name, { configMap, key }]) => {
    const text = configMaps.get(`${object.namespace ?? ''}/${configMap}`)?.data[key];
    return text === undefined ? [] : [[name, text] as const];
  });
  return { ...Object.fromEntries(referred), ...environment };
}
