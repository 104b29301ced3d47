/** The two languages that routers of Traefik are written in (`core.defaultRuleSyntax`, `ruleSyntax` of a router). */
export const RULE_SYNTAXES = ['v3', 'v2'] as const;
export type RuleSyntax = (typeof RULE_SYNTAXES)[number];

/** What rules are written in: for requests, or for connections. */
export type RuleLanguage = RuleSyntax | `tcp-${RuleSyntax}`;
