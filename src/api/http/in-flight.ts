import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/** Requests that are being answered, and whether the server is about to stop. */
export class InFlight {
  private readonly answers = new Set<ServerResponse>();
  private readonly sockets = new Set<Duplex>();
  private readonly controller = new AbortController();

  /** Fires when the server is about to stop: what would go on for ever ends then. */
  get stopping(): AbortSignal {
    return this.controller.signal;
  }

  /** A connection that became a web socket: the HTTP server no longer knows it. */
  keep(socket: Duplex): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  /** Ends the web sockets that are still open. */
  endSockets(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Counts an answer until it has been sent or its client has gone. */
  begin(answer: ServerResponse): void {
    this.answers.add(answer);
    answer.once('close', () => this.answers.delete(answer));
  }

  /** Waits until every request is answered, `withinMs` at most; true when they all are. */
  async drain(withinMs: number): Promise<boolean> {
    this.controller.abort();
    for (const until = Date.now() + withinMs; this.answers.size > 0;) {
      if (Date.now() >= until) return false;
      await delay(LOOK_EVERY_MS);
    }
    return true;
  }
}
