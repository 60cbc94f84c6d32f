// SPDX-License-Identifier: Apache-2.0
// The track of a vessel for the map: lines between received positions, dotted across silences, older
// parts fainter, with a mark at each full hour.
import type { TrackPositions } from '$/api/types';
import { clockTime } from '$/i18n/units';
import type { Place } from '$/map/overlay';
import { mercatorX, mercatorY } from '$/stream/fleet';

export interface TrackPicture {
  lines: GeoJSON.FeatureCollection;
  marks: Place[];
}

const kShades = 5;

function line(coordinates: number[][], gap: boolean, strength: number): GeoJSON.Feature {
  return { type: 'Feature', properties: { gap, strength }, geometry: { type: 'LineString', coordinates } };
}

export function trackPicture(track: TrackPositions): TrackPicture {
  const base = Date.parse(track.base_time);
  const { t, lat, lon } = track.columns;
  const gaps = new Set(track.gaps.map((gap) => Date.parse(gap.from)));
  const features: GeoJSON.Feature[] = [];
  const marks: Place[] = [];
  const n = t.length;
  const shade = (i: number) => Math.min(kShades - 1, Math.floor((i / Math.max(1, n)) * kShades));
  const strength = (s: number) => 0.45 + (0.55 * (s + 1)) / kShades;
  let part: number[][] = [];
  let partShade = 0;
  const close = () => {
    if (part.length > 1) features.push(line(part, false, strength(partShade)));
    part = [];
  };
  let hour = -1;
  for (let i = 0; i < n; ++i) {
    const point = [lon[i]!, lat[i]!];
    const time = base + t[i]!;
    if (part.length > 0 && shade(i) !== partShade) {
      part.push(point);
      close();
    }
    if (part.length === 0) partShade = shade(i);
    part.push(point);
    const thisHour = Math.floor(time / 3_600_000);
    if (hour >= 0 && thisHour !== hour) {
      marks.push({ x: mercatorX(point[0]!), y: mercatorY(point[1]!), text: clockTime(time, false), kind: 'time', minZoom: 0 });
    }
    hour = thisHour;
    const next = i + 1 < n ? [lon[i + 1]!, lat[i + 1]!] : null;
    if (next && gaps.has(time)) {
      close();
      features.push(line([point, next], true, 1));
    }
  }
  close();
  return { lines: { type: 'FeatureCollection', features }, marks };
}
