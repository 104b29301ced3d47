import { describe, expect, it } from 'vitest';
import { compileRule, judgeRule } from './compile-rule.js';
import type { RuleLanguage } from './rule-syntax.js';
import { seenConnection } from './seen-request.js';

/** `refused`, or whether the rule holds for a connection. */
function fate(language: RuleLanguage, rule: string, sni = '', client?: string, protocols: readonly string[] = []): string {
  const compiled = compileRule(rule, language);
  return compiled.ok ? String(judgeRule(compiled.value, seenConnection(sni, { client, protocols })).holds) : 'refused';
}

/** traefik/traefik `pkg/muxer/tcp/matcher_test.go`. */
describe('rules of connections, v3', () => {
  it.each([
    '',
    'HostSNI(``)',
    'HostSNI(`a.com`, `b.com`)',
    'HostSNI(`🦭.com`)',
    'HostSNIRegexp(``)',
    'HostSNIRegexp(`🦭.com`)',
    'HostSNIRegexp(`(a.com`)',
    'HostSNIRegexp(`a.com`, `b.com`)',
    'ClientIP(``)',
    'ClientIP(`🦭/32`)',
    'ClientIP(`127.0.0.1`, `127.0.0.2`)',
    'ALPN(`acme-tls/1`)',
    'ALPN(``)',
    'ALPN(`h2`, `mqtt`)',
  ])('%s is refused', (rule) => {
    expect(fate('tcp-v3', rule)).toBe('refused');
  });

  it.each([
    ['HostSNI(`xn--9t9h.com`)', 'xn--9t9h.com', true],
    ['HostSNI(`xn--9t9h.com`)', '🦭.com', false],
    ['HostSNI(`a.com`)', 'b.com', false],
    ['HostSNI(`*`)', 'a.com', true],
    ['HostSNI(`*`)', '', true],
    ['HostSNI(`a.com.`)', 'a.com.', true],
    ['HostSNI(`a.com.`)', 'a.com', true],
    ['HostSNI(`foo.a.com`)', 'foo.a.com', true],
    ['HostSNIRegexp(`^example\\.(com|org)$`)', 'example.org', true],
    ['HostSNIRegexp(`^example\\.(com|org)$`)', 'example.com.', false],
    ['HostSNIRegexp(`^example\\.(com|org)$`)', 'exampleuorg', false],
    ['HostSNIRegexp(`^example\\.(com|org)$`)', '', false],
    ['HostSNIRegexp(`example.{tld:(com|org)}`)', 'example.com', false],
  ])('%s and SNI %s: %s', (rule, sni, holds) => {
    expect(fate('tcp-v3', rule, sni)).toBe(String(holds));
  });

  it.each([
    ['ClientIP(`20.20.20.20/24`)', '20.20.20.40', true],
    ['ClientIP(`20.20.20.20/24`)', '10.10.10.10', false],
    ['ClientIP(`20.20.20.20`)', '20.20.20.20', true],
  ])('%s from %s: %s', (rule, client, holds) => {
    expect(fate('tcp-v3', rule, '', client)).toBe(String(holds));
  });

  // `matchersTree.match` of `pkg/muxer/tcp/mux.go`: `and` is the `&&` of Go
  it('one part of `&&` that does not hold decides, whatever the others', () => {
    expect(fate('tcp-v3', 'ClientIP(`10.0.0.0/8`) && HostSNI(`a.com`)', 'b.com')).toBe('false');
    expect(fate('tcp-v3', 'ClientIP(`10.0.0.0/8`) && HostSNI(`a.com`)', 'a.com')).toBe('undefined');
    expect(fate('tcp-v3', 'ClientIP(`10.0.0.0/8`) || HostSNI(`a.com`)', 'a.com')).toBe('true');
  });

  /** `mux_test.go`, Test_addTCPRoute. */
  const O = 'HostSNI(`example.org`)';
  const C = 'HostSNI(`example.com`)';
  const one = 'ClientIP(`10.0.0.1`)';
  const two = 'ClientIP(`10.0.0.2`)';
  const absurd = `(${O} || (${C} && !${O})) && ((${one} && !${two}) || ${two}) `;
  it.each<[rule: string, sni: string, client: string | undefined, holds: boolean]>([
    [O, 'example.org', undefined, true],
    [O, 'example.com', undefined, false],
    [`!${C}`, 'example.org', undefined, true],
    [`!${C}`, 'example.com', undefined, false],
    ['hostsni(`example.org`)', 'example.org', undefined, true],
    ['HOSTSNI(`example.org`)', 'example.org', undefined, true],
    [`${O} && ${one}`, 'example.org', '10.0.0.1', true],
    [`${O} && ${one}`, 'example.com', '10.0.0.1', false],
    [`${O} && ${one}`, 'example.org', '10.0.0.2', false],
    [`!${C} && ${one}`, 'example.org', '10.0.0.1', true],
    [`${O} && !${two}`, 'example.org', '10.0.0.1', true],
    [`!${C} && !${two}`, 'example.org', '10.0.0.1', true],
    [`!(${C} || ${two})`, 'example.org', '10.0.0.1', true],
    [`!(${C} && ${two})`, 'example.org', '10.0.0.2', true],
    [`!(${C} && ${two})`, 'example.com', '10.0.0.1', true],
    [`!(${C} && ${two})`, 'example.com', '10.0.0.2', false],
    [`!(${C} && ${two})`, 'example.org', '10.0.0.1', true],
    [`${O} || ${one}`, 'example.org', '10.0.0.1', true],
    [`${O} || ${one}`, 'example.com', '10.0.0.1', true],
    [`${O} || ${one}`, 'example.org', '10.0.0.2', true],
    [`${O} || ${one}`, 'example.com', '10.0.0.2', false],
    [`${O} || HostSNI(\`example.eu\`) || ${C}`, 'example.org', undefined, true],
    [`${O} || HostSNI(\`example.eu\`) || ${C}`, 'baz', undefined, false],
    [`${O} || ${C} && ${one}`, 'example.org', '10.0.0.2', true],
    [`${O} || ${C} && ${one}`, 'example.com', '10.0.0.1', true],
    [`${O} || ${C} && ${one}`, 'example.com', '10.0.0.2', false],
    [`${O} || ${C} && ${one}`, 'baz', '10.0.0.1', false],
    [`(${O} || ${C}) && (${one} || ${two})`, 'example.com', '10.0.0.1', true],
    [`(${O} || ${C}) && (${one} || ${two})`, 'baz', '10.0.0.1', false],
    [`(${O} || ${C}) && (${one} || ${two})`, 'example.com', '10.0.0.3', false],
    [absurd, 'example.com', '10.0.0.1', true],
  ])('%s with SNI %s from %s: %s', (rule, sni, client, holds) => {
    expect(fate('tcp-v3', rule, sni, client)).toBe(String(holds));
  });

  it.each<[protocols: readonly string[], sni: string, holds: boolean]>([
    [['h2c', 'mqtt'], 'example.eu', true],
    [['h2c', 'http/1.1', 'h2'], 'example.com', false],
    [['h2c', 'http/1.1'], 'example.com', true],
    [['http/1.1', 'mqtt'], 'example.com', false],
  ])('protocols beside names: %j of %s: %s', (protocols, sni, holds) => {
    expect(fate('tcp-v3', 'ALPN(`h2c`) && (!ALPN(`h2`) || HostSNI(`example.eu`))', sni, undefined, protocols)).toBe(String(holds));
  });

  it.each([
    ['h2', true],
    ['mqtt', false],
    ['', false],
  ])('ALPN(`h2`) and %s: %s', (protocol, holds) => {
    expect(fate('tcp-v3', 'ALPN(`h2`)', '', undefined, [protocol])).toBe(String(holds));
  });
});

