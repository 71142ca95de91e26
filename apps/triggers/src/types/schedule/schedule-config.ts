import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false };
const date = { pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' };
const time = { minLength: 10, maxLength: 40 };

/** Values of `misfire`: what to do about times that passed while nobody could fire. */
const MISFIRE_POLICIES = ['fire_once', 'skip', 'catch_up'] as const;

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

export const ExclusionSchema = Type.Object(
  {
    dates: Type.Optional(Type.Array(Type.String(date), { maxItems: 1_000, description: 'Dates such as 2026-12-24.' })),
    yearly: Type.Optional(
      Type.Array(Type.String({ pattern: '^(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' }), {
        maxItems: 366,
        description: 'Dates of every year such as 12-25.',
      }),
    ),
    weekdays: Type.Optional(
      Type.Array(Type.Unsafe<(typeof WEEKDAYS)[number]>(Type.Union(WEEKDAYS.map((name) => Type.Literal(name)))), {
        maxItems: 7,
      }),
    ),
    between: Type.Optional(
      Type.Array(Type.Object({ from: Type.String(date), to: Type.String(date) }, closed), {
        maxItems: 200,
        description: 'Spans of days, both ends included.',
      }),
    ),
  },
  closed,
);

export const ScheduleConfigSchema = Type.Object(
  {
    cron: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 12_000,
        description: 'Cron expression of 5 fields, or 6 with seconds first.',
      }),
    ),
    every: Type.Optional(Type.String({ maxLength: 20, description: 'Interval such as 30s, 5m, 2h; at least 1s.' })),
    rrule: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000, description: 'Recurrence rule of RFC 5545.' })),
    at: Type.Optional(
      Type.Union([Type.String(time), Type.Array(Type.String(time), { minItems: 1, maxItems: 100 })], {
        description: 'One time or several: RFC 3339, or without offset on the clocks of the zone.',
      }),
    ),
    timezone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA time zone; default UTC.' })),
    startAt: Type.Optional(
      Type.String({ ...time, description: 'Nothing fires before. Intervals are counted from here.' }),
    ),
    endAt: Type.Optional(Type.String({ ...time, description: 'Nothing fires from here on.' })),
    exclude: Type.Optional(ExclusionSchema),
    jitter: Type.Optional(
      Type.String({
        maxLength: 20,
        description: 'Each time fires up to this much later, always as much for the same time.',
      }),
    ),
    misfire: Type.Optional(
      Type.Unsafe<(typeof MISFIRE_POLICIES)[number]>(
        Type.Union(
          MISFIRE_POLICIES.map((policy) => Type.Literal(policy)),
          {
            description:
              'What to do about times that passed while nobody could fire: fire once for all of them (default), skip them, or catch up with the latest of them.',
          },
        ),
      ),
    ),
    catchUpLimit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description: 'How many missed times catch_up fires at most; default 10.',
      }),
    ),
    grace: Type.Optional(
      Type.String({ maxLength: 20, description: 'A time that is fired no later than this is not missed; default 1m.' }),
    ),
  },
  closed,
);
export type ScheduleConfig = Omit<Static<typeof ScheduleConfigSchema>, 'misfire'> & {
  misfire?: (typeof MISFIRE_POLICIES)[number];
};
