// SPDX-License-Identifier: Apache-2.0
// Where to write the name of a zone: the middle of its box, or of its largest part.
import { words } from '$/i18n/index.svelte';
import type { Place } from '$/map/overlay';
import { shortName } from '$/state/rules.svelte';
import { mercatorX, mercatorY } from '$/stream/fleet';

export interface ZoneFeature {
  id?: string | number;
  geometry: { [key: string]: unknown };
  properties: { [key: string]: unknown };
}

function boxOf(ring: number[][]): [number, number, number, number] {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon, lat] of ring) {
    west = Math.min(west, lon!);
    east = Math.max(east, lon!);
    south = Math.min(south, lat!);
    north = Math.max(north, lat!);
  }
  return [west, south, east, north];
}

export function outerRings(feature: ZoneFeature): number[][][] {
  const { type, coordinates } = feature.geometry as { type?: string; coordinates?: unknown };
  if (type === 'Polygon') return [(coordinates as number[][][])[0] ?? []];
  if (type === 'MultiPolygon') return (coordinates as number[][][][]).map((polygon) => polygon[0] ?? []);
  return [];
}

export function centreOf(feature: ZoneFeature): [number, number] | null {
  const boxes = outerRings(feature).map(boxOf);
  boxes.sort((a, b) => (b[2] - b[0]) * (b[3] - b[1]) - (a[2] - a[0]) * (a[3] - a[1]));
  const box = boxes[0];
  return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null;
}

/** Places are named; large legal areas are lines that the layer list explains. */
const namedFrom: Record<string, number> = { port: 8, berth: 12.5, anchorage: 9, working: 9, drawn: 8 };

export function placesOf(features: ZoneFeature[], shown: (kind: string) => boolean): Place[] {
  const places: Place[] = [];
  const seen = new Set<string>();
  for (const feature of features) {
    const { kind, name_zh, name_en } = feature.properties as { kind?: string; name_zh?: string; name_en?: string };
    const minZoom = namedFrom[kind ?? ''];
    if (minZoom === undefined || !shown(kind!)) continue;
    const centre = centreOf(feature);
    const text = shortName(words({ zh: name_zh, en: name_en }));
    if (!centre || !text || (seen.has(text) && kind !== 'port')) continue;
    seen.add(text);
    places.push({ x: mercatorX(centre[0]), y: mercatorY(centre[1]), text, kind: kind!, minZoom });
  }
  const rank = (place: Place) => (place.kind === 'port' ? 0 : 1);
  return places.sort((a, b) => rank(a) - rank(b));
}
