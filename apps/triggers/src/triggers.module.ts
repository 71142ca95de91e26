import { Module } from '@nestjs/common';
import { AcceptEvents } from './events/accept-events.js';
import { EventsMessages } from './events/events.messages.js';
import { ListeningTriggers } from './events/listening-triggers.js';
import { FireTrigger } from './fires/fire-trigger.js';
import { FiresMessages } from './fires/fires.messages.js';
import { FiresRepository } from './fires/fires.repository.js';
import { ReplayFires } from './fires/replay-fires.js';
import { ReadStatus } from './fires/read-status.js';
import { AcceptTriggerEvents } from './inbox/accept-trigger-events.js';
import { Backlog } from './inbox/backlog.js';
import { EventFloor } from './inbox/event-floor.js';
import { EventInbox } from './inbox/event-inbox.js';
import { FireIntent } from './inbox/fire-intent.js';
import { ForgetOld } from './inbox/forget-old.js';
import { IntentSignal } from './inbox/intent-signal.js';
import { IntentsRepository } from './inbox/intents.repository.js';
import { RunIntents } from './inbox/run-intents.js';
import { OrderKeys } from './events/order-key.js';
import { CreatePublisher } from './publishers/create-publisher.js';
import { DecideConnection } from './publishers/decide-connection.js';
import { PublishersMessages } from './publishers/publishers.messages.js';
import { PublishersRepository } from './publishers/publishers.repository.js';
import { FireDue } from './schedules/fire-due.js';
import { PutSchedule } from './schedules/put-schedule.js';
import { ScheduleTimes } from './schedules/schedule-times.js';
import { SchedulesMessages } from './schedules/schedules.messages.js';
import { SchedulesRepository } from './schedules/schedules.repository.js';
import { RedeemTriggerCredential } from './sources/redeem-trigger-credential.js';
import { RunSource } from './sources/run-source.js';
import { RunSources } from './sources/run-sources.js';
import { TriggerSourcesRepository } from './sources/trigger-sources.repository.js';
import { ChangeTrigger } from './triggers/change-trigger.js';
import { CheckTrigger } from './triggers/check-trigger.js';
import { CreateTrigger } from './triggers/create-trigger.js';
import { SetTriggersEnabled } from './triggers/set-triggers-enabled.js';
import { TestTrigger } from './triggers/test-trigger.js';
import { WatchWorkflows } from './triggers/watch-workflows.js';
import { ShowTrigger } from './triggers/show-trigger.js';
import { SyncTrigger } from './triggers/sync-trigger.js';
import { TriggerProblems } from './triggers/trigger-problems.js';
import { TriggerSecrets } from './triggers/trigger-secrets.js';
import { TriggersMessages } from './triggers/triggers.messages.js';
import { TriggersRepository } from './triggers/triggers.repository.js';
import { TriggerSources } from './types/trigger-sources.js';
import { TRIGGER_TYPES } from './types/trigger-types.js';
import { AwaitAnswer } from './webhooks/await-answer.js';
import { CapturesRepository } from './webhooks/captures.repository.js';
import { ReadRequests } from './webhooks/read-request.js';
import { ReceiveWebhook } from './webhooks/receive-webhook.js';
import { RefusedRequests } from './webhooks/refused-requests.js';
import { WebhooksMessages } from './webhooks/webhooks.messages.js';
import { WebhooksRepository } from './webhooks/webhooks.repository.js';
import { RecordTrigger } from './triggers/record-trigger.js';
import { RevokePublisher } from './publishers/revoke-publisher.js';

@Module({
  controllers: [
    TriggersMessages,
    FiresMessages,
    SchedulesMessages,
    WebhooksMessages,
    EventsMessages,
    PublishersMessages,
  ],
  providers: [
    TriggersRepository,
    CheckTrigger,
    CreateTrigger,
    ChangeTrigger,
    SyncTrigger,
    ShowTrigger,
    SetTriggersEnabled,
    TestTrigger,
    WatchWorkflows,
    ReplayFires,
    TriggerSecrets,
    Backlog,
    EventFloor,
    OrderKeys,
    WebhooksRepository,
    CapturesRepository,
    ReadRequests,
    RefusedRequests,
    AwaitAnswer,
    ReceiveWebhook,
    TriggerProblems,
    TriggerSourcesRepository,
    RedeemTriggerCredential,
    SchedulesRepository,
    PutSchedule,
    ScheduleTimes,
    FireDue,
    RunSource,
    RunSources,
    AcceptTriggerEvents,
    EventInbox,
    IntentsRepository,
    IntentSignal,
    FireIntent,
    RunIntents,
    ForgetOld,
    ListeningTriggers,
    AcceptEvents,
    FiresRepository,
    FireTrigger,
    ReadStatus,
    PublishersRepository,
    CreatePublisher,
    RecordTrigger,
    RevokePublisher,
    DecideConnection,
    TriggerSources,
    ...TRIGGER_TYPES.flatMap((type) => type.shared ?? []),
  ],
})
export class TriggersModule {}
