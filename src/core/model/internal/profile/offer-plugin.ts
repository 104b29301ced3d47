import type { CniPlugin } from '../../network-profile.js';
import { offerCalico, offerVethMtu } from './offer-calico.js';
import { offerCilium } from './offer-cilium.js';
import { offerFlannel, offerFlannelMasquerade } from './offer-flannel.js';
import { offerAntrea, offerAwsVpc, offerKindnet, offerKubeOvn, offerOvnKubernetes, offerWeave } from './offer-other-plugins.js';
import { offerEnforcement } from './offer-enforcement.js';
import { offerKubeRouter } from './offer-kube-router.js';
import { offerMultus, pluginOfMultus } from './offer-multus.js';
import { offerMasqAgent } from './offer-masq-agent.js';
import { configMapNamed, findPlugin, type PluginEvidence } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { followsFrom } from './told-by.js';

/** The network plugin, what its own configuration tells, and what it makes of policies. */
export function offerPlugin(draft: ProfileDraft, evidence: PluginEvidence): void {
  const sign = findPlugin(evidence) ?? pluginOfMultus(evidence.resources);
  if (sign) draft.offer('cni.plugin', sign.plugin, sign.finding);
  // What a user has set decides whose configuration counts.
  const plugin = draft.get('cni.plugin');
  if (plugin !== undefined && plugin !== 'unknown') {
    offerConfiguration(draft, evidence, plugin, sign?.finding ?? { provenance: 'derived', why: 'the plugin that is set' });
  }
  if (plugin === 'unknown') offerMultus(draft, evidence.resources);
  offerMasqAgent(draft, evidence);
  offerEnforcement(draft, evidence, plugin ?? 'unknown', sign?.finding);
}

function offerConfiguration(draft: ProfileDraft, evidence: PluginEvidence, plugin: CniPlugin, found: Finding): void {
  switch (plugin) {
    case 'canal':
      offerFlannel(draft, configMapNamed(evidence.resources, 'canal-config'));
      offerFlannelMasquerade(draft, evidence.components);
      return offerVethMtu(draft, evidence.resources);
    case 'flannel':
      offerFlannel(draft, configMapNamed(evidence.resources, 'kube-flannel-cfg'));
      offerFlannelMasquerade(draft, evidence.components);
      return offerBackendAnnotation(draft, evidence);
    case 'calico':
      return offerCalico(draft, evidence);
    case 'cilium':
    case 'gke-dataplane-v2':
      return offerCilium(draft, evidence);
    case 'weave':
      return offerWeave(draft, evidence);
    case 'antrea':
      return offerAntrea(draft, evidence);
    case 'ovn-kubernetes':
      return offerOvnKubernetes(draft, evidence, found);
    case 'kube-ovn':
      return offerKubeOvn(draft, evidence, found);
    case 'kindnet':
      return offerKindnet(draft, evidence);
    case 'aws-vpc-cni':
      return offerAwsVpc(draft, evidence, found);
    case 'kube-router':
      return offerKubeRouter(draft, evidence, found);
    case 'azure-cni':
    case 'kube-network-policies':
    case 'unknown':
      return undefined;
  }
}

/** Embedded Flannel (k3s) has no ConfigMap; it tells its backend on every node. */
function offerBackendAnnotation(draft: ProfileDraft, { resources }: PluginEvidence): void {
  const key = 'flannel.alpha.coreos.com/backend-type';
  const node = resources.nodes.find(({ annotations }) => Object.hasOwn(annotations, key));
  const mode = node?.annotations[key];
  if (!node || mode === undefined || mode === '') return;
  const finding = followsFrom(
    node.ref,
    `/metadata/annotations/${key.replaceAll('/', '~1')}`,
    "Flannel's backend, as it tells on every node",
  );
  draft.offer('cni.mode', mode, finding);
}
