// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest';

import { enable, h, mount } from './dom';

let button: HTMLButtonElement;

beforeEach(() => {
  button = h('button', {}, 'Drop');
  document.body.replaceChildren(button);
});

it('disables a control that nobody is on', () => {
  enable(button, false);

  expect(button.disabled).toBe(true);
});

it('lets a control keep the focus while it is off, and disables it once it is left', () => {
  button.focus();

  enable(button, false);

  expect(document.activeElement).toBe(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');

  button.blur();

  expect(button.disabled).toBe(true);
  expect(button.hasAttribute('aria-disabled')).toBe(false);
});

it('stays on when it came on again before it was left', () => {
  button.focus();
  enable(button, false);
  enable(button, true);

  button.blur();

  expect(button.disabled).toBe(false);
  expect(button.hasAttribute('aria-disabled')).toBe(false);
});

it('is gone from the page element once its view has ended', () => {
  const ended = new AbortController();
  const el = h('div');

  mount(el, ended.signal, h('p', {}, 'shown'), h('p', {}, 'beneath'));

  expect(el.textContent).toBe('shownbeneath');

  ended.abort();

  expect(el.childNodes).toHaveLength(0);
});
