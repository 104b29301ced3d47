import { describe, expect, it } from 'vitest';
import { AnswerRate } from './answer-rate.js';

describe('the rate of answers', () => {
  it('is bounded for each sender and second; above it every second question is told to come by TCP', () => {
    const rate = new AnswerRate(2);
    const verdicts = (address: string, now: number) => Array.from({ length: 5 }, () => rate.verdict(address, now));
    expect(verdicts('192.0.2.1', 0)).toEqual(['answer', 'answer', 'drop', 'come-by-tcp', 'drop']);
    expect(verdicts('192.0.2.2', 999)).toEqual(['answer', 'answer', 'drop', 'come-by-tcp', 'drop']);
    expect(verdicts('192.0.2.1', 1_000)).toEqual(['answer', 'answer', 'drop', 'come-by-tcp', 'drop']);
  });

  it.each([
    ['one /64 of IPv6', '2001:db8::1', '2001:db8::ffff:1', 'drop'],
    ['two of them', '2001:db8::1', '2001:db8:0:1::1', 'answer'],
    ['one link', 'fe80::1%eth0', 'fe80::2%eth0', 'drop'],
    ['two addresses of IPv4', '192.0.2.1', '192.0.2.2', 'answer'],
  ])('counts %s', (_, first, second, verdict) => {
    const rate = new AnswerRate(1);
    rate.verdict(first, 0);
    expect(rate.verdict(second, 0)).toBe(verdict);
  });

  it.each(['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])('has no bound for this machine itself: %s', (address) => {
    const rate = new AnswerRate(1);
    expect(Array.from({ length: 5 }, () => rate.verdict(address, 0))).toEqual(Array(5).fill('answer'));
  });

  it('is not bounded at 0', () => {
    const rate = new AnswerRate(0);
    expect(Array.from({ length: 5 }, () => rate.verdict('192.0.2.1', 0))).toEqual(Array(5).fill('answer'));
  });

  it('remembers no more senders than it may: those beyond are counted as one', () => {
    const rate = new AnswerRate(1);
    for (let n = 0; n < 20_000; n++) rate.verdict(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 0);
    expect([rate.verdict('192.0.2.1', 0), rate.verdict('192.0.2.2', 0)]).toEqual(['answer', 'drop']);
  });
});
