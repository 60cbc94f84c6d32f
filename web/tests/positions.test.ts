// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { cogAt, headingAt, latAt, readPositions, readRaster, sogAt, timeAt } from '../src/api/positions';
import { behaviourSteps, kGapMs, speedSteps, stepAt } from '../src/situation/behaviour';
import { evenRows, tailLines } from '../src/situation/tails.svelte';
import { gapsOf, timesOf, trackAt, trackLines, trackMarks, TrackRows } from '../src/situation/track';
import { mercatorX, mercatorY } from '../src/stream/fleet';

interface Row {
  ms: number;
  lat: number;
  lon: number;
  sog?: number;
  heading?: number;
}

const kBase = Date.UTC(2024, 4, 1);

/** As the server writes it: docs/format/positions_binary.md. */
function file(rows: Row[], unitMs = 1): ArrayBuffer {
  let text = JSON.stringify({ base_ms: kBase, unit_ms: unitMs, cut: false, tracks: [{ track: 'mmsi:412000001', name: '演练渔0001', kind: 'fishing', begin: 0, count: rows.length }] });
  const encoder = new TextEncoder();
  while (encoder.encode(text).length % 4) text += ' ';
  const head = encoder.encode(text);
  const n = rows.length;
  const out = new ArrayBuffer(16 + head.length + 18 * n);
  const view = new DataView(out);
  new Uint8Array(out).set(encoder.encode('JLP2'));
  view.setUint32(4, head.length, true);
  view.setUint32(8, n, true);
  new Uint8Array(out).set(head, 16);
  const at = 16 + head.length;
  rows.forEach((row, i) => {
    view.setUint32(at + 4 * i, row.ms / unitMs, true);
    view.setInt32(at + 4 * n + 4 * i, Math.round(row.lat * 6e6), true);
    view.setInt32(at + 8 * n + 4 * i, Math.round(row.lon * 6e6), true);
    view.setUint16(at + 12 * n + 2 * i, row.sog === undefined ? 0xffff : Math.round(row.sog * 100), true);
    view.setUint16(at + 14 * n + 2 * i, 0xffff, true);
    view.setUint16(at + 16 * n + 2 * i, row.heading ?? 0xffff, true);
  });
  return out;
}

const minute = 60_000;
const rows = [
  { ms: 0, lat: 37, lon: 122.5, sog: 0.1 },
  { ms: 10 * minute, lat: 37, lon: 122.5, sog: 3 },
  { ms: 20 * minute, lat: 37.01, lon: 122.5, sog: 9, heading: 355 },
  { ms: 20 * minute + kGapMs + 1, lat: 37.1, lon: 122.6 },
  { ms: 80 * minute, lat: 37.11, lon: 122.61, sog: 9 },
];

describe('positions as bytes', () => {
  it('are read as they were written, absent values as null', () => {
    const read = readPositions(file(rows));
    expect(read.count).toBe(5);
    expect(read.tracks[0]!.name).toBe('演练渔0001');
    expect([timeAt(read, 2), latAt(read, 2), sogAt(read, 2), cogAt(read, 2)]).toEqual([kBase + 20 * minute, 37.01, 9, null]);
    expect(sogAt(read, 3)).toBeNull();
    expect([headingAt(read, 2), headingAt(read, 3)]).toEqual([355, null]);
    expect(timeAt(readPositions(file(rows.slice(0, 2), 1000)), 1)).toBe(kBase + 10 * minute);
  });
  it('that are cut short or of another version are refused', () => {
    expect(() => readPositions(file(rows).slice(0, -1))).toThrow(RangeError);
    const other = file(rows);
    new Uint8Array(other)[3] = 0x31;
    expect(() => readPositions(other)).toThrow(RangeError);
    expect(() => readPositions(new ArrayBuffer(0))).toThrow(RangeError);
    expect(() => readRaster(file(rows))).toThrow(RangeError);
  });
});

