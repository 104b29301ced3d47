import { describe, expect, it } from 'vitest';
import { MessageWriter } from './message-writer.js';

/** Octets as RFC 1035 draws them: letters as they are, lengths in brackets, pointers as `->offset`. */
function drawn(octets: Buffer): string {
  let text = '';
  for (let at = 0; at < octets.length;) {
    const length = octets[at]!;
    if (length >= 0xc0) {
      text += `->${octets.readUInt16BE(at) & 0x3fff}`;
      at += 2;
    } else {
      text += `[${length}]${octets.toString('latin1', at + 1, at + 1 + length)}`;
      at += 1 + length;
    }
  }
  return text;
}

function writerAt(position: number, question?: string): MessageWriter {
  const writer = new MessageWriter();
  writer.begin(question);
  writer.position = position;
  return writer;
}

describe('names in a message', () => {
  it('are compressed as in the example of RFC 1035 section 4.1.4', () => {
    const writer = writerAt(20);
    const at = (position: number, name: string): string => {
      writer.position = position;
      expect(writer.name(name, true)).toBe(true);
      return drawn(writer.message().subarray(position));
    };
    expect(at(20, 'F.ISI.ARPA.')).toBe('[1]F[3]ISI[4]ARPA[0]');
    expect(at(40, 'FOO.F.ISI.ARPA.')).toBe('[3]FOO->20');
    expect(at(64, 'ARPA.')).toBe('->26');
    expect(at(92, '.')).toBe('[0]');
  });

  it('point to the name of the question and to its ends', () => {
    const writer = writerAt(30, 'web.shop.svc.cluster.local.');
    writer.name('web.shop.svc.cluster.local.', true);
    writer.name('api.shop.svc.cluster.local.', true);
    writer.name('ns.dns.cluster.local.', true);
    writer.name('api.shop.svc.cluster.local.', true);
    // web is at 12, shop at 16, svc at 21, cluster at 25; the second name stands at 32
    expect(drawn(writer.message().subarray(30))).toBe('->12[3]api->16[2]ns[3]dns->25->32');
  });

  it('keep their case: a pointer never leads to other letters', () => {
    const writer = writerAt(30, 'WEB.shop.local.');
    writer.name('web.shop.local.', true);
    expect(drawn(writer.message().subarray(30))).toBe('[3]web->16');
  });

  it('that may not be written as a pointer (RFC 2782) are pointed to all the same', () => {
    const writer = writerAt(30, 'a.b.');
    writer.name('a.b.', false);
    writer.name('x.a.b.', true);
    expect(drawn(writer.message().subarray(30))).toBe('[1]a[1]b[0][1]x->12');
  });

  it('are not pointed to from where 14 bits do not reach', () => {
    const writer = writerAt(0x3fff);
    writer.name('near.', true);
    writer.name('far.', true);
    writer.name('far.', true);
    writer.name('near.', true);
    expect(drawn(writer.message().subarray(0x3fff))).toBe('[4]near[0][3]far[0][3]far[0]->16383');
  });

  it('read escapes as octets (RFC 1035 section 5.1)', () => {
    const writer = writerAt(0);
    writer.name('a\\046b\\255.c.', true);
    expect([...writer.message()]).toEqual([4, 0x61, 0x2e, 0x62, 0xff, 1, 0x63, 0]);
  });

  const label = (length: number): string => 'x'.repeat(length);
  it.each([
    ['of 255 octets', `${`${label(63)}.`.repeat(3)}${label(61)}.`, true],
    ['of 256 octets', `${`${label(63)}.`.repeat(3)}${label(62)}.`, false],
    ['with a label of 63', `${label(63)}.`, true],
    ['with a label of 64', `${label(64)}.`, false],
    ['with an empty label', 'a..b.', false],
    ['that begins with a dot', '.a.', false],
    ['without its final dot', 'a.b', false],
    ['with letters outside ASCII', 'bücher.', false],
    ['that is empty', '', false],
  ])('%s', (_, name, fits) => {
    expect(writerAt(0).name(name, true)).toBe(fits);
  });
});
