import type { Product } from '../test/conformance/product.js';

/** The servers as they are now, and where addresses are asked for. */
export interface Servers {
  readonly list: readonly Product[];
  readonly path: string;
}

/** What all clients came to. */
export interface Seen {
  requests: number;
  /** Requests of which nobody knows what became. */
  lost: number;
  readonly statuses: Map<string, number>;
  readonly wrong: string[];
}

interface Told {
  readonly status: number;
  readonly body: { readonly sequence?: number; readonly address?: string; readonly code?: string };
}

/** Most that a client keeps at a time. */
const MOST_HELD = 30;
/** A client that breaks off does so within this time. */
const BREAK_OFF_MS = 15;

/** Knows at any time what it has, for it asks again until it is told. */
export class HostileClient {
  /** By identifier: the sequence. */
  readonly held = new Map<string, number>();
  private readonly addresses = new Map<string, string>();
  /** What was refused after a request for it had been broken off: that one may have arrived later, when there was room again. */
  private readonly uncertain = new Set<string>();
  private made = 0;

  constructor(
    private readonly name: string,
    private readonly servers: Servers,
    private readonly seen: Seen,
  ) {}

  async run(until: number): Promise<void> {
    const take = async () => this.take();
    const refused = [async () => this.giveBackWrongly(), async () => this.askForAnother(), async () => this.askForTaken()];
    const moves = [take, take, async () => this.giveBack(), ...refused];
    while (performance.now() < until) await moves[Math.floor(Math.random() * moves.length)]?.();
  }

  /** Asks what became of that which it does not know: once nobody sends any more. */
  async settle(): Promise<void> {
    for (const identifier of this.uncertain) {
      const found = await this.insist('GET', `/${encodeURIComponent(identifier)}`);
      if (found.status === 200) this.held.set(identifier, found.body.sequence ?? -1);
    }
  }

  /** Sent and broken off, then asked for twice more: one address. */
  private async take(): Promise<void> {
    if (this.held.size >= MOST_HELD) return this.giveBack();
    const identifier = `${this.name}/${this.made++}`;
    const isBrokenOff = Math.random() < 0.5;
    if (isBrokenOff) await this.breakOff('POST', '', { identifier });
    const first = await this.insist('POST', '', { identifier });
    if (this.isSaid(first, 'a request', [200, 201], 'pool-exhausted') && first.status === 409) {
      if (isBrokenOff) this.uncertain.add(identifier);
      return;
    }
    const again = await this.insist('POST', '', { identifier });
    const { sequence = -1, address = '' } = first.body;
    if (again.status !== 200 || again.body.sequence !== sequence) this.wrong('the same request again', again);
    this.held.set(identifier, sequence);
    this.addresses.set(identifier, address);
  }

  /** Sent and broken off, then sent twice more. */
  private async giveBack(): Promise<void> {
    const [identifier] = this.some();
    if (identifier === undefined) return;
    const path = `/${encodeURIComponent(identifier)}`;
    if (Math.random() < 0.5) await this.breakOff('DELETE', path);
    this.isSaid(await this.insist('DELETE', path), 'a release', [200, 204]);
    this.isSaid(await this.insist('DELETE', path), 'a release that is sent again', [204]);
    this.isSaid(await this.insist('GET', path), 'what was given back', [404], 'unknown-allocation', 404);
    this.held.delete(identifier);
  }

  /** A release that means another allocation than there is. */
  private async giveBackWrongly(): Promise<void> {
    const [identifier, sequence] = this.some();
    if (identifier === undefined || sequence === undefined) return;
    const path = `/${encodeURIComponent(identifier)}`;
    this.isSaid(await this.insist('DELETE', `${path}?sequence=${sequence + 1}`), 'a wrong sequence', [], 'stale-sequence');
    const found = await this.insist('GET', path);
    if (found.body.sequence !== sequence) this.wrong('what a wrong sequence was to give back', found);
  }

  private async askForAnother(): Promise<void> {
    const [identifier] = this.some();
    if (identifier === undefined) return;
    const asked = await this.insist('POST', '', { identifier, owner: 'somebody else' });
    this.isSaid(asked, 'another request under the identifier', [], 'identifier-reused', 422);
  }

  private async askForTaken(): Promise<void> {
    const [identifier] = this.some();
    if (identifier === undefined) return;
    const asked = await this.insist('POST', '', { identifier: `${identifier}/again`, address: this.addresses.get(identifier) });
    this.isSaid(asked, 'an address that is taken', [], 'ip-taken');
  }

  private some(): readonly [string, number] | readonly [] {
    return [...this.held][Math.floor(Math.random() * this.held.size)] ?? [];
  }

  /** Whether it was answered as it has to be: with one of the states, or a conflict of that code. */
  private isSaid(told: Told, what: string, states: readonly number[], code?: string, status = 409): boolean {
    const isRight = code !== undefined && told.status === status ? told.body.code === code : states.includes(told.status);
    if (!isRight) this.wrong(what, told);
    return isRight;
  }

  private wrong(what: string, { status, body }: Told): void {
    this.seen.wrong.push(`${this.name}: ${what}: ${status} ${JSON.stringify(body)}`);
  }

  /** Again and again, over whichever server answers, until somebody says what became of it. */
  private async insist(method: string, path: string, body?: object): Promise<Told> {
    for (;;) {
      const told = await this.send(method, path, body);
      if (told && told.status < 500) return told;
      this.seen.lost++;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  private async breakOff(method: string, path: string, body?: object): Promise<void> {
    await this.send(method, path, body, AbortSignal.timeout(Math.ceil(Math.random() * BREAK_OFF_MS)));
  }

  /** Undefined: it was broken off, by either side. */
  private async send(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Told | undefined> {
    const server = this.servers.list[Math.floor(Math.random() * this.servers.list.length)];
    this.seen.requests++;
    try {
      const headers = { authorization: `Bearer ${server?.token ?? ''}`, ...(body && { 'content-type': 'application/json' }) };
      const answer = await fetch(`${server?.url ?? ''}${this.servers.path}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      const text = await answer.text();
      const told = { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Told['body']) };
      const key = `${told.status}${told.body.code === undefined ? '' : ` ${told.body.code}`}`;
      this.seen.statuses.set(key, (this.seen.statuses.get(key) ?? 0) + 1);
      return told;
    } catch {
      return undefined;
    }
  }
}
