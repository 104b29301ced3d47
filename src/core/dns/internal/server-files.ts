/** Where the files of the server's container are looked for. */
export interface ServerFiles {
  /** The block's `root`; undefined: it has none. */
  readonly root: string | undefined;
  /** Undefined: the file is not known. */
  text(path: string): string | undefined;
  /** The files that are known, by absolute path. */
  readonly paths: () => Iterable<string>;
}

/** A relative path begins at `root`, else where the server was started: in its image the root of the file system. */
export function pathBelow(file: string, root = ''): string {
  return file.startsWith('/') ? file : `${root.replace(/\/+$/, '')}/${file.replace(/^\.\//, '')}`;
}
