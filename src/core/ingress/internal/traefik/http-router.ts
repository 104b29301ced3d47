import type { TraefikBackend } from '../../../resources/traefik-reference.js';
import type { TraefikReference } from '../../../resources/traefik-reference.js';
import type { PathRule, RoutingObject } from '../path-rule.js';
import { type CompiledRule, compileRule, rulePriority } from '../../../traefik-rule/compile-rule.js';
import type { EntryPoints } from './entry-points.js';
import type { Layer } from './layer.js';
import type { Chain } from './placed-action.js';
import type { Target } from './target.js';
import type { Result } from '../../../kernel/result.js';
import type { RuleFault } from '../../../traefik-rule/rule-node.js';
import type { RuleSyntax } from '../../../traefik-rule/rule-syntax.js';

/** A middleware that a router names. */
export interface MiddlewareUse {
  readonly pointer: string;
  /** As it is written. */
  readonly name: string;
  /** Undefined: that of the router's object. */
  readonly namespace: string | undefined;
}

/** A Service that the router of an Ingress sends requests to. */
export interface ServiceUse {
  readonly pointer: string;
  readonly namespace: string;
  readonly name: string;
  readonly port: number | string;
}

/** What a router is made of. */
export interface RouterParts {
  /** Where it stands, as answers show it. */
  readonly rule: PathRule;
  readonly text: string;
  readonly syntax: RuleSyntax;
  /** 0: the length of the rule. */
  readonly priority: number;
  /** Of its provider. */
  readonly precedence: number;
  readonly entryPoints: EntryPoints;
  readonly tls: boolean;
  /** The TLSOption that it names. */
  readonly tlsOptions: TraefikReference | undefined;
  readonly middlewares: readonly MiddlewareUse[];
  /** Of an Ingress. */
  readonly services: readonly ServiceUse[];
  /** Of an IngressRoute. */
  readonly backends: readonly TraefikBackend[];
  /** It is asked behind others (`parentRefs`), wherever they listen. */
  readonly isBehind: boolean;
  /** Those that are asked next, behind its middlewares, instead of its Services. */
  readonly layer: Layer<HttpRouter> | undefined;
  /** Why Traefik makes no router of it, whatever else there is. */
  readonly fault: string | undefined;
  /** Why it cannot be told whether Traefik makes one. */
  readonly doubt?: string | undefined;
  /** It has a twin for the other scheme, and is not asked for that. */
  readonly scheme?: 'http' | 'https';
  /** The hosts outside which its rule never holds, in lower case, where its provider says them; none: every host. */
  readonly hosts?: readonly string[];
  /** What its host is called besides, in lower case: one list for all routers of an object, of which there may be as many as names. */
  readonly aliases?: readonly string[];
  /** What its provider has made ready, so that nothing is looked up by name. */
  readonly made?: { readonly chain: () => Chain; readonly target: () => Target };
}

/** A router of Traefik's HTTP muxer. Its rule is compiled when a request first comes to it. */
export class HttpRouter {
  readonly priority: number;
  /** Those of its object with the same rule, itself included, in their order: of them Traefik keeps one. */
  twins: HttpRouter[] | undefined;
  private rule: Result<CompiledRule, RuleFault> | undefined;

  constructor(readonly parts: RouterParts) {
    this.priority = parts.priority === 0 ? rulePriority(parts.text) : parts.priority;
  }

  get precedence(): number {
    return this.parts.precedence;
  }

  get holder(): RoutingObject {
    return this.parts.rule.ingress;
  }

  get compiled(): Result<CompiledRule, RuleFault> {
    return (this.rule ??= compileRule(this.parts.text, this.parts.syntax));
  }
}

/** The routers of one object, those with the same rule told of each other. */
export class NamedByRule {
  readonly routers: HttpRouter[] = [];
  private readonly byText = new Map<string, HttpRouter>();

  add(router: HttpRouter): void {
    const { text } = router.parts;
    const before = this.byText.get(text);
    if (before) {
      const twins = (before.twins ??= [before]);
      twins.push(router);
      router.twins = twins;
    } else this.byText.set(text, router);
    this.routers.push(router);
  }
}
