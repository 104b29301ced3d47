import type { MutantsOfFile } from '../mutant.js';

const D = 'src/core/dataplane';
const I = `${D}/internal`;
const WAYS = [`${D}/hop-path.golden.spec.ts`, `${D}/hop-path.spec.ts`, `${D}/hop-path.reply.golden.spec.ts`];

/** How large a packet between pods may be, and whether and in what it is wrapped; findings of both. */
export const CARRIED_PACKETS: readonly MutantsOfFile[] = [
  {
    file: `${D}/pod-mtu.ts`,
    specs: [`${D}/pod-mtu.spec.ts`, `${D}/cluster-mtu.upstream.spec.ts`, `${D}/cluster-mtu.imported.spec.ts`],
    mutants: [
      { breaks: 'MTU: AKS takes 100 more', from: 'const AKS_HOST_ENCRYPTION = 100;', to: 'const AKS_HOST_ENCRYPTION = 80;' },
      { breaks: 'MTU: … where hosts are encrypted', from: "=== 'aks' && encryptHostTraffic ?", to: "=== 'aks' ?" },
      { breaks: 'MTU: the option of Geneve takes 12', from: 'const GENEVE_DSR = 12;', to: 'const GENEVE_DSR = 8;' },
      { breaks: 'MTU: a longer key of IPsec takes more', from: '(authKeyBytes ?? USUAL_AUTH_KEY) - USUAL_AUTH_KEY : 0', to: '0 : 0' },
      { breaks: 'MTU: encryption comes on top of the tunnel', from: '? added : own + added', to: '? added : added' },
      {
        breaks: 'MTU: … or in its place',
        from: "encryption?.adds === 'instead' ? added : own",
        to: "encryption?.adds === 'around' ? added : own",
      },
      { breaks: 'MTU: what is set goes first', from: 'options.configuredMtu ?? reckoned', to: 'reckoned' },
      { breaks: 'MTU: Weave’s is what it is on every device', from: 'carrier.fixedMtu ?? hostMtu - overhead', to: 'hostMtu - overhead' },
      { breaks: 'MTU: Cilium’s device keeps the whole', from: 'deviceMtu: carrier.mtuIsOnRoute ? hostMtu : null', to: 'deviceMtu: null' },
      { breaks: 'MTU: the smallest of what is enabled', from: 'Math.min(smallest ?? mtu, mtu)', to: 'mtu' },
      { breaks: 'MTU: 0 is reckoned', from: 'configured[name]) || reckoned', to: 'configured[name]) ?? reckoned' },
      { breaks: 'MTU: just as large as the underlay fits', from: 'mtu + overhead <= underlayMtu', to: 'mtu + overhead < underlayMtu' },
      { breaks: 'MTU: Antrea between clusters', from: "cni === 'antrea' && options.multicluster", to: 'false' },
      {
        breaks: 'MTU: larger than the host is told',
        from: 'if (mtu > hostMtu) warnings.push',
        to: 'if (mtu > hostMtu + 10_000) warnings.push',
      },
    ],
  },
  {
    file: `${D}/cluster-mtu.ts`,
    specs: [
      `${D}/cluster-mtu.upstream.spec.ts`,
      `${D}/cluster-mtu.imported.spec.ts`,
      `${D}/hop-path.wireguard.spec.ts`,
      `${D}/hop-path.modes.spec.ts`,
      `${D}/hop-path.every-mode.spec.ts`,
    ],
    mutants: [
      { breaks: 'MTU: IPIP of a pool counts', from: "pools.some(({ ipipMode }) => ipipMode !== 'Never')", to: 'false' },
      { breaks: 'MTU: Felix’ word on IPIP goes before pools', from: 'felix.ipipEnabled ?? pools', to: 'pools' },
      { breaks: 'MTU: Felix’ word on VXLAN goes before pools', from: 'felix.vxlanEnabled ?? hasVxlan(4)', to: 'hasVxlan(4)' },
      { breaks: 'MTU: VXLAN of IPv6 counts', from: "['vxlan6', hasVxlan(6)]", to: "['vxlan6', false]" },
      { breaks: 'MTU: WireGuard of IPv6 counts', from: "['wireguard6', hasWireguard(model, 6)]", to: "['wireguard6', false]" },
      {
        breaks: 'MTU: what is there for IPv4 takes of IPv6 too',
        from: 'overhead[over] === undefined ? 4 : over',
        to: 'overhead[over] === undefined ? 6 : over',
      },
      { breaks: 'MTU: Cilium’s tunnels go over IPv4 where all nodes have it', from: 'return isEverywhere ? 4 : 6;', to: 'return pods;' },
    ],
  },
  {
    file: `${D}/encapsulation.ts`,
    specs: [`${D}/encapsulation.spec.ts`],
    mutants: [
      { breaks: 'wrapping: never on one node', from: 'encapsulate: !sameNode &&', to: 'encapsulate:' },
      {
        breaks: 'wrapping: an unknown subnet wraps',
        from: 'localSubnet !== undefined && cidrContains(localSubnet, remoteAddress)',
        to: '(localSubnet === undefined || cidrContains(localSubnet, remoteAddress))',
      },
      { breaks: 'wrapping: subnets count for CrossSubnet alone', from: "mode === 'CrossSubnet' && localSubnet", to: 'localSubnet' },
      { breaks: 'wrapping: Never', from: "mode !== 'Never' && !sameSubnet", to: '!sameSubnet' },
      { breaks: 'wrapping: the longest prefix of the pools', from: 'pool.cidr.prefix >= (best?.cidr?.prefix ?? 0)', to: '!best' },
    ],
  },
  {
    file: `${I}/wanted-carriage.ts`,
    specs: [`${D}/hop-path.spec.ts`, `${D}/hop-path.wireguard.spec.ts`, `${D}/hop-path.golden.spec.ts`],
    mutants: [
      {
        breaks: 'wrapping: the pool of the destination decides',
        from: "cni.plugin === 'calico' ? wantedByPool(model, pair[1], destination, mode) : undefined",
        to: 'undefined',
      },
      { breaks: 'wrapping: no pool, no route', from: "lost: isInBlock && mode !== 'vxlan' ? undefined : {", to: 'lost: undefined && {' },
      { breaks: 'wrapping: BIRD leads to blocks without a pool', from: "isInBlock && mode !== 'vxlan'", to: 'false' },
      { breaks: 'wrapping: … and does not run with VXLAN', from: "isInBlock && mode !== 'vxlan'", to: 'isInBlock' },
      { breaks: 'wrapping: DirectRouting', from: "cni.crossSubnet ? 'CrossSubnet' : 'Always'", to: "'Always'" },
      {
        breaks: 'wrapping: WireGuard takes the place of the pool’s',
        from: 'if (areWireguardPeers(model, pair, family))',
        to: 'if (false)',
      },
      { breaks: 'wrapping: without pools nothing where WireGuard does not', from: "isWithout ? 'bgp' : told", to: 'told' },
    ],
  },
  {
    file: `${I}/wireguard-peers.ts`,
    specs: [`${D}/hop-path.wireguard.spec.ts`],
    mutants: [
      { breaks: 'WireGuard: a key of its own', from: 'claims.get(key) === 1 &&', to: '' },
      { breaks: 'WireGuard: no zero key', from: '!ZERO.test(key) &&', to: '' },
      { breaks: 'WireGuard: a key that is one', from: 'WELL_FORMED.test(key) &&', to: '' },
      { breaks: 'WireGuard: both ends', from: 'pair.every((node)', to: 'pair.some((node)' },
      { breaks: 'WireGuard: hosts where it is told', from: 'model.profile.cni.encryptHostTraffic && ', to: '' },
      {
        breaks: 'WireGuard: IPv6 by itself',
        from: 'felixOf(model).wireguardEnabledV6 === true',
        to: 'isMode',
      },
    ],
  },
  {
    file: `${I}/carriage.ts`,
    specs: [...WAYS, `${D}/hop-path.modes.spec.ts`, `${D}/node-network.spec.ts`],
    mutants: [
      {
        breaks: 'carriage: what is not wrapped has its own family',
        from: 'wrapped && !by?.outerTo ? tunnelFamily : destination.family',
        to: 'tunnelFamily',
      },
      { breaks: 'carriage: host-gw ends at another subnet', from: 'if (carrier.onLinkOnly) {', to: 'if (false) {' },
      { breaks: 'carriage: Cilium’s direct routes too', from: 'if (needsSegment(model, carrier)) {', to: 'if (false) {' },
      {
        breaks: 'carriage: routers that know no pods',
        from: 'if (model.profile.underlay.routesPods) return undefined;',
        to: 'return undefined;',
      },
      {
        breaks: 'carriage: a mode carries its families alone',
        from: 'carrierOf(cni.plugin, asked).overhead[over] !== undefined) return undefined;',
        to: 'true) return undefined;',
      },
      { breaks: 'carriage: encryption between pods alone', from: 'isOfNode && possible?.podsOnly ? undefined : possible', to: 'possible' },
      {
        breaks: 'carriage: the next hop of VXLAN is the tunnel’s address',
        from: "case 'tunnel':\n      return toldAddress(to, deviceOf(pair), family);",
        to: "case 'tunnel':\n      return peerOf(pair);",
      },
      {
        breaks: 'carriage: Flannel’s next hop is the first address',
        from: "case 'base':\n      return firstIp(rangeOf(model, to, destination));",
        to: "case 'base':\n      return undefined;",
      },
      {
        breaks: 'carriage: a router is no next hop that is told',
        from: 'return isBehindRouter(pair) ? undefined : peerOf(pair);',
        to: 'return peerOf(pair);',
      },
      {
        breaks: 'carriage: a borrowed address has a route of its own',
        from: 'block.affinity.name === node.name && block.cidr) || whole',
        to: 'block.cidr) || whole',
      },
    ],
  },
  {
    file: `${I}/lint/route-checks.ts`,
    specs: [`${D}/dataplane-lint.spec.ts`],
    mutants: [
      { breaks: 'findings: each side by its own subnet', from: '!here.subnet || !cidrContains(here.subnet, address)', to: '!here.subnet' },
      { breaks: 'findings: pools of the family alone', from: 'cidr?.family === family) : [];', to: 'cidr !== undefined) : [];' },
      { breaks: 'findings: one for a subnet, not for a pair', from: '      break;\n', to: '' },
    ],
  },
  {
    file: `${I}/lint/mtu-checks.ts`,
    specs: [`${D}/dataplane-lint.spec.ts`],
    mutants: [
      { breaks: 'findings: MTUs that differ', from: 'if (byMtu.size > 1) {', to: 'if (false) {' },
      {
        breaks: 'findings: an MTU larger than the device',
        from: 'if (set !== undefined && set > hostMtu && podMtu === set) {',
        to: 'if (false) {',
      },
      { breaks: 'findings: the smallest of the underlay counts', from: 'Math.min(hostMtu, model.profile.underlay.mtu)', to: 'hostMtu' },
      { breaks: 'findings: an understated overhead', from: "if (code === 'OVERHEAD_UNDERSTATED')", to: 'if (false)' },
    ],
  },
];
