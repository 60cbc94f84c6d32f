// SPDX-License-Identifier: Apache-2.0
// An area that a person drew or typed: corners, longitude first, in the address and as a question.
import { parsePosition, position } from '$/i18n/units';
import { boxRing, kMostCorners, type Ring } from '$/map/drawing';

export type { Ring };

/** "122.4,37.0,122.6,37.2" are two corners of a rectangle, more are those of a polygon. */
export function readRing(text: string | null): Ring | null {
  const numbers = (text ?? '').split(',').map(Number);
  if (!text || numbers.length < 4 || numbers.length % 2 !== 0 || numbers.length > 2 * kMostCorners || !numbers.every(Number.isFinite)) return null;
  const ring: Ring = [];
  for (let i = 0; i < numbers.length; i += 2) ring.push([numbers[i]!, numbers[i + 1]!]);
  if (ring.some(([lon, lat]) => Math.abs(lon) > 180 || Math.abs(lat) > 90)) return null;
  if (ring.length === 2) return isFlat(ring) ? null : boxRing(ring[0]!, ring[1]!);
  return ring;
}

function isFlat(two: Ring): boolean {
  return two[0]![0] === two[1]![0] || two[0]![1] === two[1]![1];
}

export function isBox(ring: Ring): boolean {
  if (ring.length !== 4) return false;
  const box = boxRing(ring[0]!, ring[2]!);
  return ring.every((corner, i) => corner[0] === box[i]![0] && corner[1] === box[i]![1]);
}

export function writeRing(ring: Ring): string {
  const corners = isBox(ring) ? [ring[0]!, ring[2]!] : ring;
  return corners.map(([lon, lat]) => `${round(lon)},${round(lat)}`).join(',');
}

function round(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5;
}
export function rounded(ring: Ring): Ring {
  return ring.map(([lon, lat]) => [round(lon), round(lat)]);
}

export function questionOf(ring: Ring): { polygon: string } | { bbox: string } {
  return isBox(ring) ? { bbox: writeRing(ring) } : { polygon: writeRing(ring) };
}

/** One position a line: two are corners of a rectangle, three or more a polygon. Else the line that is none (from 1), or 0: too few. */
export function typedRing(text: string): Ring | number {
  const lines = text.split('\n').map((line) => line.trim());
  const ring: Ring = [];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const at = parsePosition(line);
    if (!at) return i + 1;
    ring.push([at.lon, at.lat]);
  }
  if (ring.length > kMostCorners || ring.length < 2 || (ring.length === 2 && isFlat(ring))) return 0;
  return ring.length === 2 ? boxRing(ring[0]!, ring[1]!) : ring;
}

export function ringText(ring: Ring): string {
  const corners = isBox(ring) ? [ring[0]!, ring[2]!] : ring;
  return corners.map(([lon, lat]) => position(lat, lon, 3)).join('\n');
}

/** Square nautical miles, on the sphere. */
export function areaNm2(ring: Ring): number {
  const rad = Math.PI / 180;
  let sum = 0;
  ring.forEach(([lon, lat], i) => {
    const [nextLon, nextLat] = ring[(i + 1) % ring.length]!;
    sum += (nextLon - lon) * rad * (2 + Math.sin(lat * rad) + Math.sin(nextLat * rad));
  });
  const kRadiusNm = 3440.065;
  return Math.abs((sum * kRadiusNm * kRadiusNm) / 2);
}

export function areaFeatures(ring: Ring, draft: boolean): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  if (ring.length >= 3) {
    features.push({ type: 'Feature', properties: { draft }, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] } });
  }
  if (ring.length === 2) features.push({ type: 'Feature', properties: { draft }, geometry: { type: 'LineString', coordinates: ring } });
  if (draft) {
    for (const corner of ring) features.push({ type: 'Feature', properties: { draft }, geometry: { type: 'Point', coordinates: corner } });
  }
  return { type: 'FeatureCollection', features };
}
