import { parseIp } from '../../core/net/ip.js';

/** What becomes of a question: it is answered, told to come by TCP, or not answered at all. */
export type RateVerdict = 'answer' | 'come-by-tcp' | 'drop';

const WINDOW_MS = 1_000;
/** Senders that are counted each; all others of the same second are counted as one. */
const MAX_SENDERS = 20_000;
const OTHERS = '';
/** Bits of an IPv6 address that its host may choose. */
const HOST_BITS = 64n;

/**
 * Bounds the answers over UDP for each sender and second: a source address is easily forged, and answers are longer than questions. Beyond the limit every second
 * question is told to come by TCP, which nobody forges, as in BIND's response rate limiting (`slip 2`). An IPv6 sender is its /64. This machine itself has no limit.
 */
export class AnswerRate {
  private counts = new Map<string, number>();
  private windowEnd = 0;

  /** @param limit answers a second; 0: any number */
  constructor(private readonly limit: number) {}

  /** @param now milliseconds that only go on */
  verdict(address: string, now: number): RateVerdict {
    if (this.limit === 0 || isLoopback(address)) return 'answer';
    if (now >= this.windowEnd) {
      this.windowEnd = now + WINDOW_MS;
      this.counts.clear();
    }
    const sender = senderOf(address);
    const key = this.counts.has(sender) || this.counts.size < MAX_SENDERS ? sender : OTHERS;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count <= this.limit) return 'answer';
    return (count - this.limit) % 2 === 0 ? 'come-by-tcp' : 'drop';
  }
}

/** Whether an address is this machine talking to itself. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}

function senderOf(address: string): string {
  if (!address.includes(':')) return address;
  const ip = parseIp(address.replace(/%.*$/, ''));
  return ip?.family === 6 ? String(ip.value >> HOST_BITS) : address;
}
