import {
  CREDENTIAL_TYPE_NAMES,
  CREDENTIAL_TYPE_TITLES,
  credentialFieldsOf,
  type CredentialTypeView,
  type JsonObject,
} from '@rpa/contracts';

type Field = NonNullable<ReturnType<typeof credentialFieldsOf>>[string];

/** The types as editors need them: a form can be drawn from each schema. */
export function credentialTypes(): CredentialTypeView[] {
  return CREDENTIAL_TYPE_NAMES.map((type) => ({ type, title: CREDENTIAL_TYPE_TITLES[type], schema: schemaOf(type) }));
}

function schemaOf(type: string): JsonObject {
  const fields = Object.entries(credentialFieldsOf(type) ?? {});
  if (fields.length === 0)
    return {
      type: 'object',
      description: 'Any fields; all of them count as secret',
      minProperties: 1,
      maxProperties: 50,
      additionalProperties: true,
    };
  return {
    type: 'object',
    required: fields.filter(([, field]) => field.required).map(([name]) => name),
    properties: Object.fromEntries(fields.map(([name, field]) => [name, propertyOf(field)])),
    additionalProperties: false,
  };
}

function propertyOf({ type, secret, values, format, meaning }: Field): JsonObject {
  const text = { type: 'string', minLength: 1 };
  return {
    ...(type === 'texts' ? { type: 'array', items: text } : type === 'string' ? text : { type }),
    description: meaning,
    ...(secret && { writeOnly: true }),
    ...(values && { enum: [...values] }),
    ...(format && { format: format === 'url' ? 'uri' : format }),
  };
}
