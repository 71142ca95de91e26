import type { MessageClass } from '@rpa/contracts';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { IOptions } from 'class-validator-jsonschema/build/options.js';
import { createRequire } from 'node:module';

export interface JsonSchema {
  [keyword: string]: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

// The storage has no ES module entry; a second copy of it would know no nested class.
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
  defaultMetadataStorage: IOptions['classTransformerMetadataStorage'];
};

const LABELS = { type: 'array', items: { type: 'string' } } as const;

const OPTIONS: Partial<IOptions> = {
  ...(defaultMetadataStorage && { classTransformerMetadataStorage: defaultMetadataStorage }),
  refPointerPrefix: '#/components/schemas/',
  additionalConverters: { isJsonObject: { type: 'object' }, isLabelFilter: LABELS, whitelistValidation: {} },
};

const schemas = new WeakMap<object, JsonSchema>();

/** JSON Schema of a message class, made of its validation decorators. */
export function schemaOf(message: MessageClass<object>): JsonSchema {
  let schema = schemas.get(message);
  if (!schema) {
    schema = { type: 'object', properties: {}, ...(targetConstructorToSchema(message, OPTIONS) as JsonSchema) };
    schemas.set(message, schema);
  }
  return schema;
}

/** Classes that a message's fields are of, and theirs. */
export function nestedClasses(message: MessageClass<object>): MessageClass<object>[] {
  const found = new Set<MessageClass<object>>();
  const visit = (target: MessageClass<object>): void => {
    for (const field of Object.keys(schemaOf(target).properties ?? {})) {
      const type = defaultMetadataStorage?.findTypeMetadata(target, field)?.typeFunction() as
        MessageClass<object> | undefined;
      if (!type || found.has(type)) continue;
      found.add(type);
      visit(type);
    }
  };
  visit(message);
  return [...found];
}
