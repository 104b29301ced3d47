import { err, ok, type Result } from '../../kernel/result.js';

/** Where the files of the server's container are looked for. */
export interface ServerFiles {
  /** The block's `root`; undefined: it has none. */
  readonly root: string | undefined;
  /** Undefined: the file is not known. */
  text(path: string): string | undefined;
  /** The text of a zone file, or in words why there is none. */
  readonly zoneText: (path: string) => Result<string, string>;
  /** The files that are known, by absolute path. */
  readonly paths: () => Iterable<string>;
}

/** Characters of all zone files that one server reads, a file counted as often as it is read: a Corefile may name one for a thousand zones, or let files include one another. */
const MOST_ZONE_TEXT = 4 * 2 ** 20;

/** The files of one server, by absolute path. */
export function serverFiles(known: ReadonlyMap<string, { readonly text: string }>): Omit<ServerFiles, 'root'> {
  let left = MOST_ZONE_TEXT;
  const text = (path: string) => known.get(path)?.text;
  const zoneText = (path: string): Result<string, string> => {
    const found = text(path);
    if (found === undefined) return err(`the content of \`${path}\` is not in the input`);
    left -= found.length;
    return left < 0 ? err('the zone files have more than 4 MiB together') : ok(found);
  };
  return { text, zoneText, paths: () => known.keys() };
}

/** A relative path begins at `root`, else where the server was started: in its image the root of the file system. */
export function pathBelow(file: string, root = ''): string {
  return file.startsWith('/') ? file : `${root.replace(/\/+$/, '')}/${file.replace(/^\.\//, '')}`;
}
