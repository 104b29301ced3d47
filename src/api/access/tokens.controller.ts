import { Controller } from '@nestjs/common';
import { z } from 'zod';
import type { AccessToken } from '../../application/access/access-token.js';
import type { Principal } from '../../application/access/principal.js';
import { Tokens } from '../../application/access/tokens.js';
import { CurrentPrincipal } from '../http/caller.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import { newTokenOf, tokenChangeOf } from './token-input.js';
import { ISSUED_TOKEN, NEW_TOKEN, TOKEN, TOKEN_CHANGE } from './token-schema.js';

const COMMON = { tag: 'access', access: { role: 'admin', reach: 'all' } } as const;
const ONE = { ...COMMON, path: '/api/v1/tokens/:id', params: z.strictObject({ id: z.string() }) } as const;
const ALL = { ...COMMON, path: '/api/v1/tokens' } as const;

const LIST = defineEndpoint({
  ...ALL,
  method: 'GET',
  summary: 'List tokens, oldest first',
  answers: { 200: { description: 'all tokens, without their secrets', schema: z.object({ items: z.array(TOKEN) }) } },
  problems: [],
  examples: [{ title: 'All tokens' }],
});

const CREATE = defineEndpoint({
  ...ALL,
  method: 'POST',
  summary: 'Issue a token',
  idempotent: true,
  body: NEW_TOKEN,
  answers: { 201: { description: 'the token; `token` is its secret, shown this once', schema: ISSUED_TOKEN } },
  problems: ['invalid-request'],
  examples: [{ title: 'A token that reads one cluster', body: { name: 'ci of the shop', role: 'viewer', clusters: ['harbor'] } }],
});

const READ = defineEndpoint({
  ...ONE,
  method: 'GET',
  summary: 'Show a token',
  answers: { 200: { description: 'the token', schema: TOKEN } },
  problems: ['unknown-token'],
});

const CHANGE = defineEndpoint({
  ...ONE,
  method: 'PATCH',
  summary: 'Change what a token may do',
  body: TOKEN_CHANGE,
  answers: { 200: { description: 'the token as it is now', schema: TOKEN } },
  problems: ['unknown-token', 'invalid-request'],
});

const REVOKE = defineEndpoint({
  ...ONE,
  method: 'DELETE',
  summary: 'Revoke a token',
  answers: { 200: { description: 'the token as it was', schema: TOKEN } },
  problems: ['unknown-token'],
});

/** Who may do what. */
@Controller()
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Handles(LIST)
  async list(): Promise<{ readonly items: readonly AccessToken[] }> {
    return { items: await this.tokens.list() };
  }

  @Handles(CREATE)
  async create(
    @Input() { body }: InputOf<typeof CREATE>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AccessToken & { readonly token: string }> {
    const { token, secret } = await this.tokens.create(newTokenOf(body), principal.name);
    return { ...token, token: secret };
  }

  @Handles(READ)
  async read(@Input() { params }: InputOf<typeof READ>): Promise<AccessToken> {
    return orThrow(await this.tokens.find(params.id));
  }

  @Handles(CHANGE)
  async change(@Input() { params, body }: InputOf<typeof CHANGE>): Promise<AccessToken> {
    return orThrow(await this.tokens.change(params.id, tokenChangeOf(body)));
  }

  @Handles(REVOKE)
  async revoke(@Input() { params }: InputOf<typeof REVOKE>): Promise<AccessToken> {
    return orThrow(await this.tokens.revoke(params.id));
  }
}
