import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { LiveView, RunView } from '../../src/protocol/viewer.ts';

type Fields = { readonly [Field in keyof RunView]: Signal<RunView[Field]> };

/** A run as the page holds it: one signal for each field, so that a delta touches only what draws from its fields. */
export type RunState = Fields & {
  /** The state where the scrubber stands; null in the present. */
  readonly replayed: Signal<LiveView | null>;
  /** What is looked at: `replayed`, or the present. */
  readonly shown: ReadonlySignal<LiveView>;
};

/** A run's state from its snapshot. */
export function createRun(view: RunView): RunState {
  const entries = Object.entries(view).map(([field, value]) => [field, signal(value)]);
  const fields = Object.fromEntries(entries) as Fields;
  const replayed = signal<LiveView | null>(null);
  return { ...fields, replayed, shown: computed(() => replayed.value ?? fields.live.value) };
}

/** Sets the fields that changed, all at once. */
export function changeRun(run: RunState, changes: Partial<RunView>): void {
  batch(() => {
    for (const [field, value] of Object.entries(changes)) {
      if (Object.hasOwn(run, field)) (run[field as keyof RunView] as Signal<unknown>).value = value;
    }
  });
}
