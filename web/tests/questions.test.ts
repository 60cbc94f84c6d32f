// SPDX-License-Identifier: Apache-2.0
// Areas, periods and density classes, there and back.
import { describe, expect, it } from 'vitest';
import type { RasterFile } from '../src/api/positions';
import { boxRing } from '../src/map/drawing';
import { densityBounds, densityGrid, spread } from '../src/map/density_scale';
import { areaNm2, isBox, questionOf, readRing, ringText, rounded, typedRing, writeRing, type Ring } from '../src/situation/area';
import { lastHours, readPeriod, writePeriod } from '../src/situation/period';

describe('an area', () => {
  const box = boxRing([122.6, 37.2], [122.4, 37]);
  const triangle: Ring = [[122.4, 37], [122.6, 37], [122.5, 37.2]];
  it('is in the address as two corners or as all of them', () => {
    expect(writeRing(box)).toBe('122.4,37,122.6,37.2');
    expect(readRing(writeRing(box))).toEqual(box);
    expect(readRing(writeRing(triangle))).toEqual(triangle);
    expect(questionOf(box)).toEqual({ bbox: '122.4,37,122.6,37.2' });
    expect(questionOf(triangle)).toHaveProperty('polygon');
    expect(isBox(triangle)).toBe(false);
    expect(rounded([[122.1234567, 37.7654321]])).toEqual([[122.12346, 37.76543]]);
    for (const text of [null, '', '1,2', '1,2,3', '122,37,122,38', 'a,b,c,d', '190,0,191,1', Array(300).fill('1').join(',')]) expect(readRing(text), String(text)).toBeNull();
  });
  it('can be typed: two positions a rectangle, more a polygon, and the bad line is named', () => {
    expect(typedRing("37°00.0′N 122°24.0′E\n\n37.2, 122.6")).toEqual(box);
    expect(typedRing(ringText(triangle))).toEqual(triangle);
    expect(typedRing('37.0, 122.4\nsomewhere')).toBe(2);
    expect(typedRing('37.0, 122.4')).toBe(0);
    expect(typedRing('37.0, 122.4\n37.0, 122.6')).toBe(0);
  });
  it('has a size', () => {
    const minute: Ring = boxRing([122, 0], [122 + 1 / 60, 1 / 60]);
    expect(areaNm2(minute)).toBeCloseTo(1, 2);
    expect(areaNm2([...minute].reverse())).toBeCloseTo(1, 2);
  });
});

describe('a period', () => {
  it('comes back from the address', () => {
    const period = lastHours(24, Date.UTC(2024, 4, 2, 4));
    expect(writePeriod(period)).toBe('20240501T040000Z_20240502T040000Z');
    expect(readPeriod(writePeriod(period))).toEqual(period);
    for (const text of [null, '', 'x_y', '20240502T040000Z_20240501T040000Z', '20240501T040000Z']) expect(readPeriod(text), String(text)).toBeNull();
  });
});

describe('density classes', () => {
  const raster = (counts: number[]): RasterFile => ({ west: 0, south: 0, cellDeg: 1, width: counts.length, height: 1, positions: 0, vessels: null, counts: Uint32Array.from(counts) });
  it('grow, begin at one, and every cell with a position is in one', () => {
    const counts = Array.from({ length: 2000 }, (_, i) => Math.floor(1.004 ** i));
    const bounds = densityBounds(Uint32Array.from(counts));
    expect(bounds[0]).toBe(1);
    expect(bounds).toHaveLength(6);
    bounds.slice(1).forEach((bound, i) => expect(bound).toBeGreaterThan(bounds[i]!));
    const { classes } = densityGrid(raster([0, ...counts]), bounds);
    expect(classes[0]).toBe(0);
    expect(Math.min(...classes.slice(1))).toBe(1);
    expect(Math.max(...classes)).toBe(6);
  });
  it('are fewer where there is little, none where there is nothing', () => {
    expect(densityBounds(Uint32Array.from([0, 0]))).toEqual([]);
    expect(densityBounds(Uint32Array.from([0, 1, 1]))).toEqual([1]);
    expect(spread(['a', 'b', 'c'], 1)).toEqual(['b']);
    expect(spread(['a', 'b', 'c'], 2)).toEqual(['a', 'c']);
  });
});
