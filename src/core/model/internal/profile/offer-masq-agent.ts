import { cidrsOf, configValue, flagOf } from './config-value.js';
import { readConfigText } from './config-text.js';
import { commandFlag } from './network-traces.js';
import { configMapNamed, type PluginEvidence } from './plugin-evidence.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

const NAMES: ReadonlySet<string> = new Set(['ip-masq-agent', 'azure-ip-masq-agent']);

/** ip-masq-agent: its DaemonSet tells that it runs, its ConfigMap what it leaves alone (kubernetes-sigs/ip-masq-agent README). */
export function offerMasqAgent(draft: ProfileDraft, { resources, components }: PluginEvidence): void {
  const set = resources.workloads.get('DaemonSet')?.find(({ ref }) => NAMES.has(ref.name));
  if (set) draft.offer('masquerade.agent', true, toldBy(set.ref, '/metadata/name', 'ip-masq-agent runs on the nodes'));
  const agent = components.find(({ image }) => image.startsWith('ip-masq-agent'));
  const reserved =
    agent && (agent.arguments.includes('--nomasq-all-reserved-ranges') || flagOf(commandFlag(agent, 'nomasq-all-reserved-ranges')));
  if (agent) draft.offer('masquerade.allReservedRanges', reserved, toldBy(agent.object, agent.pointer, '`--nomasq-all-reserved-ranges`'));
  const map = configMapNamed(resources, 'ip-masq-agent') ?? configMapNamed(resources, 'azure-ip-masq-agent-config');
  const [key, text] = Object.entries(map?.data ?? {})[0] ?? [];
  if (!map || key === undefined || text === undefined) return;
  const config = readConfigText(text);
  const at = (why: string) => toldBy(map.ref, `/data/${key}`, why);
  const listed = configValue(config, 'nonMasqueradeCIDRs');
  const cidrs = Array.isArray(listed) ? (cidrsOf(listed) ?? []) : undefined;
  draft.offer('masquerade.nonMasqueradeCIDRs', cidrs, at('`nonMasqueradeCIDRs` of ip-masq-agent'));
  draft.offer('masquerade.linkLocal', flagOf(configValue(config, 'masqLinkLocal')), at('`masqLinkLocal` of ip-masq-agent'));
  draft.offer('masquerade.linkLocalIPv6', flagOf(configValue(config, 'masqLinkLocalIPv6')), at('`masqLinkLocalIPv6` of ip-masq-agent'));
}
