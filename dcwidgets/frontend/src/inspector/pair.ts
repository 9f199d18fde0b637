import { h } from '../shared/dom';
import { labelOf, splitOf } from './marks';
import type { Picture } from './pictures';
import { drawDifference, drawPicture, fetchPictures, GAIN } from './pictures';
import type { Session } from './session';
import { percent } from '../shared/stats';

const EDGE = 512;

interface Frame {
  node: HTMLElement;
  canvas: HTMLCanvasElement;
  caption: HTMLElement;
}

/** The pictures of one finding: one alone, or two side by side with their difference. */
export class PairView {
  readonly node: HTMLElement;
  private readonly frames: Frame[];
  private readonly note = h('p', { class: 'dcw-note' });
  private shown = '';

  constructor(private readonly session: Session) {
    this.frames = ['This picture', 'Its partner', 'Difference'].map(frame);
    const figures = h('div', { class: 'dcw-pair' }, ...this.frames.map(({ node }) => node));
    this.node = h('div', { class: 'dcw-pair-box' }, figures, this.note);
  }

  /** Show a row and its partner; -1 for none. */
  async show(row: number, other: number): Promise<void> {
    const rows = [row, other].filter((one) => one >= 0);
    const wish = rows.join();
    if (this.shown === wish) {
      return;
    }
    this.shown = wish;
    delete this.node.dataset['painted'];
    this.frames.forEach(({ node }, index) => (node.hidden = index >= 1 && rows.length < 2));
    this.node.hidden = !rows.length;
    if (!rows.length) {
      return;
    }
    try {
      const pictures = await fetchPictures(this.session.call, rows, EDGE);
      if (this.shown === wish) {
        this.paint(pictures, rows);
      }
      pictures.forEach(({ bitmap }) => bitmap.close());
    } catch (error) {
      this.note.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  private paint(pictures: Picture[], rows: number[]): void {
    pictures.forEach((picture, index) => {
      const { canvas, caption } = this.frames[index]!;
      drawPicture(canvas, picture);
      const row = rows[index]!;
      const size = `${factOf(picture, 'width')} × ${factOf(picture, 'height')}`;
      const words = [labelOf(this.session, row), splitOf(this.session, row), size];
      caption.textContent = words.join(' · ');
      caption.title = factOf(picture, 'filename');
      canvas.setAttribute('aria-label', words.join(', '));
    });
    const [a, b] = pictures;
    if (a && b) {
      const { canvas, caption } = this.frames[2]!;
      const mean = drawDifference(canvas, a, b);
      const sentence = mean
        ? `${percent(mean)} mean difference, shown ${GAIN} times as bright`
        : 'Equal, pixel by pixel';
      caption.textContent = sentence;
      canvas.setAttribute('aria-label', sentence);
    }
    this.note.textContent = pictures
      .map(({ note }) => note)
      .join(' ')
      .trim();
    this.node.dataset['painted'] = rows.join();
  }
}

function factOf(picture: Picture, name: string): string {
  return picture.facts.find(([fact]) => fact === name)?.[1] ?? '?';
}

function frame(title: string): Frame {
  const canvas = h('canvas', { role: 'img', 'aria-label': title });
  const caption = h('figcaption', {});
  return {
    canvas,
    caption,
    node: h('figure', {}, h('span', { class: 'dcw-figure-title' }, title), canvas, caption),
  };
}
