import { describe, expect, it } from 'vitest';
import { load } from 'js-yaml';
import { readConfigText } from './config-text.js';

/** Files as Kubernetes components print them; js-yaml says what they mean. */
const FILES: Readonly<Record<string, string>> = {
  'kubeadm ClusterConfiguration v1beta4': `apiServer:
  extraArgs:
  - name: service-node-port-range
    value: 20000-22767
  certSANs:
  - 127.0.0.1
  - localhost
apiVersion: kubeadm.k8s.io/v1beta4
dns: {}
etcd:
  local:
    dataDir: /var/lib/etcd
networking:
  dnsDomain: cluster.local   # the usual one
  podSubnet: 10.244.0.0/16,fd00:10:244::/56
scheduler: {}`,
  KubeProxyConfiguration: `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  acceptContentTypes: ""
  burst: 0
clusterCIDR: "10.244.0.0/16"
iptables:
  localhostNodePorts: null
  masqueradeAll: false
mode: ''
nodePortAddresses: [10.0.0.0/8, "192.168.0.0/16"]
winkernel:
    networkName: ~`,
  KubeletConfiguration: `clusterDNS:
- 10.96.0.10
- fd00:10:96::a
clusterDomain: cluster.local
logging:
  options: {json: {infoBufferSize: "0"}}
  verbosity: 0`,
  'text in a block': `first: |
  # kept
  a: b

second: >-
  folded
third: 1`,
  'a list of maps': `- a: 1
  b:
    c: [x, y]
-
  d: it's # not this
- plain`,
  quotes: `a: "b # c"
'd:e': 'it''s'
f: https://x:1/#y
"g": 'h'`,
};

describe('a configuration file inside a ConfigMap', () => {
  it.each(Object.entries(FILES).filter(([name]) => name !== 'text in a block'))('%s', (_, text) => {
    expect(readConfigText(text)).toEqual(load(text));
  });

  it('does not take lines of a block of text for keys', () => {
    expect(readConfigText(FILES['text in a block'] ?? '')).toMatchObject({ first: '# kept\na: b\n', second: 'folded', third: 1 });
  });

  it('may be JSON', () => {
    expect(readConfigText(' {"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}\n')).toEqual({
      Network: '10.244.0.0/16',
      Backend: { Type: 'vxlan' },
    });
    expect(readConfigText('{"Network": ')).toBeUndefined();
  });

  it.each(['', '# nothing', '---', ': :', '- ', 'a:\n b', 'a: [', '\ta: 1', '{{ template }}', 'a: &x 1\nb: *x'])(
    '`%s` breaks nothing',
    (text) => {
      expect(() => readConfigText(text)).not.toThrow();
    },
  );

  /** Texts of a megabyte that make careless expressions slow or deep: each has to be through at once, or the test runs into its time limit. */
  const HOSTILE: readonly [what: string, text: string][] = [
    ['blanks after a word', `a${' '.repeat(1_000_000)}b`],
    ['open brackets', `a: ${'['.repeat(500_000)}`],
    ['nested brackets', `a: ${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['quotes', `a: ${'"'.repeat(1_000_001)} # c`],
    ['items', '- '.repeat(500_000)],
    ['deep JSON', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
  ];
  it.each(HOSTILE)('a megabyte of %s', (_, text) => {
    expect(() => readConfigText(text)).not.toThrow();
  });
});
