import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { AppError, DoneReply, IsId, JsonField } from '@rpa/contracts';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { validateMessage } from './validate-message.js';

class Item {
  @IsInt()
  amount!: number;
}

class Order {
  @IsOptional()
  @IsId()
  id?: string;

  @IsString()
  @MaxLength(5)
  name!: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Item[];

  @JsonField()
  extra?: unknown;
}

const refusal = async (body: unknown): Promise<AppError> => {
  const error: unknown = await validateMessage(Order, body).then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof AppError)) throw new Error(`accepted: ${JSON.stringify(body)}`);
  return error;
};

describe('validateMessage', () => {
  it('makes an instance and passes free JSON on as it came', async () => {
    const extra = { deep: [{ name: 1 }], constructor: 'x' };
    const order = await validateMessage(Order, { name: 'a', items: [{ amount: 1 }], extra });
    expect(order).toBeInstanceOf(Order);
    expect(order.items?.[0]).toBeInstanceOf(Item);
    expect(order.extra).toBe(extra);
  });

  it('names every fault with its path', async () => {
    const error = await refusal({ name: 'too long', items: [{ amount: 1 }, { amount: 'x', odd: 1 }], unknown: 1 });
    expect(error.code).toBe('validation_failed');
    const faults = error.errors?.map(({ path, code }) => `${path} ${code}`).sort();
    expect(faults).toEqual([
      'items[1].amount isInt',
      'items[1].odd unknown_field',
      'name maxLength',
      'unknown unknown_field',
    ]);
  });

  it('names one fault of a field that is missing or of another type, and counts fields', async () => {
    for (const body of [{}, { name: null }])
      expect(await refusal(body)).toMatchObject({
        message: '1 field(s) of the request are not valid.',
        errors: [{ path: 'name', code: 'required', message: 'name is required' }],
      });
    const error = await refusal({ name: 5, items: [{ amount: 'x' }] });
    expect(error.errors?.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'name isString',
      'items[0].amount isInt',
    ]);
  });

  it.each([[null], [[]], ['text'], [5], [undefined]])('refuses %j as a body', async (body) => {
    expect((await refusal(body)).code).toBe('validation_failed');
  });

  it('treats a malformed id as one that does not exist, unless more is wrong', async () => {
    expect((await refusal({ id: "1' OR 1=1", name: 'a' })).code).toBe('not_found');
    expect((await refusal({ id: 'x', name: 5 })).code).toBe('validation_failed');
  });

  it('lets no body reach a prototype', async () => {
    const body = JSON.parse('{"name":"a","extra":{},"__proto__":{"polluted":1}}') as object;
    await validateMessage(Order, body).catch(() => undefined);
    await validateMessage(Order, { name: 'a', constructor: { prototype: { polluted: 1 } } }).catch(() => undefined);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((new Order() as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('takes an empty body where nothing is asked, and nothing else', async () => {
    expect(await validateMessage(DoneReply, {})).toBeInstanceOf(DoneReply);
    await expect(validateMessage(DoneReply, { x: 1 })).rejects.toMatchObject({ code: 'validation_failed' });
  });
});
