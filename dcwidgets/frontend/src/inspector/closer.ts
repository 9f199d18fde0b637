import { h } from '../shared/dom';
import { labelOf } from './marks';
import type { Picture } from './pictures';
import { drawPicture, fetchPictures } from './pictures';
import type { Session } from './session';

const EDGE = 1024;

/** One picture large, with its row of the table; arrows go on, Esc closes. */
export class Closer {
  readonly node: HTMLDialogElement;
  private readonly canvas = h('canvas', { role: 'img' });
  /** What does not fit is scrolled to, by keyboard too. */
  private readonly facts = h('dl', { class: 'dcw-facts', tabindex: 0 });
  private readonly note = h('p', { class: 'dcw-note', role: 'status' });
  private row = -1;
  private step: (by: number) => void = () => undefined;

  constructor(private readonly session: Session) {
    const close = h('button', { type: 'button', class: 'dcw-button', autofocus: true }, 'Close');
    close.addEventListener('click', () => this.node.close());
    this.node = h(
      'dialog',
      { class: 'dcw-closer', 'aria-label': 'One picture' },
      h('div', { class: 'dcw-closer-picture' }, this.canvas, this.note),
      h('div', { class: 'dcw-closer-side' }, this.facts, close)
    );
    this.node.addEventListener('keydown', (event) => this.key(event));
    this.node.addEventListener('click', (event) => {
      if (event.target === this.node) {
        this.node.close(); // beside the picture
      }
    });
  }

  /** Show a row; `step` moves to the next or previous one. */
  open(row: number, step: (by: number) => void): void {
    this.step = step;
    if (!this.node.open) {
      this.node.showModal();
    }
    void this.show(row);
  }

  private key(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const scrolls = event.target === this.facts && /Up|Down/.test(event.key);
    if (by && !scrolls) {
      event.preventDefault();
      this.step(by);
    }
    event.stopPropagation();
  }

  private async show(row: number): Promise<void> {
    this.row = row;
    this.note.textContent = '';
    try {
      const [picture] = await fetchPictures(this.session.call, [row], EDGE);
      if (picture && this.row === row) {
        this.paint(picture, row);
      }
      picture?.bitmap.close();
    } catch (error) {
      this.note.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  private paint(picture: Picture, row: number): void {
    drawPicture(this.canvas, picture);
    this.canvas.setAttribute('aria-label', `Picture ${row + 1}, ${labelOf(this.session, row)}`);
    this.canvas.dataset['painted'] = String(row);
    this.note.textContent = picture.note;
    this.facts.replaceChildren(
      ...picture.facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])
    );
  }
}
