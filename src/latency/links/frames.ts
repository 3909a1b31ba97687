import { deserialize, serialize } from 'node:v8';

/** Messages over a stream of bytes: each in the structured-clone format of Node, after its length in four bytes. */

const HEADER = 4;

export function encodeFrame(message: unknown): Buffer {
  const body = serialize(message);
  const frame = Buffer.allocUnsafe(HEADER + body.length);
  frame.writeUInt32LE(body.length);
  body.copy(frame, HEADER);
  return frame;
}

/** Puts the chunks of a stream together again. @param onMessage gets every message once it is whole */
export function frameReader(onMessage: (message: unknown) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  return chunk => {
    chunks.push(chunk);
    length += chunk.length;
    for (;;) {
      if (length < HEADER) return;
      if (chunks[0].length < HEADER) chunks = [Buffer.concat(chunks)];
      const end = HEADER + chunks[0].readUInt32LE();
      // Only once it is whole: a model of many megabytes comes in many chunks.
      if (length < end) return;
      const whole = Buffer.concat(chunks);
      chunks = [whole.subarray(end)];
      length -= end;
      onMessage(deserialize(whole.subarray(HEADER, end)));
    }
  };
}
