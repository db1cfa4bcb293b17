/** The browser's EventSource, which jsdom lacks, spoken to by the test as the server would. */
export class Stream extends EventTarget {
  static all: Stream[] = [];
  static get last(): Stream {
    return Stream.all.at(-1)!;
  }
  isClosed = false;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    Stream.all.push(this);
  }
  close(): void {
    this.isClosed = true;
  }
  say(name: string, data: object = {}): void {
    if (name === 'hello') this.onopen?.();
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}
