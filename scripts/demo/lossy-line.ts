// The line between a device and the server, on which one answer can be lost: the server has stored the push, and dies
// before the device reads that it did.
import { TransportError, type Outcome, type Transport } from '@logdate/client';

/** Watches the pushes of a device, and loses the answer to the next one when it is told to. */
export class LossyLine {
  /** Outcomes that the device got. */
  readonly received: Outcome[] = [];
  /** Outcomes that it never saw. */
  readonly lost: Outcome[] = [];
  private losing: (() => Promise<void>) | undefined;

  /** The next push is stored by the server; then `meanwhile` happens, and the device gets no answer. */
  loseNext(meanwhile: () => Promise<void>): void {
    this.losing = meanwhile;
  }

  through(transport: Transport): Transport {
    return {
      ...transport,
      push: async (request, signal) => {
        const result = await transport.push(request, signal);
        const meanwhile = this.losing;
        if (meanwhile === undefined) {
          this.received.push(...result.outcomes);
          return result;
        }
        this.losing = undefined;
        this.lost.push(...result.outcomes);
        await meanwhile();
        throw new TransportError('NO_ANSWER', 'The line was cut');
      },
    };
  }
}
