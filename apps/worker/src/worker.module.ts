import { Module } from '@nestjs/common';

/** The worker answers no commands: its work comes by the task protocol. */
@Module({})
export class WorkerModule {}
