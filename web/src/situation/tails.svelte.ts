// SPDX-License-Identifier: Apache-2.0
// Tails: the last hours of every vessel in view behind its symbol, as received. Stretches of time
// are asked once for an area around the view and kept; what is drawn at an instant is decided in
// the shader, so that scrubbing inside of them asks nothing. Bounded: longer tails and more vessels
// are thinned, and what is far from the instant is forgotten.
import { api } from '$/api/client';
import { latAt, lonAt, readPositions, timeAt, type PositionFile } from '$/api/positions';
import type { Box } from '$/map/graticule';
import { kindNumber } from '$/map/kinds';
import { LineBuilder, Leads, type LinesLayer } from '$/map/lines_layer';
import { mercatorX, mercatorY } from '$/stream/fleet';
import { kGapMs } from './behaviour';

/** Hours; 0 = none. */
export const tailHours = [0, 1, 3, 12, 24] as const;
export type TailHours = (typeof tailHours)[number];

const kHour = 3_600_000;
/** Rows of one tail of all vessels in view. */
const kRows = 250_000;
const kMostRows = 400_000;
/** Rows held at most, of all stretches. */
const kHeld = 1_200_000;
/** Of a live picture that is looked at for long; then they are asked anew as few large ones. */
const kMostStretches = 360;
const kRetryMs = 5000;

export interface TailWish {
  box: Box;
  /** Instant at which the tails end. */
  time: number;
  /** How much after it is wanted soon, ms. */
  ahead: number;
  /** What the archive can hold ends here. */
  present: number;
  /** In view. */
  vessels: number;
  widthPx: number;
}

interface Stretch {
  from: number;
  to: number;
  rows: number;
}

export class Tails {
  hours = $state<TailHours>(0);
  loading = $state(false);
  /** The server had more than could be taken: the tails are not whole. */
  cut = $state(false);
  error = $state<unknown>(null);

  private m_held: Stretch[] = [];
  /** Names of what the layer draws. */
  private m_drawn = new Set<string>();
  /** Drawn until what replaces it is whole: it would blink else. */
  private m_stale = new Set<string>();
  private m_pending = new Map<string, LineBuilder>();
  private m_round = 0;
  private m_box: Box | null = null;
  private m_thinS = 0;
  private m_tolerance = 0;
  private m_abort: AbortController | null = null;
  private m_wanted: TailWish | null = null;
  private m_retryAt = 0;

  constructor(private readonly m_layer: () => LinesLayer | null) {}

  /** Rows that are drawn from. */
  get rows(): number {
    return this.m_held.reduce((sum, one) => sum + one.rows, 0);
  }

  /** Shows the tails that end at an instant; what is missing of them is fetched. */
  show(wish: TailWish): void {
    const layer = this.m_layer();
    if (!layer) return;
    layer.tailS = this.hours * 3600;
    layer.nowMs = wish.time;
    if (this.hours === 0) {
      if (this.m_box) this.clear();
      return;
    }
    this.m_wanted = wish;
    if (!this.loading && performance.now() >= this.m_retryAt) void this.fill();
  }

  clear(): void {
    this.m_abort?.abort();
    this.m_wanted = null;
    this.m_held = [];
    this.m_drawn.clear();
    this.m_stale.clear();
    this.m_pending.clear();
    this.m_box = null;
    this.m_layer()?.clear();
    this.cut = false;
    this.error = null;
  }

  /** Fetches until the newest wish is met. */
  private async fill(): Promise<void> {
    this.loading = true;
    try {
      for (let next = this.missing(); next; next = this.missing()) await this.fetch(next);
      this.exchange();
      this.error = null;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.error = error;
      this.m_wanted = null;
      this.m_retryAt = performance.now() + kRetryMs;
    } finally {
      this.loading = false;
    }
  }

  /** The first stretch that is not held; null when there is none. */
  private missing(): { from: number; to: number } | null {
    const wanted = this.m_wanted;
    if (!wanted) return null;
    const thin = this.thinFor(wanted.vessels);
    const many = this.m_held.length > kMostStretches;
    // Looked at more closely than it was made for.
    const near = this.m_box !== null && (wanted.box.east - wanted.box.west) * 6 < this.m_box.east - this.m_box.west;
    if (!this.m_box || many || near || !inside(wanted.box, this.m_box) || thin > this.m_thinS * 2 || thin * 2 < this.m_thinS) {
      this.m_held = [];
      for (const name of this.m_drawn) this.m_stale.add(name);
      this.m_pending.clear();
      ++this.m_round;
      this.m_box = around(wanted.box);
      this.m_thinS = thin;
      this.m_tolerance = (kTolerancePx * (wanted.box.east - wanted.box.west)) / 360 / Math.max(200, wanted.widthPx);
    }
    let from = wanted.time - this.hours * kHour;
    for (const one of this.m_held) {
      if (one.from <= from && from < one.to) from = one.to;
    }
    if (from >= Math.min(wanted.time + wanted.ahead, wanted.present)) return null;
    const next = this.m_held.find((one) => one.from > from);
    const most = from + Math.max(kHour, (this.hours * kHour) / 2);
    return { from, to: Math.min(most, next ? next.from : most) };
  }

  /** Seconds between two rows of a vessel. */
  private thinFor(vessels: number): number {
    return Math.max(10, Math.ceil((Math.max(100, vessels) * this.hours * 3600) / kRows));
  }

