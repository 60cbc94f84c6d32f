// SPDX-License-Identifier: Apache-2.0
// One WebSocket to /api/v1/stream that comes back after a break: with the cursor of the last frame,
// after 0.5 s, then twice that, at most 15 s. A gap in the sequence or 12 s without a frame (the
// clock comes every second) counts as a break.
import { FrameError, FrameKind, readHead, Strings, type Head } from './frame';

export type ConnectionState = 'connecting' | 'live' | 'waiting' | 'closed';

export interface Subscription {
  topics: string[];
  /** West, south, east, north in degrees. */
  bbox?: [number, number, number, number];
  filters?: { kinds?: string[]; at_berth?: boolean; max_age_s?: number };
}

export interface Receiver {
  state(state: ConnectionState): void;
  /** A new connection begins: a snapshot will follow. */
  begin(): void;
  frame(head: Head, buffer: ArrayBuffer, strings: Strings): void;
  /** The connection ended before it was of use: the session may be over. */
  refused(): void;
}

const kSilenceMs = 12_000;
const kLongestWaitMs = 15_000;

export class Connection {
  private m_socket: WebSocket | null = null;
  private m_strings = new Strings();
  private m_sequence = 0;
  private m_cursor: number | undefined; // of the last frame; none before the first
  private m_attempt = 0;
  private m_opened = false;
  private m_timer: ReturnType<typeof setTimeout> | undefined;
  private m_watchdog: ReturnType<typeof setTimeout> | undefined;
  private m_subscription: Subscription;

  constructor(
    private readonly m_url: string,
    private readonly m_receiver: Receiver,
    subscription: Subscription,
  ) {
    this.m_subscription = subscription;
  }

  open(): void {
    clearTimeout(this.m_timer);
    this.m_receiver.state('connecting');
    this.m_opened = false;
    const socket = new WebSocket(this.m_url, 'jinglue.v1');
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (event: MessageEvent<ArrayBuffer | string>) => {
      if (socket === this.m_socket && typeof event.data !== 'string') this.received(event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.m_socket) return;
      // 4000 and above are the server's own: the session has ended, a message was not understood.
      if (event.code >= 4000) this.m_receiver.refused();
      this.lost();
    };
    this.m_socket = socket;
  }

  subscribe(subscription: Subscription): void {
    this.m_subscription = subscription;
    if (this.m_socket?.readyState === WebSocket.OPEN) this.send();
  }

  /** Tries again at once: the network is back or the person asked. */
  retry(): void {
    if (this.m_socket && this.m_socket.readyState <= WebSocket.OPEN) return;
    this.drop();
    this.m_attempt = 0;
    this.open();
  }

  close(): void {
    clearTimeout(this.m_timer);
    this.drop();
    this.m_receiver.state('closed');
  }

  private opened(socket: WebSocket): void {
    if (socket !== this.m_socket) return;
    this.m_strings = new Strings();
    this.m_sequence = 0;
    this.m_receiver.begin();
    this.send();
    this.watch();
  }

  private send(): void {
    const message = { type: 'subscribe', ...this.m_subscription, since: this.m_cursor };
    this.m_socket?.send(JSON.stringify(message));
  }

  private received(buffer: ArrayBuffer): void {
    this.watch();
    try {
      const head = readHead(buffer);
      if (head.sequence !== this.m_sequence + 1) {
        throw new FrameError(`sequence ${head.sequence} after ${this.m_sequence}`);
      }
      this.m_sequence = head.sequence;
      if (!this.m_opened) {
        this.m_opened = true;
        this.m_attempt = 0;
        this.m_receiver.state('live');
      }
      if (head.kind === FrameKind.strings) this.m_strings.read(buffer, head);
      else this.m_receiver.frame(head, buffer, this.m_strings);
      this.m_cursor = Math.max(this.m_cursor ?? 0, head.cursor);
      if (head.kind === FrameKind.clock) {
        this.m_socket?.send(JSON.stringify({ type: 'pong', sequence: head.sequence }));
      }
    } catch (error) {
      console.error('stream:', error);
      this.drop();
      this.lost();
    }
  }

  private watch(): void {
    clearTimeout(this.m_watchdog);
    this.m_watchdog = setTimeout(() => {
      this.drop();
      this.lost();
    }, kSilenceMs);
  }

  private drop(): void {
    clearTimeout(this.m_watchdog);
    const socket = this.m_socket;
    this.m_socket = null;
    socket?.close();
  }

  private lost(): void {
    clearTimeout(this.m_watchdog);
    this.m_socket = null;
    if (!this.m_opened) this.m_receiver.refused();
    this.m_receiver.state('waiting');
    const wait = Math.min(kLongestWaitMs, 500 * 2 ** this.m_attempt++);
    clearTimeout(this.m_timer);
    this.m_timer = setTimeout(() => this.open(), wait * (0.75 + Math.random() * 0.5));
  }
}
