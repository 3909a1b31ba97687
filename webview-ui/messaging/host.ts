import type { FromPage, ToPage } from '../../src/protocol/viewer.ts';
import { toPageMessage } from './check.ts';

/** What VS Code gives a webview's page, once. */
interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: object): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Sends a message to the extension host. */
export function post(message: FromPage): void {
  api.postMessage(message);
}

/** Calls `receive` with every message of the host; what is not one is left alone. */
export function listen(receive: (message: ToPage) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = toPageMessage(data);
    if (message) receive(message);
  });
}

/** What `saveState` saved before the page was closed or reloaded; unknown, as another version may have written it. */
export function savedState(): unknown {
  return api.getState();
}

/** Keeps the page's own state over reloads. */
export function saveState(state: object): void {
  api.setState(state);
}
