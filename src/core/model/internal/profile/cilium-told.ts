import type { ConfigMap } from '../../../resources/config-map.js';
import { variablesOf } from './component-variables.js';
import type { PlacedComponent } from './network-traces.js';
import { configMapNamed, type PluginEvidence } from './plugin-evidence.js';
import type { Finding } from './profile-draft.js';
import { toldBy } from './told-by.js';

const PREFIX = 'CILIUM_';

/** What Cilium's agent is told, and where each of it stands. */
export interface CiliumTold {
  /** By the keys of cilium-config. */
  readonly data: ConfigMap['data'];
  readonly at: (key: string, why: string) => Finding;
}

/**
 * Its flags come first, then its environment, then cilium-config (cilium/cilium `pkg/option/config.go`, InitConfig: `SetEnvPrefix("cilium")`, MergeConfigMap; spf13/viper README, "Viper uses the following
 * precedence order"); a variable that is empty is not told. Undefined: there is no cilium-config.
 */
export function ciliumTold({ components, resources }: PluginEvidence): CiliumTold | undefined {
  const map = configMapNamed(resources, 'cilium-config');
  if (!map) return undefined;
  const agent = components.find(({ image, container }) => image === 'cilium' && container === 'cilium-agent');
  const flags = new Map(agent ? flagsOf(agent) : []);
  const variables = new Map(agent ? Object.entries(variablesOf(agent, resources)).flatMap(keyed) : []);
  const at = (key: string, why: string): Finding => {
    if (agent && flags.has(key)) return toldBy(agent.object, `${agent.pointer}/args`, `\`--${key}\`: ${why}`);
    if (agent && variables.has(key)) return toldBy(agent.object, `${agent.pointer}/env`, `\`${variableOf(key)}\`: ${why}`);
    return toldBy(map.ref, `/data/${key}`, why);
  };
  return { data: { ...map.data, ...Object.fromEntries(variables), ...Object.fromEntries(flags) }, at };
}

function keyed([name, value]: readonly [string, string]): readonly (readonly [string, string])[] {
  return name.startsWith(PREFIX) && value !== '' ? [[name.slice(PREFIX.length).toLowerCase().replaceAll('_', '-'), value]] : [];
}

function variableOf(key: string): string {
  return `${PREFIX}${key.replaceAll('-', '_').toUpperCase()}`;
}

/** `--name=value`; `--name` alone is on. What the kubelet has yet to put in (`$(VARIABLE)`) tells nothing. */
function flagsOf({ arguments: words }: PlacedComponent): readonly (readonly [string, string])[] {
  return words.flatMap((word) => {
    const { name, value = 'true' } = /^--(?<name>[a-z][a-z\d-]*)(?:=(?<value>.*))?$/s.exec(word)?.groups ?? {};
    return name === undefined || value.includes('$(') ? [] : [[name, value] as const];
  });
}
