import { Injectable } from '@nestjs/common';

/** Tells the runner in this process that there is something to do; the sweep finds it in any case. */
@Injectable()
export class IntentSignal {
  private listener: () => void = () => undefined;

  wake(): void {
    this.listener();
  }

  onWake(listener: () => void): void {
    this.listener = listener;
  }
}