  private async fetch(stretch: { from: number; to: number }): Promise<void> {
    this.m_abort = new AbortController();
    const box = this.m_box!;
    const present = this.m_wanted!.present;
    // A step earlier, so that the line goes on from the stretch before.
    const begin = stretch.from - this.m_thinS * 2000;
    const file = readPositions(
      await api.bytes('/archive/positions', {
        query: {
          bbox: [box.west, box.south, box.east, box.north].map((value) => value.toFixed(4)).join(','),
          from: new Date(begin).toISOString(), to: new Date(stretch.to).toISOString(),
          thin_s: this.m_thinS, limit: kMostRows, format: 'binary',
        },
        signal: this.m_abort.signal,
      }),
    );
    if (this.m_box !== box) return;
    this.cut = file.cut;
    // What the archive does not hold yet is asked again: a stretch ends with the present at most.
    const to = Math.max(stretch.from + 1, Math.min(stretch.to, present));
    this.put(stretch.from, tailLines(file, stretch.from, this.m_tolerance));
    this.m_held.push({ from: stretch.from, to, rows: file.count });
    this.m_held.sort((a, b) => a.from - b.from);
    this.forget();
  }

  private put(from: number, lines: LineBuilder | null): void {
    const name = `${this.m_round}:${from}`;
    if (this.m_stale.size > 0) {
      if (lines) this.m_pending.set(name, lines);
      else this.m_pending.delete(name);
      return;
    }
    this.m_layer()?.set(name, lines);
    if (lines) this.m_drawn.add(name);
    else this.m_drawn.delete(name);
  }
  /** All that was wanted is there: what was drawn before goes, in the same frame. */
  private exchange(): void {
    if (this.m_stale.size === 0 || !this.m_wanted) return;
    const layer = this.m_layer();
    for (const name of this.m_stale) layer?.set(name, null);
    for (const [name, lines] of this.m_pending) layer?.set(name, lines);
    this.m_drawn = new Set(this.m_pending.keys());
    this.m_stale.clear();
    this.m_pending.clear();
  }

  private forget(): void {
    const at = this.m_wanted?.time ?? 0;
    const far = (one: Stretch) => (one.to < at - this.hours * kHour ? at - one.to : one.from > at ? one.from - at : 0);
    while (this.rows > kHeld) {
      const worst = this.m_held.reduce((a, b) => (far(b) > far(a) ? b : a));
      if (far(worst) === 0) return;
      this.m_held = this.m_held.filter((one) => one !== worst);
      this.put(worst.from, null);
    }
  }
}

/** Rows left out between two that are drawn. */
const kMostSkipped = 48;
/** Of the screen when it was asked, CSS pixels: how far what is drawn may lie from what was received. */
const kTolerancePx = 0.6;

/**
 * Rows of one track without those that lie where the straight, even way between their neighbours
 * puts them at their time. `mx`, `my`: mercator of the rows from `begin` on.
 */
export function evenRows(file: PositionFile, begin: number, end: number, mx: Float64Array, my: Float64Array, tolerance: number): number[] {
  const kept = [begin];
  let anchor = begin;
  for (let next = begin + 2; next < end; ++next) {
    const silent = timeAt(file, next) - timeAt(file, next - 1) > kGapMs || timeAt(file, next - 1) - timeAt(file, anchor) > kGapMs;
    if (!silent && next - anchor <= kMostSkipped && isEven(file, anchor, next, begin, mx, my, tolerance)) continue;
    anchor = next - 1;
    kept.push(anchor);
  }
  if (end - 1 > anchor) kept.push(end - 1);
  return kept;
}

function isEven(file: PositionFile, from: number, to: number, begin: number, mx: Float64Array, my: Float64Array, tolerance: number): boolean {
  const [ax, ay, bx, by] = [mx[from - begin]!, my[from - begin]!, mx[to - begin]!, my[to - begin]!];
  const start = file.time[from]!;
  const span = Math.max(1, file.time[to]! - start);
  for (let i = from + 1; i < to; ++i) {
    const share = (file.time[i]! - start) / span;
    if (Math.abs(ax + (bx - ax) * share - mx[i - begin]!) > tolerance || Math.abs(ay + (by - ay) * share - my[i - begin]!) > tolerance) return false;
  }
  return true;
}

/** Segments that end before `from` belong to the stretch before. `tolerance`: mercator. */
export function tailLines(file: PositionFile, from: number, tolerance: number): LineBuilder {
  const lines = new LineBuilder(Math.max(1, file.count), from);
  for (const track of file.tracks) {
    const kind = kindNumber(track.kind);
    const end = track.begin + track.count;
    const mx = new Float64Array(track.count);
    const my = new Float64Array(track.count);
    for (let i = track.begin; i < end; ++i) {
      mx[i - track.begin] = mercatorX(lonAt(file, i));
      my[i - track.begin] = mercatorY(latAt(file, i));
    }
    const kept = evenRows(file, track.begin, end, mx, my, tolerance);
    kept.forEach((row, at) => {
      const time = timeAt(file, row);
      const next = kept[at + 1];
      const after = next === undefined ? null : timeAt(file, next);
      const on = after !== null && after >= from && (next! > row + 1 || after - time <= kGapMs);
      lines.add(mx[row - track.begin]!, my[row - track.begin]!, time, kind, !on ? Leads.nowhere : next! > row + 1 ? Leads.even : Leads.line);
    });
  }
  return lines;
}

function inside(a: Box, b: Box): boolean {
  return a.west >= b.west && a.east <= b.east && a.south >= b.south && a.north <= b.north;
}
/** The view and half of it on each side. */
function around(box: Box): Box {
  const [dx, dy] = [(box.east - box.west) / 2, (box.north - box.south) / 2];
  return {
    west: Math.max(-180, box.west - dx), east: Math.min(180, box.east + dx),
    south: Math.max(-90, box.south - dy), north: Math.min(90, box.north + dy),
  };
}
