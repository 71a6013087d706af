// Events of an app that is sometimes offline: they wait in the app, and are written one by one. See docs/analytics.md.

import type { Auth } from 'firebase/auth';
import type { Firestore } from 'firebase/firestore';
import { collection, doc, runTransaction, serverTimestamp, Timestamp } from 'firebase/firestore';

/** A storage for events that wait, such as `localStorage`. It keeps the events while the app does not run. It may throw. */
export interface EventStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The optional fields of an event; see `AnalyticsEvent`. */
export interface EventDetails {
  value?: number;
  properties?: Record<string, string | boolean | number | null>;
}

/** An event that waits. Its time is in milliseconds since 1970, by the clock of the device. */
export interface WaitingEvent extends EventDetails {
  id: string;
  userId: string;
  name: string;
  occurredAt: number;
}

/** The result of a `send`. */
export interface SendResult {
  /** The number of events that were written. */
  sent: number;
  /** The events that the rules refuse, or that were written before without an answer. They don't wait any more. */
  refused: WaitingEvent[];
  /** The number of the user's events that still wait, because they could not be written now. */
  waiting: number;
}

const KEY = 'stoker-events';

/** The event is at fault, and does not wait any more. */
const REFUSED = ['permission-denied', 'invalid-argument'];

/** Events after this event may be written all the same. It waits, since a database that is shut down fails so, too. */
const PASSED_OVER = ['failed-precondition', 'out-of-range', 'not-found', 'already-exists', 'unimplemented', 'data-loss'];

/**
 * Events that wait until they can be written.
 *
 * Each is written by itself, so that an event that is refused holds up no other. It is written by a transaction: unlike
 * `setDoc`, which waits for a connection, it fails at once while the app is offline. So `sentAt` is the time of the
 * write, and the server can correct the clock of the device by it.
 */
export class EventQueue {
  private sending: Promise<SendResult> | undefined;

  /**
   * @param most How many events wait at most. Beyond that, the oldest is lost.
   */
  constructor(
    private readonly db: Firestore,
    private readonly auth: Auth,
    private readonly storage: EventStorage,
    private readonly most = 1000,
  ) {}

  /**
   * Keep an event of the signed-in user until it is sent. Then call `send`.
   *
   * @returns True if the event is kept. It is not kept without a user, or if the storage is full or blocked.
   */
  record(name: string, details: EventDetails = {}): boolean {
    const userId = this.auth.currentUser?.uid;
    if (userId === undefined) return false;
    const id = doc(collection(this.db, 'analyticsEvents')).id;
    return this.keep([...this.waiting(), { ...details, id, userId, name, occurredAt: Date.now() }].slice(-this.most));
  }

  /** Write the events of the user who is signed in. Call it after `record`, after a sign-in, and when the app is online. */
  send(): Promise<SendResult> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async sendAll(): Promise<SendResult> {
    const result: SendResult = { sent: 0, refused: [], waiting: 0 };
    const tried = new Set<string>();
    for (let event = this.next(tried); event !== undefined; event = this.next(tried)) {
      const { id, userId } = event;
      tried.add(id);
      try {
        await this.write(event);
        result.sent += 1;
      } catch (error) {
        // Not by its class, of which an app's bundle may hold two.
        const { code } = error as { code?: string };
        if (code === undefined) throw error;
        if (PASSED_OVER.includes(code)) continue;
        if (!REFUSED.includes(code)) break;
        // Without the event's user, the rules refuse any event.
        if (this.auth.currentUser?.uid !== userId) break;
        result.refused.push(event);
      }
      this.keep(this.waiting().filter((other) => other.id !== id));
    }
    result.waiting = this.own().length;
    return result;
  }

  private write({ occurredAt, ...event }: WaitingEvent): Promise<void> {
    return runTransaction(
      this.db,
      async (transaction) => {
        transaction.set(doc(this.db, 'analyticsEvents', event.id), {
          ...event,
          occurredAt: Timestamp.fromMillis(occurredAt),
          sentAt: Timestamp.now(),
          createdAt: serverTimestamp(),
          rolledUp: false,
        });
      },
      { maxAttempts: 1 },
    );
  }

  private next(tried: Set<string>): WaitingEvent | undefined {
    return this.own().find((event) => !tried.has(event.id));
  }

  private own(): WaitingEvent[] {
    return this.waiting().filter((event) => event.userId === this.auth.currentUser?.uid);
  }

  private waiting(): WaitingEvent[] {
    try {
      const stored: unknown = JSON.parse(this.storage.getItem(KEY) ?? '[]');
      return Array.isArray(stored) ? stored.filter(isEvent) : [];
    } catch {
      // The storage is blocked, or something else has written into it: there are no events to read.
      return [];
    }
  }

  private keep(events: WaitingEvent[]): boolean {
    const text = JSON.stringify(events);
    try {
      this.storage.setItem(KEY, text);
      return true;
    } catch {
      // The storage is full or blocked. What it had stays; an event that is written twice counts once, by its id.
      return false;
    }
  }
}

function isEvent(stored: unknown): stored is WaitingEvent {
  const { id, userId } = (stored ?? {}) as Partial<WaitingEvent>;
  return typeof id === 'string' && typeof userId === 'string';
}