/** traefik/traefik `pkg/muxer/tcp/matcher_v2_test.go`, and `mux_test.go` of the branch v2. */
describe('rules of connections, v2', () => {
  it.each([
    'rulewithnotmatcher',
    'HostSNI()',
    'HostSNI(`héhé`)',
    'HostSNI(`*.bar`)',
    'HostSNIRegexp()',
    'HostSNIRegexp(`subdomain:(foo\\.)?bar\\.com}`)',
    'HostSNIRegexp(`{:(foo\\.)?bar\\.com}`)',
    'HostSNIRegexp(`{subdomain:}`)',
    'HostSNIRegexp(`{subdomain:(foo\\.?bar\\.com}`)',
    'ClientIP()',
    'ClientIP(`invalid`)',
  ])('%s is refused', (rule) => {
    expect(fate('tcp-v2', rule)).toBe('refused');
  });

  it.each([
    ['HostSNI(`foo`, `*`)', 'bar', true],
    ['HostSNI(`foo`, `*`)', '', false],
    ['HostSNI(`*`)', '', true],
    ['HostSNI(`foobar.`)', 'foobar.', true],
    ['HostSNI(`foobar.`)', 'foobar', true],
    ['HostSNI(`FooBar`)', 'foobar', true],
    ['hostsni(`foobar`)', 'foobar', true],
    ['!HostSNI(`bar`)', 'bar', false],
    ['HostSNIRegexp(`{subdomain:[a-z]+}.foobar`)', 'sub.foobar', true],
    ['HOSTSNIREGEXP(`foobar`)', 'foobar', true],
    ['!HostSNIRegexp(`bar`)', 'foobar', true],
    ['HostSNIRegexp(`{subdomain:[a-z]*}`)', '', true],
    ['HostSNIRegexp(`{dummy}`)', 'toto', true],
    ['HostSNIRegexp(`{dummy}`)', 'toto.com', false],
    ['HostSNIRegexp(`bar.com`)', 'barucom', false],
    ['HostSNIRegexp(`{subdomain:(foo\\.)?bar\\.com}`)', 'foo.bar.com', true],
    ['HostSNIRegexp(`{subdomain:(?:foo\\.)?bar\\.com}`)', 'fooubar.com', false],
    ['HostSNIRegexp(`{dummy:[a-z-]+\\.bar\\.com}`)', 'FOO.bar.com', true],
  ])('%s and SNI %s: %s', (rule, sni, holds) => {
    expect(fate('tcp-v2', rule, sni)).toBe(String(holds));
  });

  const both =
    '(HostSNI(`foobar`) || (HostSNI(`bar`) && !HostSNI(`foobar`))) && ((ClientIP(`10.0.0.1`) && !ClientIP(`10.0.0.2`)) || ClientIP(`10.0.0.2`)) ';
  it.each([
    ['ClientIP(`10.0.0.1`)', '', 'not.an.IP:80', false],
    ['ClientIP(`10.0.0.1`)', '', '10.0.0.1:80', true],
    ['ClientIP(`10::10`)', '', '[10::10]:80', true],
    ['!ClientIP(`10::10`)', '', '[::1]:80', true],
    ['ClientIP(`11::/16`)', '', '[11::]:80', true],
    ['ClientIP(`11::/16`)', '', '[10::]:80', false],
    ['ClientIP(`11.0.0.0/16`, `10.0.0.0`)', '', '10.0.0.0:80', true],
    ['!(HostSNI(`bar`) && ClientIP(`10.0.0.2`))', 'bar', '10.0.0.1:80', true],
    ['!(HostSNI(`bar`) && ClientIP(`10.0.0.2`))', 'bar', '10.0.0.2:80', false],
    ['HostSNI(`foobar`) || HostSNI(`bar`) && ClientIP(`10.0.0.1`)', 'foobar', '10.0.0.2:80', true],
    ['HostSNI(`foobar`) || HostSNI(`bar`) && ClientIP(`10.0.0.1`)', 'bar', '10.0.0.2:80', false],
    ['HostSNI(`foobar`) || HostSNI(`bar`) && ClientIP(`10.0.0.1`)', 'baz', '10.0.0.1:80', false],
    [both, 'bar', '10.0.0.1:80', true],
    [both, 'bar', '10.0.0.3:80', false],
  ])('%s and SNI %s from %s: %s', (rule, sni, client, holds) => {
    expect(fate('tcp-v2', rule, sni, client)).toBe(String(holds));
  });
});
