import type { Output, TextStream } from './output.ts';

/**
 * For programs: standard output holds JSON lines and nothing else. Messages are as in the protocol; the last line is
 * `{"type":"result",...}` with the result's fields, or `{"type":"failure",...}`.
 */
export function jsonOutput(stdout: TextStream, stderr: TextStream): Output {
  const line = (value: object) => stdout.write(JSON.stringify(value) + '\n');
  return {
    message: line,
    printed: text => stderr.write(text + '\n'),
    result: result => line({ type: 'result', ...result }),
    failure: ({ user, message }) => {
      line({ type: 'failure', user, message });
      stderr.write(message + '\n');
    },
  };
}
