// SPDX-License-Identifier: Apache-2.0
// Positions and rasters as bytes (docs/format/positions_binary.md): typed arrays over the answer,
// nothing is copied or parsed but the head.
import type { VesselKind } from './types';

export const kAbsentSpeed = 0xffff;
const kUnitsPerDegree = 6_000_000;

export interface FileTrack {
  track: string;
  name: string;
  kind: VesselKind;
  handle?: number;
  vessel_id?: string;
  begin: number;
  count: number;
}

export interface PositionFile {
  baseMs: number;
  unitMs: number;
  /** There is more than the limit. */
  cut: boolean;
  tracks: FileTrack[];
  count: number;
  time: Uint32Array;
  lat: Int32Array;
  lon: Int32Array;
  /** 0.01 kn; kAbsentSpeed = not given. */
  sog: Uint16Array;
  /** 0.01 degree; 65535 = not given. */
  cog: Uint16Array;
  /** Degrees; 65535 = not given. */
  heading: Uint16Array;
}

export const timeAt = (file: PositionFile, i: number): number => file.baseMs + file.time[i]! * file.unitMs;
export const latAt = (file: PositionFile, i: number): number => file.lat[i]! / kUnitsPerDegree;
export const lonAt = (file: PositionFile, i: number): number => file.lon[i]! / kUnitsPerDegree;
/** Knots. */
export const sogAt = (file: PositionFile, i: number): number | null => (file.sog[i] === kAbsentSpeed ? null : file.sog[i]! / 100);
export const headingAt = (file: PositionFile, i: number): number | null => (file.heading[i] === kAbsentSpeed ? null : file.heading[i]!);
export const cogAt = (file: PositionFile, i: number): number | null => (file.cog[i] === kAbsentSpeed ? null : file.cog[i]! / 100);

function mark(bytes: ArrayBuffer): string {
  return String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength)));
}
function head(bytes: ArrayBuffer, at: number, length: number): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, at, length))) as Record<string, unknown>;
}

/** Throws a RangeError for what is no such file. */
export function readPositions(bytes: ArrayBuffer): PositionFile {
  if (mark(bytes) !== 'JLP2') throw new RangeError('not positions of a known version');
  const view = new DataView(bytes);
  const headSize = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  const start = 16 + headSize;
  if (bytes.byteLength !== start + 18 * count) throw new RangeError('the positions are not whole');
  const said = head(bytes, 16, headSize);
  return {
    baseMs: Number(said.base_ms), unitMs: Number(said.unit_ms), cut: said.cut === true, tracks: said.tracks as FileTrack[], count,
    time: new Uint32Array(bytes, start, count),
    lat: new Int32Array(bytes, start + 4 * count, count),
    lon: new Int32Array(bytes, start + 8 * count, count),
    sog: new Uint16Array(bytes, start + 12 * count, count),
    cog: new Uint16Array(bytes, start + 14 * count, count),
    heading: new Uint16Array(bytes, start + 16 * count, count),
  };
}

export interface RasterFile {
  west: number;
  south: number;
  cellDeg: number;
  width: number;
  height: number;
  positions: number;
  /** In the group that was asked for; null when none was. */
  vessels: number | null;
  /** Row by row from the south, each from the west. */
  counts: Uint32Array;
}

export function readRaster(bytes: ArrayBuffer): RasterFile {
  if (mark(bytes) !== 'JLR1') throw new RangeError('not a raster of a known version');
  const headSize = new DataView(bytes).getUint32(4, true);
  const said = head(bytes, 8, headSize) as { west: number; south: number; cell_deg: number; width: number; height: number; positions: number; vessels?: number };
  const cells = said.width * said.height;
  if (bytes.byteLength !== 8 + headSize + 4 * cells) throw new RangeError('the raster is not whole');
  return {
    west: said.west, south: said.south, cellDeg: said.cell_deg, width: said.width, height: said.height, positions: said.positions, vessels: said.vessels ?? null,
    counts: new Uint32Array(bytes, 8 + headSize, cells),
  };
}
