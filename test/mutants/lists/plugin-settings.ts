import type { MutantsOfFile } from '../mutant.js';

const D = 'src/core/dataplane';
const M = 'src/core/model';
const P = `${M}/internal/profile`;

/** What plugins are told by flags, variables, annotations and objects of their own. */
export const PLUGIN_SETTINGS: readonly MutantsOfFile[] = [
  {
    file: `${P}/offer-kube-router.ts`,
    specs: [`${D}/kube-router.spec.ts`],
    mutants: [
      { breaks: 'kube-router: tunnels can be off', from: "flagOf(commandFlag(agent, 'enable-overlay')) !== false", to: 'true' },
      { breaks: 'kube-router: in UDP', from: "commandFlag(agent, 'overlay-encap') === 'fou'", to: 'false' },
      { breaks: 'kube-router: to all nodes', from: "commandFlag(agent, 'overlay-type') === 'full'", to: 'false' },
      { breaks: 'kube-router: the port', from: "numberOf(commandFlag(agent, 'overlay-encap-port'))", to: 'undefined' },
      { breaks: 'kube-router: sources are kept', from: "flagOf(commandFlag(agent, 'enable-pod-egress'))", to: 'undefined' },
      {
        breaks: 'kube-router: an MTU that is reckoned is none that is set',
        from: "if (flagOf(commandFlag(agent, 'auto-mtu')) !== false) return;",
        to: '',
      },
      { breaks: 'kube-router: the MTU of the bridge', from: 'if (map && told) draft', to: 'if (map && !told) draft' },
    ],
  },
  {
    file: `${D}/internal/carriers/kube-router.ts`,
    specs: [`${D}/kube-router.spec.ts`, `${D}/hop-path.golden.spec.ts`],
    mutants: [
      { breaks: 'kube-router: the tunnel has the kernel’s MTU', from: '  mtuByKernel: true,\n', to: '' },
      { breaks: 'kube-router: the tunnel answers', from: '  tellsSender: true,\n', to: '' },
      { breaks: 'kube-router: GUE has 4 bytes', from: '{ 4: 32, 6: 60 }', to: '{ 4: 28, 6: 56 }' },
    ],
  },
  {
    file: `${M}/internal/ovn-nodes.ts`,
    specs: [`${D}/source-address.spec.ts`],
    mutants: [
      { breaks: 'OVN: the address of the default network', from: "'default.']", to: "'blue.']" },
      { breaks: 'OVN: the annotation of older releases', from: "  ['k8s.ovn.org/node-gateway-router-lrp-ifaddr', ''],\n", to: '' },
      {
        breaks: 'Kube-OVN: the address of ovn0',
        from: "annotations['ovn.kubernetes.io/ip_address']",
        to: "annotations['ovn.kubernetes.io/ip']",
      },
    ],
  },
  {
    file: `${P}/offer-multus.ts`,
    specs: [`${M}/detect-profile-dataplane.spec.ts`],
    mutants: [
      {
        breaks: 'Multus: a name goes before delegates',
        from: 'if (name !== undefined) return namedNetwork(',
        to: 'if (name === undefined) return namedNetwork(',
      },
      { breaks: 'Multus: its namespace', from: "textOf(configValue(config, 'multusNamespace')) ?? NAMESPACE", to: 'NAMESPACE' },
      { breaks: 'Multus: of no other namespace', from: 'ref.name === name && ref.namespace === namespace', to: 'ref.name === name' },
    ],
  },
  {
    file: `${P}/felix-told.ts`,
    specs: [`${D}/cluster-mtu.imported.spec.ts`],
    mutants: [{ breaks: 'Installation: tunnels have its MTU', from: '{ ...environmentByOperator(resources), ', to: '{ ' }],
  },
  {
    file: `${P}/offer-calico.ts`,
    specs: [`${D}/cluster-mtu.imported.spec.ts`],
    mutants: [{ breaks: 'Installation: pods have its MTU', from: '  offerInstallationMtu(draft, resources);\n', to: '' }],
  },
  {
    file: `${P}/plugin-evidence.ts`,
    specs: [`${D}/cluster-mtu.imported.spec.ts`],
    mutants: [
      {
        breaks: 'Installation: of Calico’s own network alone',
        from: "filter(({ cniType }) => cniType === 'Calico')",
        to: 'filter(() => true)',
      },
    ],
  },
  {
    file: `${D}/internal/lint/mtu-checks.ts`,
    specs: [`${D}/felix-of-node.spec.ts`, `${D}/dataplane-lint.spec.ts`],
    mutants: [
      { breaks: 'MTU: of nodes that are told something else', from: 'for (const node of own) yield', to: 'for (const node of []) yield' },
      { breaks: 'MTU: what is set for all need not count', from: ' && podMtu === set', to: '' },
      { breaks: 'MTU: and of the others', from: 'nodes.filter((node) => !names.has(node))', to: 'nodes' },
    ],
  },
  {
    file: `${D}/internal/lint/host-port-checks.ts`,
    specs: [`${D}/host-ports.upstream.spec.ts`],
    mutants: [
      { breaks: 'host ports: where a sidecar’s stands', from: 'container.sidecar ?', to: 'false ?' },
      { breaks: 'host ports: of pods that are done', from: 'pod.nodeName === undefined || pod.finished', to: 'pod.nodeName === undefined' },
    ],
  },
  {
    file: `${D}/tunnels.ts`,
    specs: [`${D}/node-network.spec.ts`],
    mutants: [{ breaks: 'tunnels: no nodes are no proof', from: 'kinds.length > 0 && nodes.length === 0', to: 'false' }],
  },
];
