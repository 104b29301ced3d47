import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import { optionsOfProfile } from './kubernetes-options.js';
import { kubernetesServer } from './kubernetes-server.js';
import type { ServerBlock } from './plugin.js';

/** Without a Corefile: kubeadm's (kubernetes `cmd/kubeadm/app/phases/addons/dns/manifests.go`), with the options of the profile. */
export function* assumedBlock(model: NetworkModel, upstreams: readonly string[]): Steps<ServerBlock> {
  const server = yield* kubernetesServer(model, optionsOfProfile(model, undefined));
  return {
    zone: '.',
    plugins: [
      { kind: 'kubernetes', line: 0, server },
      { kind: 'forward', from: '.', to: upstreams, except: [], forceTcp: false },
    ],
    cache: {
      zones: ['.'],
      times: { success: { most: 30, least: 5 }, denial: { most: 30, least: 5 } },
      disabled: { success: [], denial: [] },
    },
    problems: [],
  };
}
