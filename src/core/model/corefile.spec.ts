import { describe, expect, it } from 'vitest';
import { parseCorefile } from './corefile.js';

const plain = (text: string) =>
  parseCorefile(text).map(({ keys, directives }) => [
    keys.join(' '),
    ...directives.map((one) => [one.name, ...one.arguments, ...one.options.map(({ words }) => `{${words.join(' ')}}`)].join(' ')),
  ]);

/** coredns.io/manual/configuration: server blocks, reusable snippets, comments; caddyfile: one brace ends a line. */
describe('a Corefile', () => {
  it('of kubeadm', () => {
    const text = `.:53 {
        errors
        health {
           lameduck 5s
        }
        kubernetes cluster.local in-addr.arpa ip6.arpa { # the cluster
           pods insecure
           fallthrough in-addr.arpa ip6.arpa
           ttl 30
        }
        forward . /etc/resolv.conf {
           max_concurrent 1000
        }
        cache 30
    }`;
    expect(plain(text)).toEqual([
      [
        '.:53',
        'errors',
        'health {lameduck 5s}',
        'kubernetes cluster.local in-addr.arpa ip6.arpa {pods insecure} {fallthrough in-addr.arpa ip6.arpa} {ttl 30}',
        'forward . /etc/resolv.conf {max_concurrent 1000}',
        'cache 30',
      ],
    ]);
  });

  it('with several blocks, a snippet, keys on two lines, quoted words', () => {
    const text = `(common) {
  errors
  cache 30
}
cluster.local:53,
10.96.0.0/12 {
  import common
  rewrite name regex "a b" c
}
# the end`;
    expect(plain(text)).toEqual([['cluster.local:53 10.96.0.0/12', 'errors', 'cache 30', 'rewrite name regex a b c']]);
  });

  it.each(['', '# nothing', 'broken {', '}'])('`%s` breaks nothing', (text) => {
    expect(plain(text).flat().join('')).toBe(text.startsWith('broken') ? 'broken' : '');
  });

  it.each([
    ['quotes', '\\"'.repeat(500_000)],
    ['open braces', 'a {\n'.repeat(200_000)],
    ['words', 'a '.repeat(500_000)],
  ])('a megabyte of %s', (_, text) => {
    expect(() => parseCorefile(text)).not.toThrow();
  });

  it('whose snippets import one another many times stays bounded', () => {
    const snippets = Array.from(
      { length: 12 },
      (_, level) => `(s${level}) {\n${`${level === 0 ? 'errors' : `import s${level - 1}`}\n`.repeat(10)}}\n`,
    );
    const [block] = parseCorefile(`${snippets.join('')}. {\nimport s11\n}`);
    expect(block?.directives.length).toBeLessThanOrEqual(10_000);
  });
});
