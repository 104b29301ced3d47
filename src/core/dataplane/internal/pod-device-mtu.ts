import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import { cidrContains } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';
import type { KubeOvnSubnet } from '../../resources/kube-ovn-subnet.js';
import { clusterMtu } from '../cluster-mtu.js';
import type { Underlay } from './underlay.js';

/** MTU of a pod's device, and the largest packet that it may send: its routes may carry less. */
export interface PodDeviceMtu {
  readonly mtu: number;
  readonly limit: number;
}

/** The subnet that Kube-OVN has put a pod in, as it writes on every pod. */
const SWITCH = 'ovn.kubernetes.io/logical_switch';

/** Of a pod of a node, or of the pods of the node in general. A Subnet of Kube-OVN goes before everything else (kubeovn/kube-ovn `pkg/daemon/handler.go`, podSubnet.Spec.Mtu). */
export function podDeviceMtu(model: NetworkModel, underlay: Underlay, node: ModelNode, family: IpFamily, pod?: ModelPod): PodDeviceMtu {
  const own = pod && subnetOf(model, pod, family)?.mtu;
  if (own !== undefined) return { mtu: own, limit: own };
  const { podMtu, deviceMtu } = clusterMtu(model, family, { hostMtu: underlay.mtuOf(node, family), node: node.name });
  return { mtu: deviceMtu, limit: podMtu };
}

/** By name, else by the address: subnets of different VPCs may have the same ones. */
function subnetOf({ profile, kubeOvnSubnets }: NetworkModel, pod: ModelPod, family: IpFamily): KubeOvnSubnet | undefined {
  if (profile.cni.plugin !== 'kube-ovn') return undefined;
  const name = pod.resource?.annotations[SWITCH];
  if (name !== undefined) return kubeOvnSubnets.find(({ ref }) => ref.name === name);
  const ip = pod.ips.find(({ value }) => value.family === family)?.value;
  return ip && kubeOvnSubnets.find(({ cidrs }) => cidrs.some((cidr) => cidrContains(cidr, ip)));
}
