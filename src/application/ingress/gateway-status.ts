import { z } from 'zod';
import { GATEWAY_STATUS_REASONS, GATEWAY_STATUS_VERDICTS, type GatewayStatusResult } from '../../core/ingress/gateway-status-result.js';
import { GATEWAY_STATUS_KINDS, statusOfGatewayObject } from '../../core/ingress/gateway-status.js';
import { NGINX_STATUS_KINDS, nginxObjects, statusOfNginxObject } from '../../core/ingress/nginx-status.js';
import { qualifiedName } from '../../core/kernel/object-ref.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { kindInput } from '../input/kind-input.js';
import { defineQuestion } from '../questions/question.js';
import { qualifiedNameIn } from './qualified-name.js';

const input = z.strictObject({
  kind: kindInput([...GATEWAY_STATUS_KINDS, ...NGINX_STATUS_KINDS]).describe(
    'the kind of the object, in any case; the last four are those of the controller of NGINX Inc.',
  ),
  object: z.string().min(1).max(507).describe('the object, `namespace/name`; a GatewayClass by its name alone'),
});

const condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().describe("the specification's own reason"),
  message: z.string(),
  observedGeneration: z.number().int().nullable().describe('`metadata.generation` of the object; null where it has none'),
});

const result: z.ZodType<GatewayStatusResult> = z.object({
  object: z.string().describe('`HTTPRoute shop/web`'),
  conditions: z.array(condition).describe('`status.conditions`; routes and policies have theirs for each parent'),
  listeners: z
    .array(
      z.object({
        name: z.string(),
        pointer: z.string().describe('the listener in the object'),
        attachedRoutes: z.number().int(),
        supportedKinds: z.array(z.object({ group: z.string(), kind: z.string() })),
        conditions: z.array(condition),
      }),
    )
    .nullable()
    .describe('`status.listeners` of a Gateway or a ListenerSet; null for other kinds'),
  parents: z
    .array(
      z.object({
        kind: z.string(),
        namespace: z.string(),
        name: z.string(),
        sectionName: z.string().nullable(),
        port: z.number().int().nullable(),
        controllerName: z.string().nullable().describe('`spec.controllerName` of the GatewayClass'),
        listeners: z.array(z.string()).describe('the listeners that the route is attached to'),
        conditions: z.array(condition),
      }),
    )
    .nullable()
    .describe('`status.parents` of a route, `status.ancestors` of a policy; null for other kinds'),
  attachedListenerSets: z.number().int().nullable().describe('null for kinds other than Gateway'),
  reported: z
    .object({
      state: z.enum(['Valid', 'Warning', 'Invalid']),
      reason: z.string().describe("the controller's own reason, such as `AddedOrUpdatedWithWarning`"),
      message: z.string(),
      referencedBy: z.string().nullable().describe('the VirtualServer that hands paths to a VirtualServerRoute'),
      externalEndpoints: z
        .array(z.object({ ip: z.string().nullable(), hostname: z.string().nullable(), ports: z.string().describe('`[80,443]`') }))
        .nullable()
        .describe('null for kinds without'),
    })
    .nullable()
    .describe('the status of a kind of the controller of NGINX Inc.; null for kinds of the Gateway API'),
});

/** Which status a controller would write. */
export const gatewayStatusQuestion = defineQuestion({
  name: 'gateway-status',
  room: 'ingress',
  title: 'Is an object of the Gateway API accepted, attached and resolved, and why not',
  input,
  result,
  verdicts: GATEWAY_STATUS_VERDICTS,
  reasons: GATEWAY_STATUS_REASONS,
  examples: [
    { title: 'A Gateway with its listeners', cluster: 'fjord', input: { kind: 'Gateway', object: 'tides/quay' } },
    { title: 'Where a route is attached', cluster: 'fjord', input: { kind: 'HTTPRoute', object: 'tides/forecast' } },
  ],
  ask(context, { kind, object }) {
    const named = kind === 'GatewayClass' ? className(object) : qualifiedNameIn('object', kind, object, namesOf(context.model, kind));
    if (!named.ok) return named;
    const { model } = context;
    const answer = atParameter(
      'object',
      isOfNginx(kind) ? ofNginx(model, kind, named.value) : statusOfGatewayObject(model, { kind, ...named.value }),
    );
    return answer.ok ? ok({ question: { kind, object }, answer: answer.value }) : answer;
  },
});

type NginxKind = (typeof NGINX_STATUS_KINDS)[number];

const isOfNginx = (kind: string): kind is NginxKind => NGINX_STATUS_KINDS.some((one) => one === kind);

const ofNginx = (
  model: NetworkModel,
  kind: NginxKind,
  { namespace = '', name }: { readonly namespace: string | undefined; readonly name: string },
) => statusOfNginxObject(model, { kind, namespace, name });

function className(text: string): Result<{ readonly namespace: undefined; readonly name: string }, Problem> {
  if (!text.includes('/')) return ok({ namespace: undefined, name: text });
  const message = `\`${text}\` names no GatewayClass: write \`name\``;
  return err(problem('invalid-request', message, { errors: [{ pointer: '/object', code: 'invalid-name', message }] }));
}

function namesOf(model: NetworkModel, kind: string): readonly string[] {
  if (isOfNginx(kind)) return nginxObjects(model, kind).map(({ ref }) => qualifiedName(ref));
  const { gatewayApi } = model;
  const { gateways, listenerSets, backendPolicies, routes } = gatewayApi;
  const objects = [...gateways.values(), ...listenerSets.values(), ...backendPolicies, ...routes];
  return objects.filter((object) => object.kind === kind).map(({ ref }) => qualifiedName(ref));
}
