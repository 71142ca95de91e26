import {
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  previewSchedule,
  updateSchedule,
  type ByIdRequest,
  type CreateScheduleRequest,
  type DoneReply,
  type JsonObject,
  type ListSchedulesReply,
  type ListSchedulesRequest,
  type PreviewScheduleReply,
  type PreviewScheduleRequest,
  type ScheduleTimesRequest,
  type ScheduleView,
  type TriggerView,
  type UpdateScheduleRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ChangeTrigger } from '../triggers/change-trigger.js';
import { CheckTrigger } from '../triggers/check-trigger.js';
import { CreateTrigger } from '../triggers/create-trigger.js';
import { ScheduleTimes } from './schedule-times.js';

const TYPE = 'schedule';
const SHOWN = 10;
const TIMES = [
  'cron',
  'every',
  'rrule',
  'at',
  'timezone',
  'startAt',
  'endAt',
  'exclude',
  'jitter',
  'misfire',
  'catchUpLimit',
  'grace',
] as const;

/** Schedules: triggers of that type, with the times at which they fire next. */
@Messages()
export class SchedulesMessages {
  constructor(
    private readonly creating: CreateTrigger,
    private readonly changing: ChangeTrigger,
    private readonly check: CheckTrigger,
    private readonly times: ScheduleTimes,
  ) {}

  @Handles(createSchedule)
  async create(request: CreateScheduleRequest, { principal }: MessageContext): Promise<ScheduleView> {
    const { workflowId, name, enabled, inputs } = request;
    const rest = { ...(enabled !== undefined && { enabled }), ...(inputs !== undefined && { inputs }) };
    const config = configOf(request) ?? {};
    return this.one(
      organizationOf(principal),
      await this.creating.execute(principal, { workflowId, name, type: TYPE, config, ...rest }),
    );
  }

  @Handles(updateSchedule)
  async update(request: UpdateScheduleRequest, { principal }: MessageContext): Promise<ScheduleView> {
    const organizationId = organizationOf(principal);
    await this.times.get(organizationId, request.id);
    const { id, revision, workflowId, name, enabled, inputs } = request;
    const config = configOf(request);
    const change = {
      ...(workflowId !== undefined && { workflowId }),
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled }),
      ...(inputs !== undefined && { inputs }),
      ...(config && { config }),
    };
    return this.one(organizationId, await this.changing.update(principal, { id, revision, ...change }));
  }

  @Handles(getSchedule)
  async get({ id }: ByIdRequest, { principal }: MessageContext): Promise<ScheduleView> {
    const organizationId = organizationOf(principal);
    return this.one(organizationId, await this.times.get(organizationId, id));
  }

  @Handles(listSchedules)
  async list(request: ListSchedulesRequest, { principal }: MessageContext): Promise<ListSchedulesReply> {
    const organizationId = organizationOf(principal);
    const { data, nextCursor } = await this.times.page(organizationId, request);
    return { data: await this.times.withNext(organizationId, data, SHOWN), nextCursor };
  }

  @Handles(deleteSchedule)
  async delete({ id }: ByIdRequest, { principal }: MessageContext): Promise<DoneReply> {
    await this.times.get(organizationOf(principal), id);
    await this.changing.delete(principal, id);
    return {};
  }

  @Handles(previewSchedule)
  preview(request: PreviewScheduleRequest): Promise<PreviewScheduleReply> {
    const config = configOf(request) ?? {};
    this.check.assertConfig(TYPE, config, null);
    return Promise.resolve({ nextFires: this.times.next(config, Date.now(), request.count ?? SHOWN) });
  }

  private async one(organizationId: string, view: TriggerView): Promise<ScheduleView> {
    const [schedule] = await this.times.withNext(organizationId, [view], SHOWN);
    return schedule ?? { ...view, nextFires: [] };
  }
}

/** The config that a request brings, in whichever of the two forms; null: none. */
function configOf(request: ScheduleTimesRequest): JsonObject | null {
  const given = TIMES.filter((field) => request[field] !== undefined);
  if (given.length === 0) return request.config ?? null;
  return { ...request.config, ...Object.fromEntries(given.map((field) => [field, request[field]])) } as JsonObject;
}
