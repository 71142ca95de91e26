import { Injectable } from '@nestjs/common';

/**
 * Up to which number of the event stream every event has been taken in, by whatever replica: until then an event that is
 * handed over in order may have one before it that nobody has seen yet.
 */
@Injectable()
export class EventFloor {
  /** Number in the stream; 0: not known. */
  current = 0;
}
