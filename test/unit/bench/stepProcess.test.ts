import { describe, expect, it } from 'vitest';
import { StepProcess } from '../../bench/stepProcess.ts';

/** A process that runs the given script in place of an implementation. */
const start = (script: string) => StepProcess.start('fake', process.execPath, ['-e', script], process.env);
const ready = 'console.log(JSON.stringify({ batch: 4, choices: [6, 7] }));';
const answer = (body: string) =>
  `require('readline').createInterface({ input: process.stdin }).on('line', line => { ${body} });`;

describe('process of an implementation', () => {
  it('says what it is, then answers each step with its own line', async () => {
    const reply = 'console.log(JSON.stringify({ ms: JSON.parse(line).path[0], loss: 1, peakRssMb: 2 }))';
    const side = await start(ready + answer(reply));
    expect(side.ready).toEqual({ batch: 4, choices: [6, 7] });
    expect((await side.step({ do: 'weight', path: [3, 0] })).ms).toBe(3);
    expect((await side.step({ do: 'weight', path: [5, 0] })).ms).toBe(5);
    await side.close();
  });

  it('that dies is reported with what it printed last', async () => {
    const side = await start(ready + answer('console.error("out of memory"); process.exit(3)'));
    await expect(side.step({ do: 'weight', path: [0, 0] })).rejects.toThrow(
      /fake ended with exit code 3: out of memory/,
    );
  });

  it('that dies before it is ready is reported too', async () => {
    await expect(start('console.error("no torch"); process.exit(1)')).rejects.toThrow(/exit code 1: no torch/);
  });

  it('that refuses a step gives its sentence', async () => {
    const side = await start(ready + answer('console.log(JSON.stringify({ error: "no such path" }))'));
    await expect(side.step({ do: 'weight', path: [9, 9] })).rejects.toThrow('fake: no such path');
    await side.close();
  });
});
