// SPDX-License-Identifier: Apache-2.0
// Classes of a density raster: bounds that grow by a constant factor, so that a lane and a lonely
// track are both seen; six colours from little to much, darker by day, lighter by night, none red.
import type { RasterFile } from '$/api/positions';
import type { Theme } from '$/state/settings.svelte';
import { kDensityClasses, type Grid } from './density_layer';

export const densityColours: Record<Theme, string[]> = {
  day: ['#f6e8a0', '#b5dc8c', '#5dbf9a', '#1f93a8', '#215f9c', '#2a2466'],
  night: ['#1c4468', '#1e6b8c', '#249a98', '#5cc283', '#b5df62', '#fbf3a2'],
};

/** The least count of each class; fewer classes when the counts are small. */
export function densityBounds(counts: Uint32Array): number[] {
  const most = quantile(counts, 0.999);
  if (most === 0) return [];
  const bounds = [1];
  for (let i = 1; i < kDensityClasses; ++i) {
    const next = nice(most ** (i / kDensityClasses));
    if (next > bounds.at(-1)!) bounds.push(next);
  }
  return bounds;
}

/** Of the cells that hold anything: a berth with a hundred times the rest must not flatten it. */
function quantile(counts: Uint32Array, share: number): number {
  const held = counts.filter((count) => count > 0).sort();
  return held.length === 0 ? 0 : held[Math.min(held.length - 1, Math.floor(held.length * share))]!;
}

function nice(value: number): number {
  if (value < 10) return Math.round(value);
  const unit = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 5, 7, 10].reduce((a, b) => (Math.abs(b - value / unit) < Math.abs(a - value / unit) ? b : a));
  return Math.round(step * unit);
}

/** Colours of as many classes as there are, over the whole range. */
export function spread(colours: string[], classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => colours[classes === 1 ? colours.length - 2 : Math.round((i * (colours.length - 1)) / (classes - 1))]!);
}

export function densityGrid(raster: RasterFile, bounds: number[]): Grid {
  const classes = new Uint8Array(raster.counts.length);
  for (let i = 0; i < classes.length; ++i) {
    const count = raster.counts[i]!;
    let at = 0;
    while (at < bounds.length && count >= bounds[at]!) ++at;
    classes[i] = at;
  }
  return { west: raster.west, south: raster.south, cellDeg: raster.cellDeg, width: raster.width, height: raster.height, classes };
}
