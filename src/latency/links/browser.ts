import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { MeasureRequest, ProfilerMessage } from '../profilerMessages.ts';
import type { MachineState } from '../targets/target.ts';
import { type Connect, endOf } from './link.ts';

/** What the page is to do; the models' bytes it fetches one by one. */
export interface PageTask {
  request: MeasureRequest;
  machine: MachineState;
}

/** Only the page itself may read what is served: without these headers browsers give no shared memory, and so no threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const types: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/**
 * A profiler in a page of a browser without a window. The page is served on this machine alone, under a secret path; the browser
 * has a profile of its own, and both end with the task.
 *
 * @param program a Chromium-like browser
 * @param folder `page.js` and `ort/`
 */
export function inBrowser(program: string, folder: string): Connect {
  return (request, onMessage) => {
    if (request.task !== 'measure') throw new Error("a browser's runtime does not tell the times of single kernels");
    const secret = crypto.randomUUID();
    const profile = mkdtempSync(join(tmpdir(), 'proxyless-browser-'));
    const { promise: ended, resolve, reject } = Promise.withResolvers<string>();
    let child: ReturnType<typeof spawn> | undefined;
    const server = createServer((incoming, response) => {
      serve(incoming, response, { request, secret, folder }, messages => {
        for (const message of messages) onMessage(message);
        if (messages.some(({ type }) => type === 'done' || type === 'failed')) end();
      }).catch(() => response.destroy());
    });
    const end = () => child?.kill('SIGKILL');
    const cleanUp = async () => {
      server.close();
      server.closeAllConnections();
      // Its other processes take a moment to end, and write until then; what cannot be removed stays among temporary files.
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }).catch(() => {});
    };
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const;
      child = spawn(program, [...flags(profile), `http://127.0.0.1:${port}/${secret}/`], { stdio: [...stdio] });
      child.on('error', error => void cleanUp().then(() => reject(error)));
      // Not 'close': processes of the browser that take longer to end would be waited for.
      child.on('exit', (code, signal) => void cleanUp().then(() => resolve(endOf(code, signal))));
    });
    return { ended, kill: end };
  };
}

function flags(profile: string): string[] {
  return [
    '--headless=new',
    // Nothing is said over it: a browser ends when the pipe does, so none outlives who started it, however that ended.
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-gpu',
    // A page without a window counts as one nobody looks at, and would be slowed down.
    '--disable-renderer-backgrounding',
    '--disable-background-timer-throttling',
    // Chromium refuses to run as root otherwise, as it must in many containers; it opens nothing but our own page.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

interface Served {
  request: MeasureRequest;
  secret: string;
  folder: string;
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  { request, secret, folder }: Served,
  onMessages: (messages: ProfilerMessage[]) => void,
): Promise<void> {
  const [, given, ...path] = (incoming.url ?? '').split('/');
  const send = (type: string, body?: string | Uint8Array) =>
    response.writeHead(200, { ...isolation, 'Content-Type': type }).end(body);
  if (given !== secret) response.writeHead(404).end();
  else if (incoming.method === 'POST') {
    onMessages(JSON.parse(await text(incoming)) as ProfilerMessage[]);
    send('text/plain');
  } else if (path[0] === '')
    send('text/html', '<!doctype html><title>Profiler</title><script type="module" src="page.js"></script>');
  else if (path[0] === 'task') {
    const models = request.models.map(({ model: _, ...model }) => model);
    const machine = { load: loadavg()[0], cores: availableParallelism() };
    send('application/json', JSON.stringify({ request: { ...request, models }, machine }));
  } else if (path[0] === 'models') send('application/octet-stream', request.models[Number(path[1])].model);
  else {
    const name = basename(path.at(-1) ?? '');
    const file = createReadStream(path[0] === 'ort' ? join(folder, 'ort', name) : join(folder, name));
    file.on('error', () => response.headersSent || response.writeHead(404).end());
    file.on('open', () => {
      response.writeHead(200, { ...isolation, 'Content-Type': types[name.split('.').at(-1) ?? ''] ?? 'text/plain' });
      file.pipe(response);
    });
  }
}
