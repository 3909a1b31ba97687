import { effect } from '@preact/signals';
import { post } from '../messaging/host.ts';
import { page, run } from './viewer.ts';

/** About as many points as a wide screen has pixels. */
const POINTS = 1200;

/** Asks for curves when another run or another range is shown; the host sends them again as they grow. */
export function requestCurves(): void {
  let asked = '';
  effect(() => {
    const { screen, zoom } = page.value;
    const range = screen === 'curves' && zoom ? zoom : {};
    const question = JSON.stringify([run.value?.id.value, range]);
    if (question === asked) return;
    asked = question;
    if (run.value) post({ type: 'curves', ...range, points: POINTS });
  });
}
