/** Whether the server can answer. */
export abstract class Readiness {
  /** Whether the database answers, and has every migration. Never fails. */
  abstract check(): Promise<{ readonly database: boolean; readonly migrations: boolean }>;
}
