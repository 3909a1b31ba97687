import type { RunView, ToPage } from '../../src/protocol/viewer.ts';

/**
 * Holds messages until the next animation frame. Deltas that come between two frames become one, so that a page that is
 * slower than its host falls behind in nothing but the number of pictures.
 */
export class Inbox {
  readonly #apply: (message: ToPage) => void;
  readonly #schedule: (flush: () => void) => void;
  #waiting: ToPage[] = [];

  /** @param schedule calls back when there is a frame to draw, as `requestAnimationFrame` */
  constructor(apply: (message: ToPage) => void, schedule: (flush: () => void) => void) {
    this.#apply = apply;
    this.#schedule = schedule;
  }

  /** Takes a message to be applied with the next frame. */
  receive(message: ToPage): void {
    if (this.#waiting.length === 0) this.#schedule(() => this.#flush());
    const last = this.#waiting.at(-1);
    if (message.type === 'delta' && last?.type === 'delta') {
      const changes: Partial<RunView> = { ...last.changes, ...message.changes };
      this.#waiting[this.#waiting.length - 1] = { type: 'delta', changes };
    } else if (message.type === 'replay' && last?.type === 'replay') {
      this.#waiting[this.#waiting.length - 1] = message;
    } else {
      this.#waiting.push(message);
    }
  }

  #flush(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    for (const message of messages) this.#apply(message);
  }
}