describe('a track', () => {
  const track = new TrackRows(readPositions(file(rows)));
  it('is in the steps of its speeds', () => {
    expect(stepAt(speedSteps, 0)).toBe(0);
    expect(stepAt(speedSteps, 0.5)).toBe(1);
    expect(stepAt(speedSteps, 99)).toBe(speedSteps.length - 1);
    expect(stepAt(speedSteps, null)).toBe(speedSteps.length);
    // Stopped ten minutes, slow ten; the silence and what has no speed count nowhere.
    expect(timesOf(track, behaviourSteps)).toEqual([10 * minute, 10 * minute, 0]);
  });
  it('names its silences, and they are found under the pointer', () => {
    const gaps = gapsOf(track);
    expect(gaps.map((gap) => gap.from.time)).toEqual([kBase + 20 * minute]);
    const middle = { x: (mercatorX(122.5) + mercatorX(122.6)) / 2, y: (mercatorY(37.01) + mercatorY(37.1)) / 2 };
    expect(trackAt(track, middle.x, middle.y, 1e-6)?.gap?.to.time).toBe(kBase + 20 * minute + kGapMs + 1);
    expect(trackAt(track, mercatorX(122.5), mercatorY(37.01), 1e-6)?.row?.sog).toBe(9);
    expect(trackAt(track, mercatorX(120), mercatorY(37.01), 1e-6)).toBeNull();
  });
  it('has a vertex for each row and a mark at the full hour', () => {
    expect(trackLines(track, speedSteps).count).toBe(5);
    expect(trackMarks(track)).toHaveLength(1);
    expect(track.with({ time: kBase + 90 * minute, lat: 37, lon: 122, sog: 1, cog: null }).size).toBe(6);
  });
});

describe('tails', () => {
  const kTolerance = 1e-8;
  const mercator = (read: ReturnType<typeof readPositions>) => ({
    x: Float64Array.from({ length: read.count }, (_, i) => mercatorX(read.lon[i]! / 6e6)),
    y: Float64Array.from({ length: read.count }, (_, i) => mercatorY(read.lat[i]! / 6e6)),
  });
  /** Where the drawn way is at the time of a row. */
  function farthest(rows: Row[]): { kept: number[]; away: number } {
    const read = readPositions(file(rows));
    const { x, y } = mercator(read);
    const kept = evenRows(read, 0, read.count, x, y, kTolerance);
    let away = 0;
    kept.slice(1).forEach((to, k) => {
      const from = kept[k]!;
      for (let i = from; i <= to; ++i) {
        const share = (read.time[i]! - read.time[from]!) / (read.time[to]! - read.time[from]!);
        away = Math.max(away, Math.abs(x[from]! + (x[to]! - x[from]!) * share - x[i]!), Math.abs(y[from]! + (y[to]! - y[from]!) * share - y[i]!));
      }
    });
    return { kept, away };
  }
  it('leave out what lies on an even way, and nothing else', () => {
    const straight = Array.from({ length: 40 }, (_, i) => ({ ms: i * minute / 2, lat: 37, lon: 122 + i * 0.001 }));
    expect(farthest(straight).kept).toEqual([0, 39]);
    const bend = straight.map((row, i) => (i > 20 ? { ...row, lat: 37 + (i - 20) * 0.001 } : row));
    expect(farthest(bend).kept).toEqual([0, 20, 39]);
    // The same way, but it stopped in between: where it was at a time counts too.
    const stopped = straight.map((row, i) => ({ ...row, lon: 122 + Math.max(0, i - 20) * 0.001 }));
    expect(farthest(stopped).kept).toContain(20);
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 50; ++round) {
      let [lat, lon] = [37, 122];
      const wander = Array.from({ length: 200 }, (_, i) => ({ ms: i * 20_000, lat: (lat += (random() - 0.5) * 2e-5), lon: (lon += random() * 1e-4) }));
      const { kept, away } = farthest(wander);
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBe(199);
      expect(away).toBeLessThanOrEqual(kTolerance * 1.000001);
    }
  });
  it('break at a silence', () => {
    const rows = [0, 1, 2, 40, 41, 42].map((m) => ({ ms: m * minute, lat: 37, lon: 122 + m * 0.001 }));
    expect(farthest(rows).kept).toEqual([0, 2, 3, 5]);
    expect(tailLines(readPositions(file(rows)), kBase, kTolerance).count).toBe(4);
  });
});
