// SPDX-License-Identifier: Apache-2.0
// The one store that the stream feeds: vessels (a Fleet, outside of Svelte's proxies), clock,
// counters and news. Pages listen here; none of them fetches on a timer.
import { api } from '$/api/client';
import type { Clock, Health } from '$/api/types';
import { Connection, type ConnectionState, type Subscription } from '$/stream/connection';
import { Fleet } from '$/stream/fleet';
import {
  FrameKind, readClock, readCounters, readRecords, readRemovals, readSteps,
  type ClockTick, type Head, type RecordNews, type Step, type Strings,
} from '$/stream/frame';
import { record } from './metrics';
import { findSession, session } from './session.svelte';

export const fleet = new Fleet();

export const live = $state({
  connection: 'connecting' as ConnectionState,
  /** The first snapshot is complete. */
  ready: false,
  clock: null as ClockTick | null,
  /** Of the drill, from /clock: paused, ended. */
  detail: null as Clock | null,
  health: null as Health | null,
  counters: new Map<string, number>(),
  /** Grows at most twice a second while vessels change; what counts vessels depends on it. */
  tick: 0,
});

type Told<T> = (news: T) => void;
class Bell<T> {
  private readonly m_told = new Set<Told<T>>();
  /** Returns what ends it. */
  listen(told: Told<T>): () => void {
    this.m_told.add(told);
    return () => this.m_told.delete(told);
  }
  tell(news: T): void {
    for (const told of this.m_told) told(news);
  }
}

export const onSteps = new Bell<Step[]>();
export const onNews = new Bell<RecordNews>();
/** Vessels changed: the map draws again. */
export const onVessels = new Bell<void>();
/** A snapshot is complete, after a start or a break: what was fetched may be old. */
export const onReady = new Bell<void>();

let connection: Connection | null = null;
let subscription: Subscription = { topics: ['vessels', 'findings', 'counters', 'records', 'clock'] };
let snapshot = false;
let tickTimer: ReturnType<typeof setTimeout> | undefined;
/** Script time spent on frames since the map drew last. */
export const spent = { ms: 0 };

function vesselsChanged(): void {
  onVessels.tell();
  tickTimer ??= setTimeout(() => {
    tickTimer = undefined;
    ++live.tick;
  }, 500);
}

function beginSnapshot(): void {
  snapshot = true;
  fleet.beginSnapshot();
}

function complete(): void {
  live.ready = true;
  // The answer to a new viewport on the same connection: nothing was missed.
  if (!snapshot) return;
  snapshot = false;
  fleet.endSnapshot();
  vesselsChanged();
  onReady.tell();
}

function tookCounters(counters: Map<string, number>): void {
  const before = live.counters.get('inputs_silent');
  live.counters = counters;
  if (before !== counters.get('inputs_silent')) void loadHealth();
}

function took(head: Head, buffer: ArrayBuffer, strings: Strings): void {
  switch (head.kind) {
    case FrameKind.vessels: {
      const start = performance.now();
      fleet.apply(buffer, head, strings);
      const ms = performance.now() - start;
      record('frame_vessels', ms);
      spent.ms += ms;
      vesselsChanged();
      break;
    }
    case FrameKind.removals:
      // Leaving the viewport is the client's own wish: the vessel goes from the screen either way.
      for (const { handle } of readRemovals(buffer, head)) fleet.remove(handle);
      vesselsChanged();
      break;
    case FrameKind.steps:
      onSteps.tell(readSteps(buffer, head, strings));
      break;
    case FrameKind.counters:
      tookCounters(readCounters(buffer, head, strings));
      break;
    case FrameKind.clock:
      tookClock(readClock(buffer));
      break;
    case FrameKind.resync:
      beginSnapshot();
      break;
    case FrameKind.records:
      for (const news of readRecords(buffer, head, strings)) onNews.tell(news);
      break;
    case FrameKind.ready:
      complete();
      break;
  }
}

// A clock that stands still or changes its pace: paused, resumed, or the drill has ended.
let standing = false;

function tookClock(tick: ClockTick): void {
  const before = live.clock;
  live.clock = tick;
  if (!before || !tick.drill) return;
  const stands = tick.now === before.now;
  if (stands !== standing || before.speed !== tick.speed) void loadClock();
  standing = stands;
}

export async function loadClock(): Promise<void> {
  try {
    live.detail = await api.get('/clock');
  } catch {
    // The stream goes on; the next change asks again.
  }
}

export async function loadHealth(): Promise<void> {
  try {
    live.health = await api.get('/system/health');
  } catch {
    // As above.
  }
}

export function startStream(): void {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  connection = new Connection(
    `${scheme}://${location.host}/api/v1/stream`,
    {
      state: (state) => (live.connection = state),
      begin: beginSnapshot,
      frame: took,
      refused: () => void findSession(),
    },
    subscription,
  );
  connection.open();
  window.addEventListener('online', retryStream);
  void loadHealth();
  void loadClock();
}

export function stopStream(): void {
  window.removeEventListener('online', retryStream);
  connection?.close();
  connection = null;
  fleet.clear();
  live.ready = false;
}

export function retryStream(): void {
  if (session.state === 'expired') return;
  connection?.retry();
}

export function subscribe(change: Pick<Subscription, 'bbox' | 'filters'>): void {
  subscription = { ...subscription, ...change };
  connection?.subscribe(subscription);
}

/** Now by the clock of the data folder, never by this machine's. */
export function now(): number {
  return live.clock?.now ?? Date.parse(session.now?.server.clock.now ?? '') ?? 0;
}
