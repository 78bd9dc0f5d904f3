/** A connection that carries messages both ways, as much of it as a command needs. */
export interface MessageSocket {
  /** Calls back once the message is on its way; with an error when the connection is gone. */
  send(message: Buffer, sent: (error?: Error) => void): void;
  onMessage(listener: (message: Buffer) => void): void;
  /** Called once. `clean` is false for a connection that broke. */
  onClose(listener: (clean: boolean) => void): void;
  /** Stops and goes on reading, so that a slow reader slows the sender down. */
  pause(): void;
  resume(): void;
  close(): void;
}
