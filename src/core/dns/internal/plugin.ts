import type { CorefileProblem } from '../../model/kubernetes-plugin.js';
import type { KubernetesServer } from './kubernetes-server.js';
import type { RegexProgram } from '../../regex/regex-program.js';
import type { Zone } from './parse-zone.js';

/** How a rewritten record is turned back. */
export type Reverting =
  | { readonly kind: 'whole'; readonly from: string; readonly to: string }
  | { readonly kind: 'suffix'; readonly from: string; readonly to: string }
  | { readonly kind: 'regex'; readonly from: RegexProgram; readonly to: string };

/** What of a record is turned back: its name, or the name that it leads to. */
export interface ResponseRule {
  readonly part: 'name' | 'value';
  readonly by: Reverting;
}

/** A rule of `rewrite` for names. `auto`: what was rewritten in the question is turned back in the answer. */
export interface RewriteRule {
  readonly line: number;
  readonly next: 'stop' | 'continue';
  readonly match:
    | { readonly kind: 'exact' | 'prefix' | 'suffix' | 'substring'; readonly from: string; readonly to: string }
    | { readonly kind: 'regex'; readonly from: RegexProgram; readonly to: string };
  readonly auto: boolean;
  readonly answers: readonly ResponseRule[];
}

/** Plugins of a server block as far as they are modelled. Zones are absolute and in lower case. */
export type Plugin =
  | { readonly kind: 'rewrite'; readonly rules: readonly RewriteRule[] }
  | AutopathPlugin
  | LocalPlugin
  | HostsPlugin
  | ExternalPlugin
  | { readonly kind: 'kubernetes'; readonly line: number; readonly server: KubernetesServer }
  | ZoneFilesPlugin
  | ForwardPlugin
  | OpaquePlugin;

/** `autopath @kubernetes`. */
export interface AutopathPlugin {
  readonly kind: 'autopath';
  readonly zones: readonly string[];
  /** Search domains of the server's own resolv.conf, absolute. */
  readonly hostSearches: readonly string[];
  /** The backend that knows the pods. */
  readonly server: KubernetesServer;
}

/** `local`. */
export interface LocalPlugin {
  readonly kind: 'local';
  readonly line: number;
}

/** `hosts`: entries of its file, and inline ones. */
export interface HostsPlugin {
  readonly kind: 'hosts';
  readonly line: number;
  readonly zones: readonly string[];
  /** Addresses by absolute name in lower case. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** Names by address. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly ttl: number;
  readonly fallthrough: readonly string[] | undefined;
  /** A file whose content is not known. */
  readonly file: string | undefined;
}

/** `k8s_external`. */
export interface ExternalPlugin {
  readonly kind: 'external';
  readonly zones: readonly string[];
  readonly apex: string;
  readonly ttl: number;
  readonly headless: boolean;
  readonly fallthrough: readonly string[] | undefined;
  readonly server: KubernetesServer;
}

/** `file` (all lines of a block are one) and `auto`: zones from master files. */
export interface ZoneFilesPlugin {
  readonly kind: 'zone-files';
  readonly name: 'file' | 'auto';
  /** The plugin looks at names below these only. */
  readonly origins: readonly string[];
  /** By origin; undefined: what its file says is not known. */
  readonly zones: ReadonlyMap<string, Zone | undefined>;
  readonly fallthrough: readonly string[] | undefined;
}

/** `forward` (or, before CoreDNS 1.5, `proxy`). */
export interface ForwardPlugin {
  readonly kind: 'forward';
  readonly from: string;
  readonly to: readonly string[];
  readonly except: readonly string[];
  /** Whether it asks over TCP, whatever it was asked over. */
  readonly forceTcp: boolean;
}

/** A plugin that answers by itself, by rules that are not modelled. */
export interface OpaquePlugin {
  readonly kind: 'opaque';
  readonly name: string;
  readonly line: number;
  readonly zones: readonly string[];
  /** Undefined: every type. */
  readonly types: readonly string[] | undefined;
}

/** How long the server and its cache keep answers, in seconds. */
export interface CacheTimes {
  /** Longest and shortest time of a positive answer; undefined: not cached. */
  readonly success: { readonly most: number; readonly least: number } | undefined;
  readonly denial: { readonly most: number; readonly least: number } | undefined;
}

/** The `cache` line of a block. */
export interface CachePlugin {
  readonly zones: readonly string[];
  readonly times: CacheTimes;
  /** Zones of which neither is kept: `disable success`, `disable denial`. */
  readonly disabled: { readonly success: readonly string[]; readonly denial: readonly string[] };
}

/** What the plugins of a block answer when they are asked in their order. */
export interface ServerBlock {
  /** Absolute, lower case. */
  readonly zone: string;
  readonly plugins: readonly Plugin[];
  readonly cache: CachePlugin | undefined;
  readonly problems: readonly CorefileProblem[];
}
