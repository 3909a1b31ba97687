import type { Output, TextStream } from './output.ts';

/**
 * For programs: standard output holds JSON lines and nothing else. Messages are as in the protocol, but for events, which
 * have a line each; the last line is `{"type":"result",...}` with the result's fields, or `{"type":"failure",...}`. To a
 * reader who is far behind a line `{"type":"skipped","before":N}` says that events below line N are in the log alone.
 */
export function jsonOutput(stdout: TextStream, stderr: TextStream): Output {
  const line = (value: object) => stdout.write(JSON.stringify(value) + '\n');
  return {
    message(message) {
      if (message.type !== 'events') return line(message);
      if (message.skipped) line({ type: 'skipped', before: message.first });
      for (const event of message.events) line({ type: 'event', event });
    },
    printed: text => stderr.write(text + '\n'),
    result: result => line({ type: 'result', ...result }),
    failure: failure => {
      line({ type: 'failure', ...failure });
      stderr.write(failure.message + '\n');
    },
  };
}
