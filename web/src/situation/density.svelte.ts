// SPDX-License-Identifier: Apache-2.0
// Density of traffic: a raster of positions of a period and of kinds of vessels over the view. The
// period is asked in slices, which add up: the picture grows while it loads, and what is loading
// can be stopped.
import { api } from '$/api/client';
import { readRaster, type RasterFile } from '$/api/positions';
import type { VesselKind } from '$/api/types';
import type { Box } from '$/map/graticule';
import { densityBounds } from '$/map/density_scale';
import type { Period } from './period';
import { writeVesselSet, type VesselSet } from './vessel_set';

const kHour = 3_600_000;
const kSliceMs = 24 * kHour;
const kMostSlices = 31;
const kCellsAcross = 420;
const kCells = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];

export interface DensityWish {
  box: Box;
  period: Period;
  /** Empty: all. */
  kinds: VesselKind[];
  /** Only these of the register. */
  of: VesselSet | null;
}

export class Density {
  raster = $state.raw<RasterFile | null>(null);
  bounds = $state.raw<number[]>([]);
  loading = $state(false);
  /** Share of the period that has come. */
  progress = $state(0);
  /** Stopped by the person: the raster holds only a part of the period. */
  partial = $state(false);
  error = $state<unknown>(null);

  private m_abort: AbortController | null = null;
  private m_shown: DensityWish | null = null;

  /** Nothing is asked again when the raster that is there serves. */
  async show(wish: DensityWish): Promise<void> {
    if (this.m_shown && this.serves(wish)) return;
    await this.load(wish);
  }

  private serves(wish: DensityWish): boolean {
    const shown = this.m_shown!;
    const same = shown.period.from === wish.period.from && shown.period.to === wish.period.to && shown.kinds.join() === wish.kinds.join() && writeVesselSet(shown.of) === writeVesselSet(wish.of);
    const inside = wish.box.west >= shown.box.west && wish.box.east <= shown.box.east && wish.box.south >= shown.box.south && wish.box.north <= shown.box.north;
    const close = (wish.box.east - wish.box.west) * 4 > shown.box.east - shown.box.west;
    return same && inside && close;
  }

  async load(wish: DensityWish): Promise<void> {
    this.m_abort?.abort();
    const abort = (this.m_abort = new AbortController());
    const box = around(wish.box);
    this.m_shown = { ...wish, box };
    this.loading = true;
    this.partial = false;
    this.error = null;
    this.progress = 0;
    const { from, to } = wish.period;
    const slices = Math.max(1, Math.min(kMostSlices, Math.ceil((to - from) / kSliceMs)));
    let sum: RasterFile | null = null;
    try {
      for (let i = 0; i < slices; ++i) {
        const part = await this.slice(wish, box, from + ((to - from) * i) / slices, from + ((to - from) * (i + 1)) / slices, abort.signal);
        if (abort.signal.aborted) return;
        sum = sum ? added(sum, part) : part;
        this.raster = sum;
        this.bounds = densityBounds(sum.counts);
        this.progress = (i + 1) / slices;
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
      this.m_shown = null;
      this.partial = sum !== null;
    } finally {
      if (!abort.signal.aborted) this.loading = false;
    }
  }

  private async slice(wish: DensityWish, box: Box, from: number, to: number, signal: AbortSignal): Promise<RasterFile> {
    const wide = wish.box.east - wish.box.west;
    const cell = kCells.find((one) => wide / one <= kCellsAcross) ?? kCells.at(-1)!;
    // On the lines of the cells, so that the grid does not move with the map.
    const edges = [Math.floor(box.west / cell) * cell, Math.floor(box.south / cell) * cell, Math.ceil(box.east / cell) * cell, Math.ceil(box.north / cell) * cell];
    const limits = [-180, -90, 180, 90];
    return readRaster(
      await api.bytes('/archive/raster', {
        query: {
          bbox: edges.map((edge, i) => (i < 2 ? Math.max(limits[i]!, edge) : Math.min(limits[i]!, edge)).toFixed(5)).join(','),
          from: new Date(Math.round(from)).toISOString(), to: new Date(Math.round(to)).toISOString(),
          cell, kind: wish.kinds.join(',') || undefined, format: 'binary',
          ...(wish.of ? { [wish.of.by]: wish.of.value } : {}),
        },
        signal,
      }),
    );
  }

  /** Keeps what has come. */
  stop(): void {
    if (!this.loading) return;
    this.m_abort?.abort();
    this.loading = false;
    this.partial = true;
  }

  clear(): void {
    this.m_abort?.abort();
    this.m_shown = null;
    this.raster = null;
    this.bounds = [];
    this.loading = this.partial = false;
    this.error = null;
  }
}

function added(a: RasterFile, b: RasterFile): RasterFile {
  const counts = new Uint32Array(a.counts.length);
  for (let i = 0; i < counts.length; ++i) counts[i] = a.counts[i]! + b.counts[i]!;
  return { ...a, counts, positions: a.positions + b.positions };
}

/** The view and a quarter of it on each side. */
function around(box: Box): Box {
  const [dx, dy] = [(box.east - box.west) / 4, (box.north - box.south) / 4];
  return {
    west: Math.max(-180, box.west - dx), east: Math.min(180, box.east + dx),
    south: Math.max(-90, box.south - dy), north: Math.min(90, box.north + dy),
  };
}
