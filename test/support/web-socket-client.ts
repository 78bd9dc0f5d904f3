import type { WebSocket } from 'ws';

/** A client of channels: keeps what came, by channel. */
export class WebSocketClient {
  readonly socket: WebSocket;
  /** In the order of their coming, texts as they are. */
  readonly messages: Buffer[] = [];
  code: number | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.messages.push(data);
      this.#change();
    });
    socket.on('close', (code) => {
      this.code = code;
      this.#change();
    });
  }

  send(channel: number, text: string | Buffer): void {
    this.socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  }

  /** Everything on a channel, put together. */
  text(channel: number): string {
    return this.bytes(channel).toString('utf8');
  }

  bytes(channel: number): Buffer {
    return Buffer.concat(this.messages.filter(([first]) => first === channel).map((message) => message.subarray(1)));
  }

  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.code !== undefined) throw new Error(`the connection was closed first, with ${this.code}`);
      await this.#changed.promise;
    }
  }

  async closed(): Promise<number> {
    while (this.code === undefined) await this.#changed.promise;
    return this.code;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
