import type { Contents } from '@jupyterlab/services';

/** A Contents API over a record of texts; it counts what it was asked for. */
export class FakeFiles {
  constructor(public texts: Record<string, string>) {}

  readonly asked: string[] = [];
  /** Folders that cannot be written to, and files that cannot. */
  readonly closed = new Set<string>();

  get(path: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    this.asked.push(path);
    const text = this.texts[path];
    if (text !== undefined) {
      const content = options?.type === 'notebook' ? (JSON.parse(text) as unknown) : text;
      return Promise.resolve(this.model(path, 'file', content));
    }
    const inside = Object.keys(this.texts).filter((name) => !path || name.startsWith(`${path}/`));
    if (path && inside.length === 0) {
      return Promise.reject(new Error(`404 ${path}`));
    }
    const at = path ? path.length + 1 : 0;
    const names = new Set(inside.map((name) => name.slice(at).split('/')[0] ?? ''));
    const entries = [...names].map((name) => {
      const whole = path ? `${path}/${name}` : name;
      return this.model(whole, whole in this.texts ? 'file' : 'directory', null);
    });
    return Promise.resolve(this.model(path, 'directory', entries));
  }

  save(path: string, options: Partial<Contents.IModel> = {}): Promise<Contents.IModel> {
    if (this.closed.has(path)) {
      return Promise.reject(new Error(`${path} cannot be written`));
    }
    this.texts[path] = JSON.stringify(options.content);
    return Promise.resolve(this.model(path, 'file', null));
  }

  private model(path: string, type: string, content: unknown): Contents.IModel {
    const text = this.texts[path] ?? '';
    return {
      path,
      type,
      content,
      name: path.split('/').at(-1) ?? '',
      writable: !this.closed.has(path),
      created: '',
      last_modified: text, // as good a stamp as any: it changes with the text
      mimetype: '',
      format: null,
      size: text.length,
    };
  }
}
