/** The received items of a connection, in order, for a script that waits for them. */
export class Inbox<Item> {
  readonly received: Item[] = [];
  private readonly waiting: { readonly resolve: (item: Item) => void; readonly reject: (error: Error) => void }[] = [];
  private taken = 0;
  private end: string | undefined;

  add(item: Item): void {
    this.received.push(item);
    const [first] = this.waiting.splice(0, 1);
    if (first !== undefined) {
      this.taken++;
      first.resolve(item);
    }
  }

  /** Nothing more comes. */
  close(why: string): void {
    this.end ??= why;
    this.waiting.splice(0).forEach(({ reject }) => reject(new Error(why)));
  }

  /** The next item that no earlier call has returned. Rejects when the connection has closed without another one. */
  next(): Promise<Item> {
    if (this.taken < this.received.length) {
      return Promise.resolve(this.received[this.taken++] as Item);
    }
    return this.end === undefined
      ? new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
      : Promise.reject(new Error(this.end));
  }
}
