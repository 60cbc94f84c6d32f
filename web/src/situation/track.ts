// SPDX-License-Identifier: Apache-2.0
// The track of a vessel: rows as received, lines between them coloured by speed, dotted across
// silences, marks at full hours or days, and what lies under the pointer.
import { cogAt, lonAt, latAt, sogAt, timeAt, type PositionFile } from '$/api/positions';
import { clockTime, shortTime, date } from '$/i18n/units';
import { LineBuilder, Leads } from '$/map/lines_layer';
import type { Place } from '$/map/overlay';
import { mercatorX, mercatorY } from '$/stream/fleet';
import { kGapMs, stepAt, type Step } from './behaviour';

export interface TrackRow {
  time: number;
  lat: number;
  lon: number;
  sog: number | null;
  cog: number | null;
}

export interface Gap {
  from: TrackRow;
  to: TrackRow;
}

/** Rows of a track in order of time: those of an answer and what has come with the stream since. */
export class TrackRows {
  readonly x: Float64Array;
  readonly y: Float64Array;
  constructor(
    readonly file: PositionFile,
    readonly newer: readonly TrackRow[] = [],
  ) {
    this.x = new Float64Array(this.size);
    this.y = new Float64Array(this.size);
    for (let i = 0; i < this.size; ++i) {
      const row = i < file.count ? null : newer[i - file.count]!;
      this.x[i] = mercatorX(row ? row.lon : lonAt(file, i));
      this.y[i] = mercatorY(row ? row.lat : latAt(file, i));
    }
  }
  get size(): number {
    return this.file.count + this.newer.length;
  }
  time(i: number): number {
    return i < this.file.count ? timeAt(this.file, i) : this.newer[i - this.file.count]!.time;
  }
  sog(i: number): number | null {
    return i < this.file.count ? sogAt(this.file, i) : this.newer[i - this.file.count]!.sog;
  }
  row(i: number): TrackRow {
    if (i >= this.file.count) return this.newer[i - this.file.count]!;
    return { time: this.time(i), lat: latAt(this.file, i), lon: lonAt(this.file, i), sog: this.sog(i), cog: cogAt(this.file, i) };
  }
  /** Whether a silence follows the row. */
  silent(i: number): boolean {
    return i + 1 < this.size && this.time(i + 1) - this.time(i) > kGapMs;
  }
  get last(): number {
    return this.size > 0 ? this.time(this.size - 1) : -Infinity;
  }
  with(row: TrackRow): TrackRows {
    return new TrackRows(this.file, [...this.newer, row]);
  }
}

export function trackLines(rows: TrackRows, steps: readonly Step[]): LineBuilder {
  const lines = new LineBuilder(Math.max(1, rows.size), rows.size > 0 ? rows.time(0) : 0);
  for (let i = 0; i < rows.size; ++i) {
    const leads = i + 1 === rows.size ? Leads.nowhere : rows.silent(i) ? Leads.gap : Leads.line;
    lines.add(rows.x[i]!, rows.y[i]!, rows.time(i), stepAt(steps, rows.sog(i)), leads);
  }
  return lines;
}

/** Longest first. */
export function gapsOf(rows: TrackRows): Gap[] {
  const out: Gap[] = [];
  for (let i = 0; i + 1 < rows.size; ++i) {
    if (rows.silent(i)) out.push({ from: rows.row(i), to: rows.row(i + 1) });
  }
  const size = (gap: Gap) => gap.to.time - gap.from.time;
  return out.sort((a, b) => size(b) - size(a));
}

/** How long the track is in each step, ms; silences are in none. */
export function timesOf(rows: TrackRows, steps: readonly Step[]): number[] {
  const out = steps.map(() => 0);
  for (let i = 0; i + 1 < rows.size; ++i) {
    const at = stepAt(steps, rows.sog(i));
    if (at < steps.length && !rows.silent(i)) out[at]! += rows.time(i + 1) - rows.time(i);
  }
  return out;
}

const kHour = 3_600_000;
const kDay = 24 * kHour;
/** The authority's midnight is 16:00 UTC. */
const kDayPhase = 8 * kHour;

/** At each full hour, of long tracks at each day or week. */
export function trackMarks(rows: TrackRows): Place[] {
  if (rows.size < 2) return [];
  const span = rows.last - rows.time(0);
  const [period, phase] = span <= 30 * kHour ? [kHour, 0] : [kDay, kDayPhase];
  const marks: Place[] = [];
  for (let i = 1; i < rows.size; ++i) {
    const time = rows.time(i);
    if (Math.floor((time + phase) / period) === Math.floor((rows.time(i - 1) + phase) / period)) continue;
    const text = period === kDay ? date(time).slice(5) : clockTime(time, false);
    marks.push({ x: rows.x[i]!, y: rows.y[i]!, text, kind: 'time', minZoom: 0 });
  }
  return marks;
}

export type TrackHit = { row: TrackRow; gap?: undefined } | { gap: Gap; row?: undefined };

/** The row nearest to a place, or the silence whose dotted line passes it; mercator. */
export function trackAt(rows: TrackRows, x: number, y: number, reach: number): TrackHit | null {
  let best = -1;
  let least = reach * reach;
  for (let i = 0; i < rows.size; ++i) {
    const d = (rows.x[i]! - x) ** 2 + (rows.y[i]! - y) ** 2;
    if (d <= least) [best, least] = [i, d];
  }
  if (best >= 0) return { row: rows.row(best) };
  for (let i = 0; i + 1 < rows.size; ++i) {
    if (rows.silent(i) && toSegment(rows, i, x, y) <= reach) return { gap: { from: rows.row(i), to: rows.row(i + 1) } };
  }
  return null;
}

function toSegment(rows: TrackRows, i: number, x: number, y: number): number {
  const [ax, ay, bx, by] = [rows.x[i]!, rows.y[i]!, rows.x[i + 1]!, rows.y[i + 1]!];
  const [dx, dy] = [bx - ax, by - ay];
  const size = dx * dx + dy * dy;
  const share = size > 0 ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / size)) : 0;
  return Math.hypot(ax + dx * share - x, ay + dy * share - y);
}

export function gapText(gap: Gap): string {
  return `${shortTime(gap.from.time)} – ${shortTime(gap.to.time)}`;
}
