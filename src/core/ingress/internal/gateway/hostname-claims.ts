import { NO_HOST } from '../../../resources/gateway-reference.js';
import { widerThan } from './hostnames.js';

/** Who was there first under which hostnames of one listener. What a hostname meets is looked up by the names around it, and not by going over everybody. */
export class HostnameClaims<T> {
  private readonly claimants: T[] = [];
  /** The first claimant of a hostname; `''` stands for every host. */
  private readonly own = new Map<string, number>();
  /** The first claimant of a hostname that this one covers. */
  private readonly within = new Map<string, number>();

  add(hostnames: readonly (string | undefined)[], claimant: T): void {
    const number = this.claimants.push(claimant) - 1;
    for (const hostname of hostnames) {
      if (hostname === NO_HOST) continue;
      first(this.own, keyOf(hostname), number);
      for (const wider of widerThan(hostname)) first(this.within, keyOf(wider), number);
    }
  }

  /** The first claimant of whose hostnames one meets one of these. */
  meeting(hostnames: readonly (string | undefined)[]): T | undefined {
    const met = hostnames
      .filter((hostname) => hostname !== NO_HOST)
      .flatMap((hostname) => [
        this.within.get(keyOf(hostname)),
        ...[hostname, ...widerThan(hostname)].map((covering) => this.own.get(keyOf(covering))),
      ])
      .filter((number) => number !== undefined);
    const earliest = met.reduce((least, number) => Math.min(least, number), Infinity);
    return this.claimants[earliest];
  }
}

const keyOf = (hostname: string | undefined) => hostname ?? '';

function first(claims: Map<string, number>, key: string, number: number): void {
  if (!claims.has(key)) claims.set(key, number);
}
