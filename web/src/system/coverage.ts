// SPDX-License-Identifier: Apache-2.0
// Cells of one station as a grid of classes for the chart: how often each was heard, or whether it
// is heard now. A grid over a whole ocean would not fit a texture: it is cut to the densest part.
import type { StationCoverage } from '$/api/types';
import { densityBounds, densityColours, spread } from '$/map/density_scale';
import type { Grid } from '$/map/density_layer';
import type { Theme } from '$/state/settings.svelte';

export type CoverageShow = 'count' | 'now';
/** Classes of the picture of now; 1 = heard within the hour. */
export const nowClasses = ['heard', 'silent', 'seldom'] as const;

const nowColours: Record<Theme, string[]> = {
  day: ['#2a8f7c', '#d97a17', '#b9c6d0'],
  night: ['#37b89e', '#e8963c', '#3f5568'],
};
const kMostAcross = 2048;

export interface CoverageGrid {
  grid: Grid;
  colours: string[];
  /** Of the counts; empty for the picture of now. */
  bounds: number[];
}

export function nowClassOf(coverage: StationCoverage, i: number): number {
  if (coverage.cells.silent[i]) return 2;
  return coverage.cells.age_s[i]! <= 3600 ? 1 : 3;
}

export function coverageGrid(coverage: StationCoverage, show: CoverageShow, theme: Theme): CoverageGrid | null {
  const { west, south, count } = coverage.cells;
  if (west.length === 0) return null;
  const deg = coverage.cell_deg;
  const column = west.map((one) => Math.round(one / deg));
  const row = south.map((one) => Math.round(one / deg));
  const [left, width] = window1(column);
  const [bottom, height] = window1(row);
  const bounds = show === 'count' ? densityBounds(Uint32Array.from(count)) : [];
  const classes = new Uint8Array(width * height);
  for (let i = 0; i < west.length; ++i) {
    const [x, y] = [column[i]! - left, row[i]! - bottom];
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    classes[y * width + x] = show === 'now' ? nowClassOf(coverage, i) : classOf(count[i]!, bounds);
  }
  const colours = show === 'now' ? nowColours[theme] : spread(densityColours[theme], bounds.length);
  return { grid: { west: left * deg, south: bottom * deg, cellDeg: deg, width, height, classes }, colours, bounds };
}

function classOf(count: number, bounds: number[]): number {
  let at = 0;
  while (at < bounds.length && count >= bounds[at]!) ++at;
  return at;
}

/** First and number of lines; around the middle one when there are too many. */
function window1(lines: number[]): [number, number] {
  const sorted = [...lines].sort((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  if (last - first < kMostAcross) return [first, last - first + 1];
  return [sorted[sorted.length >> 1]! - (kMostAcross >> 1), kMostAcross];
}

/** The cell that holds a place; -1 when nothing was heard there. */
export function cellAt(coverage: StationCoverage, lat: number, lon: number): number {
  const deg = coverage.cell_deg;
  const [x, y] = [Math.floor(lon / deg), Math.floor(lat / deg)];
  const { west, south } = coverage.cells;
  return west.findIndex((one, i) => Math.round(one / deg) === x && Math.round(south[i]! / deg) === y);
}
