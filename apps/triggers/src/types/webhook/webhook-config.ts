import Type, { type Static } from 'typebox';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;
const SIGNATURES = ['standard', 'github', 'stripe', 'slack', 'hex'] as const;
const SECRET = Type.String({ minLength: 8, maxLength: 500 });

export const WebhookConfigSchema = Type.Object(
  {
    path: Type.Optional(
      Type.String({ maxLength: 200, description: 'What follows the key in the URL; default nothing.' }),
    ),
    methods: Type.Optional(
      Type.Array(Type.Union(METHODS.map((method) => Type.Literal(method))), {
        minItems: 1,
        maxItems: 6,
        description: 'Default POST.',
      }),
    ),
    secrets: Type.Optional(
      Type.Array(SECRET, {
        maxItems: 5,
        description: 'Any of them may sign, so that they can be rotated. An empty list removes them.',
      }),
    ),
    secret: Type.Optional(SECRET),
    signature: Type.Optional(
      Type.Union(
        SIGNATURES.map((name) => Type.Literal(name)),
        { description: 'How requests are signed; default standard.' },
      ),
    ),
    signatureHeader: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9-]{1,64}$',
        description: 'Header of the signature hex; default X-Signature.',
      }),
    ),
    dedupe: Type.Optional(
      Type.String({ maxLength: 10_240, description: 'Requests for which this expression gives the same are one.' }),
    ),
    filter: Type.Optional(Type.String({ maxLength: 10_240, description: 'Only requests for which this is true.' })),
    respond: Type.Optional(
      Type.Union([Type.Literal('immediately'), Type.Literal('last_step'), Type.Literal('respond_step')], {
        description:
          'When the sender is answered: at once (default), with the output of the run, or by a respond step.',
      }),
    ),
    respondWithin: Type.Optional(
      Type.String({ maxLength: 20, description: 'How long the sender waits for the run, at most 55s; default 30s.' }),
    ),
    maxBodyBytes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_048_576, description: 'Largest body; default 256 KiB.' }),
    ),
    allowFrom: Type.Optional(
      Type.Array(Type.String({ maxLength: 50 }), {
        maxItems: 200,
        description: 'Addresses and ranges (CIDR) that may send.',
      }),
    ),
    allowOrigins: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), {
        maxItems: 50,
        description: 'Origins whose pages may send (CORS); * for any.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type SignatureScheme = (typeof SIGNATURES)[number];
export type WebhookConfig = Omit<Static<typeof WebhookConfigSchema>, 'signature' | 'methods'> & {
  signature?: SignatureScheme;
  methods?: (typeof METHODS)[number][];
};
