// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Row } from '../story/rows';
import { change, span, stepText, ticks } from '../story/rows';
import { csv } from '../story/table';
import story from './ledger_story';

const row = (name: string, mean: number, worst: number): Row => ({
  name,
  mean,
  spread: 0.02,
  worst_slice: worst,
  seconds: 12.3,
  images: 1200,
  scores: [mean - 0.02, mean + 0.02],
  version: 'a41f09c2',
  data: 'pets',
  at: '2026-01-02T03:04:05+00:00',
  edits: 'add 60',
  steps: [{ op: 'add', n: 60, reason: '<b>least certain</b>' }],
});
const rows = [row('raw', 0.7, 0.31), row('copies gone', 0.72, 0.4), row('collected', 0.9, 0.7)];

/** As much of a widget's model as the page asks. */
class Model {
  state: Record<string, unknown> = {
    _rows: rows,
    _selected: -1,
    _opens: false,
    _inspector: null,
    _problem: '',
  };
  removed: string[] = [];
  widget_manager = {
    get_model: (id: string) => Promise.resolve(id),
    create_view: (id: string) => {
      const view = document.createElement('div');
      view.textContent = `inspector ${id}`;
      return Promise.resolve({ el: view, remove: () => void this.removed.push(id) });
    },
  };
  saved: unknown[] = [];
  private heard: (() => void)[] = [];
  get = (name: string): unknown => this.state[name];
  set = (name: string, value: unknown): void => void (this.state[name] = value);
  save_changes = (): void => void this.saved.push(this.state['_selected']);
  on = (_: string, act: () => void): void => void this.heard.push(act);
  off = (_: string, act: () => void): void => {
    this.heard = this.heard.filter((each) => each !== act);
  };
  tell(value: unknown, name = '_selected'): void {
    this.state[name] = value;
    this.heard.forEach((act) => act());
  }
  get listeners(): number {
    return this.heard.length;
  }
}

const el = document.createElement('div');
let model: Model;
let stop: AbortController;
const options = () => [...el.querySelectorAll<HTMLElement>('[role=option]')];
const behind = () => el.querySelector('.dcw-ls-details')!.textContent;
const press = (key: string) =>
  (document.activeElement ?? el).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );

beforeEach(() => {
  document.body.append(el);
  model = new Model();
  stop = new AbortController();
  void story.render({ model, el, signal: stop.signal } as unknown as Parameters<
    typeof story.render
  >[0]);
});

afterEach(() => {
  stop.abort();
  el.replaceChildren();
});

describe('the story of a ledger', () => {
  it('reads each row aloud with its step from the row above', () => {
    expect(options().map((each) => each.getAttribute('aria-label'))).toEqual([
      'raw: accuracy 0.700 ± 0.020, worst slice 0.31',
      'copies gone: accuracy 0.720 ± 0.020, +2.0 points, worst slice 0.40',
      'collected: accuracy 0.900 ± 0.020, +18.0 points, worst slice 0.70',
    ]);
  });

  it('shows the newest row first and any row that is pointed at', () => {
    expect(behind()).toContain('collected');
    options()[0]!.dispatchEvent(new MouseEvent('pointerenter'));
    expect(behind()).toContain('raw');
    expect(model.saved).toEqual([]);
  });

  it('is one tab stop, and arrows, Home and End move in it', () => {
    expect(options().map((each) => each.tabIndex)).toEqual([-1, -1, 0]);
    options()[2]!.focus();
    press('ArrowDown');
    press('ArrowUp');
    expect(document.activeElement).toBe(options()[1]);
    expect(behind()).toContain('copies gone');
    press('Home');
    expect(document.activeElement).toBe(options()[0]);
    press('End');
    expect(options().map((each) => each.tabIndex)).toEqual([-1, -1, 0]);
  });

  it('hands a row to Python by Enter, and takes it back by Enter', () => {
    options()[1]!.focus();
    press('Enter');
    expect(options()[1]!.getAttribute('aria-selected')).toBe('true');
    expect(behind()).toContain('story.inspect(images)');
    press('Enter');
    expect(model.saved).toEqual([1, -1]);
  });

  it('shows what Python chooses, and listens no more once it is closed', () => {
    model.tell(0);
    expect(behind()).toContain('raw');
    stop.abort();
    expect(model.listeners).toBe(0);
  });

  it('compares the row that is pointed at with the chosen one', () => {
    model.tell(0);
    options()[2]!.dispatchEvent(new MouseEvent('pointerenter'));
    expect(behind()).toContain('Against raw+20.0 points, worst slice +39.0 points, as many images');
    options()[0]!.dispatchEvent(new MouseEvent('pointerenter'));
    expect(behind()).not.toContain('Against');
  });

  it('shows the inspector that Python opens, one at a time, or why it cannot', async () => {
    const beneath = () => el.querySelector('.dcw-ls-beneath')!.textContent;
    model.tell('IPY_MODEL_a', '_inspector');
    await vi.waitFor(() => expect(beneath()).toBe('inspector a'));
    model.tell('IPY_MODEL_b', '_inspector');
    await vi.waitFor(() => expect(beneath()).toBe('inspector b'));
    expect(model.removed).toEqual(['a']);
    model.state['_inspector'] = null;
    model.tell('the recipe is gone', '_problem');
    expect(beneath()).toBe('the recipe is gone');
  });

  it('holds all rows in a table and in a file that no spreadsheet runs', () => {
    expect(el.querySelectorAll('.dcw-ls-table tbody tr')).toHaveLength(3);
    expect(el.querySelector('.dcw-ls-table a')!.getAttribute('download')).toBe('ledger.csv');
    const lines = csv([row('=1+1, x', 0.5, 0.25)]).split('\r\n');
    expect(lines[0]).toMatch(/^name,accuracy,spread,worst slice,/);
    expect(lines[1]).toMatch(/^"'=1\+1, x",0\.500,0\.020,0\.250,1200,12\.3,pets,/);
  });

  it('writes reasons as text, never as markup', () => {
    expect(el.querySelector('b')).toBeNull();
    expect(behind()).toContain('add 60: <b>least certain</b>');
  });
});

describe('the scale', () => {
  it('holds every point and starts at a tenth', () => {
    expect(span(rows)).toEqual([0.2, 1]);
    expect(ticks([0.2, 1]).map((tick) => tick.toFixed(1))).toEqual([
      '0.2',
      '0.4',
      '0.6',
      '0.8',
      '1.0',
    ]);
    expect(ticks([0.9, 1]).map((tick) => tick.toFixed(1))).toEqual(['0.9', '1.0']);
  });

  it('says steps in points and edits in words', () => {
    expect(change(rows[0]!, rows[1]!)).toBe('−2.0 points');
    expect(stepText({ op: 'relabel', n: 3, value: 'dog', reason: '' })).toBe('relabel 3 to dog');
  });
});
