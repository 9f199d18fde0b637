import type { AnyModel } from '@anywidget/types';

import { caller } from '../shared/calls';
import type { Detailed, Ends, Pinned, Read, Recipe, Texts } from './types';

/** What the page asks beside the draws: each answered once, in order. */
export class Asking {
  private readonly call;

  constructor(model: AnyModel, signal: AbortSignal) {
    this.call = caller(model, signal);
  }

  async details(recipe: Recipe, turn: number): Promise<Detailed> {
    return (await this.call<Detailed & { id: string }>('details', { ...recipe, turn })).reply;
  }

  async ends(chips: Recipe['chips'], turn: number) {
    const { reply, buffers } = await this.call<Ends>('extremes', { chips, turn });
    return { reply, sheet: buffers[0] };
  }

  async texts(recipe: Recipe): Promise<Texts> {
    return (await this.call<Texts>('texts', recipe)).reply;
  }

  async read(text: string, seed: number): Promise<Read> {
    return (await this.call<Read>('read', { text, seed })).reply;
  }

  async pins() {
    const { reply, buffers } = await this.call<Pinned & { id: string }>('pins');
    return { reply, sheet: buffers[0] };
  }

  async pin(recipe: Recipe, turn: number, tile: number): Promise<void> {
    await this.call('pin', { ...recipe, turn, tile });
  }

  async unpin(number: number): Promise<void> {
    await this.call('unpin', { number });
  }

  async safety(recipe: Recipe, n: number): Promise<void> {
    await this.call('safety', { ...recipe, n });
  }

  async effect(recipe: Recipe, guess: string, n: number): Promise<void> {
    await this.call('effect', { ...recipe, guess, n });
  }
}
