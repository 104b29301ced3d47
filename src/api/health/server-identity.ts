/** What the server says it is. */
export class ServerIdentity {
  readonly name = 'portolan';
  readonly node = process.version;

  constructor(readonly version: string) {}
}
