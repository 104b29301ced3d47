import { commandFlag } from './network-traces.js';
import { configMapNamed, type PluginEvidence } from './plugin-evidence.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

const IPAMS = ['lbipam', 'nodeipam', 'none'] as const;

/**
 * Which services of type LoadBalancer each controller serves: `default-lb-service-ipam` of Cilium's operator (cilium/cilium `operator/pkg/lbipam/cell.go`), `--lb-class` of
 * MetalLB's controller (metallb/metallb `controller/main.go`), `assignIPs` of Calico's.
 */
export function offerLoadBalancers(draft: ProfileDraft, { resources, components }: PluginEvidence): void {
  const cilium = configMapNamed(resources, 'cilium-config');
  const told = IPAMS.find((one) => one === cilium?.data['default-lb-service-ipam']);
  const key = 'default-lb-service-ipam';
  if (cilium) draft.offer('loadBalancers.ciliumDefault', told, toldBy(cilium.ref, `/data/${key}`, `\`${key}\` of cilium-config`));
  for (const one of components.filter(({ image }) => image === 'controller')) {
    const found = toldBy(one.object, one.pointer, "`--lb-class` of MetalLB's controller");
    draft.offer('loadBalancers.metallbClass', commandFlag(one, 'lb-class') || undefined, found);
  }
  const calico = resources.calico.kubeControllers.find(({ ref }) => ref.name === 'default');
  if (calico)
    draft.offer(
      'loadBalancers.calicoAssigns',
      calico.assignIPs,
      toldBy(calico.ref, '/spec/controllers/loadBalancer/assignIPs', '`assignIPs` of KubeControllersConfiguration'),
    );
}
