import { button } from '../shared/controls';
import { h } from '../shared/dom';
import { segments } from './segments';
import type { Texts } from './types';

type Form = 'code' | 'map' | 'json';

const NAMES: Record<Form, string> = {
  code: 'The policy as Python code',
  map: 'The policy mapped over a tf.data pipeline',
  json: 'The policy as JSON',
};

export interface TextsHost {
  say: (message: string) => void;
  /** Texts are to be asked for, if things are at rest. */
  nudge: () => void;
  /** Read a policy; resolves to '' or to what is wrong with it. */
  read: (json: string) => Promise<string>;
}

/** The policy as code and as JSON, folded, to copy; and a field to paste JSON into. */
export class TextPanel {
  readonly node = h('details', { class: 'dcw-ax-code' }, h('summary', {}, 'Code and JSON'));
  private readonly code = h('code');
  private readonly pre = h('pre', { tabindex: '0' }, this.code);
  private readonly reader = h('div', { class: 'dcw-ax-reader' });
  private readonly texts: Record<Form, string> = { code: '', map: '', json: '' };
  private form: Form = 'code';
  private known = false;

  constructor(private readonly host: TextsHost) {
    const forms = segments(
      'Form',
      [
        ['code', 'Keras'],
        ['map', 'tf.data'],
        ['json', 'JSON'],
      ],
      (form) => {
        this.choose(form as Form);
        host.nudge();
      }
    );
    forms.show('code');
    const line = h('div', { class: 'dcw-ax-forms' }, forms.node);
    const copy = button(line, 'Copy', () => void this.copy(), 'Copy the text below');
    copy.classList.add('dcw-ax-copy');
    this.build();
    this.node.append(line, this.pre, this.reader);
    this.node.addEventListener('toggle', () => host.nudge());
    this.choose('code');
  }

  /** Whether texts are looked at that are not there yet. */
  get wanted(): boolean {
    return this.node.open && !this.known && this.form !== 'code';
  }

  /** Show the code that came with the draws; the other forms are asked for at rest. */
  show(code: string): void {
    this.texts.code = code;
    this.known = false;
    if (this.form === 'code') {
      this.code.textContent = code;
    }
  }

  take({ code, map, json, problem }: Texts): void {
    this.known = true;
    Object.assign(this.texts, { code, map, json: json || problem });
    this.code.textContent = this.texts[this.form];
  }

  private choose(form: Form): void {
    this.form = form;
    this.pre.setAttribute('aria-label', NAMES[form]);
    this.reader.hidden = form !== 'json';
    this.code.textContent = this.texts[form];
  }

  private build(): void {
    const field = h('textarea', { rows: 3, spellcheck: 'false' });
    const trouble = h('p', { class: 'dcw-ax-trouble', role: 'alert' });
    const read = async (): Promise<void> => {
      trouble.textContent = await this.host.read(field.value);
      field.setAttribute('aria-invalid', String(trouble.textContent !== ''));
      if (!trouble.textContent) {
        field.value = '';
        this.host.say('The policy was read.');
      }
    };
    this.reader.append(h('label', {}, 'Paste a policy as JSON ', field));
    button(this.reader, 'Use this policy', () => void read(), 'Show the pasted policy');
    this.reader.append(trouble);
  }

  private async copy(): Promise<void> {
    const done = await copyText(this.code);
    this.host.say(done ? 'Copied.' : 'Press Ctrl+C to copy.');
  }
}

/** Copy an element's text; where the browser forbids it, select it for Ctrl+C instead. */
async function copyText(node: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(node);
    return false;
  }
}
