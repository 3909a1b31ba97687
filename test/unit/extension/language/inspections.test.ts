import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TextDocument } from 'vscode';
import type { InspectionOutcome } from '../../../../src/extension/language/documentFacts.ts';
import { Inspections } from '../../../../src/extension/language/inspections.ts';
import { file, inspection, text } from './spaceExample.ts';

const editor = vi.hoisted(() => {
  class Emitter<T> {
    private readonly listeners = new Set<(value: T) => void>();
    readonly event = (listener: (value: T) => void) => {
      this.listeners.add(listener);
      return { dispose: () => this.listeners.delete(listener) };
    };
    readonly fire = (value: T) => {
      for (const listener of [...this.listeners]) listener(value);
    };
    readonly dispose = () => this.listeners.clear();
    get size() {
      return this.listeners.size;
    }
  }
  const events = {
    visible: new Emitter<unknown>(),
    trust: new Emitter<void>(),
    change: new Emitter<unknown>(),
    save: new Emitter<unknown>(),
    open: new Emitter<unknown>(),
    close: new Emitter<unknown>(),
  };
  const shown: { document: unknown }[] = [];
  const workspace = {
    isTrusted: true,
    onDidGrantWorkspaceTrust: events.trust.event,
    onDidChangeTextDocument: events.change.event,
    onDidSaveTextDocument: events.save.event,
    onDidOpenTextDocument: events.open.event,
    onDidCloseTextDocument: events.close.event,
  };
  const Disposable = {
    from: (...all: { dispose(): void }[]) => ({ dispose: () => all.forEach(one => void one.dispose()) }),
  };
  const window = { visibleTextEditors: shown, onDidChangeVisibleTextEditors: events.visible.event };
  return { events, shown, workspace, module: { workspace, window, Disposable, EventEmitter: Emitter } };
});

vi.mock('vscode', () => editor.module);

/** A document that is typed into. */
function documentOf(path: string) {
  let [content, version] = [text, 1];
  const fake = {
    fileName: path,
    uri: { scheme: 'file', path, toString: () => `file://${path}` },
    languageId: 'typescript',
    getText: () => content,
    get version() {
      return version;
    },
  };
  const document = fake as unknown as TextDocument;
  const type = (added: string) => {
    content = added + content;
    version++;
    const contentChanges = [{ rangeOffset: 0, rangeLength: 0, text: added }];
    editor.events.change.fire({ document, contentChanges });
  };
  return { document, type };
}

/** An engine that answers when the test says so. */
function engine() {
  const calls: {
    text: string;
    signal: AbortSignal;
    answer(outcome: InspectionOutcome): void;
    fail(error: Error): void;
  }[] = [];
  const inspect = (_: string, text: string, signal: AbortSignal) =>
    new Promise<InspectionOutcome>((answer, fail) => void calls.push({ text, signal, answer, fail }));
  return { calls, inspect };
}

const found: InspectionOutcome = { type: 'inspected', inspection };
/** After the timers that are due, and what follows them. */
const settled = () => new Promise(resolve => setTimeout(resolve, 10));

function begin(path = file) {
  const { calls, inspect } = engine();
  const { document, type } = documentOf(path);
  editor.shown.push({ document });
  const inspections = new Inspections(inspect, 0);
  const changes: TextDocument[] = [];
  inspections.onDidChange(changed => changes.push(changed));
  inspections.update();
  return { calls, document, type, inspections, changes };
}

beforeEach(() => {
  editor.shown.length = 0;
  editor.workspace.isTrusted = true;
  for (const event of Object.values(editor.events)) event.dispose();
});

describe('the inspections of an editor', () => {
  it('look at a space that is shown, once', async () => {
    const { calls, document, inspections, changes } = begin();
    await settled();
    calls[0].answer(found);
    await settled();
    editor.events.visible.fire(undefined);
    await settled();
    expect(calls.map(call => call.text)).toEqual([text]);
    expect(changes).toEqual([document]);
    expect(inspections.of(document).candidates).toHaveLength(3);
  });

  it('look at no other file', async () => {
    const { calls, type } = begin('/project/main.ts');
    type('x');
    await settled();
    expect(calls).toEqual([]);
  });

  it('run nothing before the person trusts the folder', async () => {
    editor.workspace.isTrusted = false;
    const { calls, type } = begin();
    type('// ');
    await settled();
    expect(calls).toEqual([]);
    editor.workspace.isTrusted = true;
    editor.events.trust.fire();
    await settled();
    expect(calls).toHaveLength(1);
  });

  it('end an inspection whose text is no longer there, and drop what it says', async () => {
    const { calls, document, type, inspections } = begin();
    await settled();
    type('// new\n');
    await settled();
    expect(calls.map(({ text, signal }) => [text.startsWith('// new'), signal.aborted])).toEqual([
      [false, true],
      [true, false],
    ]);
    calls[1].answer({ type: 'refused', issues: [{ message: 'Wrong.', path: '' }] });
    await settled();
    calls[0].answer(found);
    await settled();
    expect(inspections.of(document).inspection).toBeUndefined();
    expect(inspections.of(document).issues.map(({ value }) => value.message)).toEqual(['Wrong.']);
  });

  it('keep what is known at its place while a person types', async () => {
    const { calls, document, type, inspections } = begin();
    await settled();
    calls[0].answer(found);
    await settled();
    const [before] = inspections.of(document).candidates;
    type('// new\n');
    expect(inspections.of(document).candidates[0].start).toBe(before.start + '// new\n'.length);
  });

  it('look again when something outside has changed, also a file that the space imports', async () => {
    const { calls, type, inspections } = begin();
    inspections.refresh();
    await settled();
    const other = { ...documentOf('/project/candidates.ts').document, languageId: 'typescript' };
    editor.events.save.fire(other);
    await settled();
    const alone = calls.length;
    type("import { list } from './candidates.ts';\n");
    await settled();
    editor.events.save.fire(other);
    await settled();
    expect([alone, calls.length]).toEqual([1, 3]);
  });

  it('warn of an engine that failed', async () => {
    const { calls, document, inspections } = begin();
    await settled();
    calls[0].fail(new Error('no memory'));
    await settled();
    expect(inspections.of(document).issues.map(({ value }) => [value.severity, value.message])).toEqual([
      ['warning', 'no memory'],
    ]);
  });

  it('forget a closed document and end what is under way', async () => {
    const { calls, document, inspections, changes } = begin();
    await settled();
    calls[0].answer(found);
    await settled();
    editor.events.close.fire(document);
    expect(inspections.of(document).candidates).toEqual([]);
    expect(changes).toHaveLength(2);
  });

  it('look anew at a document that is closed and opened in sight, as one whose language changes', async () => {
    const { calls, document, inspections } = begin();
    await settled();
    editor.events.close.fire(document);
    editor.events.open.fire(document);
    await settled();
    expect(calls).toHaveLength(2);
    expect(calls[0].signal.aborted).toBe(true);
    calls[1].answer(found);
    await settled();
    expect(inspections.of(document).candidates.length).toBeGreaterThan(0);
  });

  it('leave nothing behind', async () => {
    const { calls, inspections } = begin();
    await settled();
    inspections.dispose();
    expect(calls[0].signal.aborted).toBe(true);
    expect(Object.values(editor.events).filter(({ size }) => size > 0)).toEqual([]);
  });
});
