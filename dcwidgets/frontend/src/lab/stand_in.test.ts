// @vitest-environment jsdom
import type { Kernel } from '@jupyterlab/services';
import { Panel, Widget } from '@lumino/widgets';
import { expect, test, vi } from 'vitest';

import { standIn, type SavedNotebook } from './stand_in';

type Data = Record<string, unknown>;

// Lumino asks for it as it is loaded, and jsdom has none.
vi.hoisted(() => vi.stubGlobal('DragEvent', class extends MouseEvent {}));

const VIEW = 'application/vnd.jupyter.widget-view+json';
const STATE = 'application/vnd.jupyter.widget-state+json';

class Html extends Widget {
  renderModel(output: { data: Data }): Promise<void> {
    this.node.textContent = String(output.data['text/html']);
    return Promise.resolve();
  }
}

/** A code cell whose widgets are what JupyterLab shows while it waits for them. */
class FakeCell {
  constructor(...outputs: Data[]) {
    const model = { length: outputs.length, get: (index: number) => ({ data: outputs[index]! }) };
    this.model = { outputs: model };
    this.outputArea = {
      model,
      widgets: outputs.map(() => {
        const panel = new Panel();
        panel.addWidget(new Widget()); // the prompt
        const waiting = new Widget();
        waiting.node.textContent = 'Loading widget...';
        panel.addWidget(waiting);
        return panel;
      }),
      rendermime: { createRenderer: () => new Html() },
    };
  }

  readonly ready = Promise.resolve();
  readonly model;
  readonly outputArea;

  /** What is to be seen, output by output. */
  get shown(): string[] {
    return this.outputArea.widgets.map((panel) =>
      panel.widgets
        .filter((each) => !each.isHidden)
        .map((each) => each.node.textContent)
        .join('')
    );
  }
}

function widget(id: string): Data {
  return { [VIEW]: { model_id: id }, 'text/html': `picture of ${id}` };
}

function notebook(cells: FakeCell[], metadata?: unknown): SavedNotebook {
  return { widgets: cells, model: { getMetadata: () => metadata } };
}

type Session = Parameters<typeof standIn>[1];

function asking(requestCommInfo: () => Promise<unknown>): Session {
  const kernel = { requestCommInfo } as unknown as Kernel.IKernelConnection;
  return { ready: Promise.resolve(), session: { kernel } as never };
}

function session(held?: string[]): Session {
  const comms = Object.fromEntries((held ?? []).map((id) => [id, {}]));
  return held
    ? asking(() => Promise.resolve({ content: { status: 'ok', comms } }))
    : { ready: Promise.resolve(), session: null };
}

test('without a kernel the saved pictures are shown', async () => {
  const cell = new FakeCell(widget('a'), { 'text/plain': 'a number' });
  const empty = new FakeCell();

  await standIn(notebook([cell, empty]), session());

  expect(cell.shown).toEqual(['picture of a', 'Loading widget...']);
});

test('a kernel that dies while it is asked leaves the saved pictures', async () => {
  const cell = new FakeCell(widget('a'));

  await standIn(
    notebook([cell]),
    asking(() => Promise.reject(new Error('Canceled future')))
  );

  expect(cell.shown).toEqual(['picture of a']);
});

test('a widget that a kernel holds is left to it, the others are not waited for', async () => {
  const cell = new FakeCell(widget('a'), widget('b'));

  await standIn(notebook([cell]), session(['a']));

  expect(cell.shown).toEqual(['Loading widget...', 'picture of b']);
});

test('a widget whose state the notebook keeps is left to JupyterLab', async () => {
  const cell = new FakeCell(widget('a'));

  await standIn(notebook([cell], { [STATE]: { state: { a: {} } } }), session());

  expect(cell.shown).toEqual(['Loading widget...']);
});

test('a widget without saved HTML is left as it is', async () => {
  const cell = new FakeCell({ [VIEW]: { model_id: 'slider' }, 'text/plain': 'IntSlider()' });

  await standIn(notebook([cell]), session());

  expect(cell.shown).toEqual(['Loading widget...']);
});

test('what a cell shows after it has run again is not touched', async () => {
  const outputs = [widget('old')];
  const cell = new FakeCell(...outputs);
  const run: { again?: () => void } = {};
  const ready = new Promise<void>((resolve) => {
    run.again = () => {
      cell.model.outputs.get = () => ({ data: widget('new') });
      resolve();
    };
  });

  const done = standIn(notebook([cell]), { ...session([]), ready });
  run.again!();
  await done;

  expect(cell.shown).toEqual(['Loading widget...']);
});
