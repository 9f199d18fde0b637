/** Who wants to know of a change. */
export class Listeners {
  private readonly all = new Set<() => void>();

  add(listener: () => void): void {
    this.all.add(listener);
  }

  tell(): void {
    this.all.forEach((listener) => listener());
  }
}
