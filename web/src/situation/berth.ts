// SPDX-License-Identifier: Apache-2.0
// Who lay at berth in the past. Archived positions carry no berth state, so the entry test of the
// live picture (src/picture/berth) is made here again: slower than 1.5 knots, or without a speed,
// in a polygon of a port or berth or within 30 m of one.
import { outerRings, type ZoneFeature } from './zones';

const kStillKn = 1.5;
const kNearM = 30;
const kMetresPerDegree = 111_195;

interface Basin {
  west: number;
  south: number;
  east: number;
  north: number;
  /** Degrees, longitude first. */
  ring: number[][];
}

export class Berths {
  private readonly m_basins: Basin[] = [];

  constructor(features: readonly ZoneFeature[]) {
    for (const feature of features) {
      const kind = feature.properties.kind;
      if (kind !== 'berth' && kind !== 'port') continue;
      for (const ring of outerRings(feature)) {
        if (ring.length < 3) continue;
        const lons = ring.map((point) => point[0]!);
        const lats = ring.map((point) => point[1]!);
        this.m_basins.push({ west: Math.min(...lons), east: Math.max(...lons), south: Math.min(...lats), north: Math.max(...lats), ring });
      }
    }
  }

  /** Whether a vessel with this position and speed lies at berth. */
  lies(lat: number, lon: number, sogKn: number | null): boolean {
    if (sogKn !== null && sogKn >= kStillKn) return false;
    const dLat = kNearM / kMetresPerDegree;
    const dLon = dLat / Math.cos((lat * Math.PI) / 180);
    return this.m_basins.some(
      (basin) =>
        lon >= basin.west - dLon && lon <= basin.east + dLon && lat >= basin.south - dLat && lat <= basin.north + dLat &&
        (inside(basin.ring, lat, lon) || nearEdge(basin.ring, lat, lon)),
    );
  }
}

function inside(ring: number[][], lat: number, lon: number): boolean {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[i] as [number, number];
    const [x2, y2] = ring[j] as [number, number];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) odd = !odd;
  }
  return odd;
}

/** On a plane about the position, which is exact enough for thirty metres. */
function nearEdge(ring: number[][], lat: number, lon: number): boolean {
  const scale = Math.cos((lat * Math.PI) / 180);
  const plane = ([x, y]: number[]): [number, number] => [(x! - lon) * scale * kMetresPerDegree, (y! - lat) * kMetresPerDegree];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = plane(ring[j]!);
    const [x2, y2] = plane(ring[i]!);
    const [dx, dy] = [x2 - x1, y2 - y1];
    const length2 = dx * dx + dy * dy;
    const along = length2 === 0 ? 0 : Math.max(0, Math.min(1, -(x1 * dx + y1 * dy) / length2));
    if (Math.hypot(x1 + along * dx, y1 + along * dy) <= kNearM) return true;
  }
  return false;
}
