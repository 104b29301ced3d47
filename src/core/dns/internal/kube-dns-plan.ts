import type { Steps } from '../../kernel/steps.js';
import { absoluteZones } from '../../model/absolute-zones.js';
import type { KubeDnsConfig } from '../../model/dns-setup.js';
import type { CorefileProblem } from '../../model/kubernetes-plugin.js';
import type { NetworkModel } from '../../model/network-model.js';
import { assumedBlock } from './assumed-block.js';
import type { ServerBlock } from './plugin.js';

/** What the node hands to a server that is told no upstream. */
export const NODE_RESOLVERS: readonly string[] = ['/etc/resolv.conf'];

/** kube-dns: its own zones, its stub domains, and the rest to its upstream nameservers (kubernetes/dns `pkg/dns/config/config.go`, `cmd/dnsmasq-nanny`). */
export function* kubeDnsPlan(
  model: NetworkModel,
): Steps<{ readonly blocks: readonly ServerBlock[]; readonly problems: readonly CorefileProblem[] }> {
  const { kubeDns } = model.dnsSetup;
  const own = yield* assumedBlock(model, upstreamsOf(kubeDns));
  const blocks = [own, ...stubBlocks(kubeDns)];
  return { blocks, problems: kubeDnsProblems(kubeDns) };
}

/** Where names go that are nobody's. */
export function upstreamsOf(config: KubeDnsConfig | undefined): readonly string[] {
  return config && config.upstreamNameservers.length > 0 ? config.upstreamNameservers : NODE_RESOLVERS;
}

/** One block for each stub domain; `cache 30`, as NodeLocal DNSCache writes it (kubernetes/dns `cmd/node-cache/app/configmap.go`). */
export function stubBlocks(config: KubeDnsConfig | undefined): readonly ServerBlock[] {
  return (config?.stubDomains ?? []).flatMap(({ domain, servers }) =>
    absoluteZones([domain]).map((zone) => ({
      zone,
      plugins: [{ kind: 'forward', from: '.', to: servers, except: [], forceTcp: false }],
      cache: { zones: [zone], times: { success: THIRTY, denial: THIRTY }, disabled: { success: [], denial: [] } },
      problems: [],
    })),
  );
}

const THIRTY = { most: 30, least: 5 };

function kubeDnsProblems(config: KubeDnsConfig | undefined): readonly CorefileProblem[] {
  if (config?.invalid === undefined) return [];
  return [{ line: 0, plugin: 'kube-dns', message: `ConfigMap \`kube-system/kube-dns\`: ${config.invalid}: nothing of it is used` }];
}
