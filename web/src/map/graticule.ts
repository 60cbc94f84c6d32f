// SPDX-License-Identifier: Apache-2.0
// Meridians and parallels in whole degrees or minutes, as on a chart, never decimals.
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

const kStepsMin = [1800, 600, 300, 120, 60, 30, 20, 10, 5, 2, 1];

/** Minutes between lines so that about `count` of them cross a span. */
export function stepMinutes(spanDeg: number, count: number): number {
  const wanted = (spanDeg * 60) / count;
  return [...kStepsMin].reverse().find((step) => step >= wanted) ?? 1800;
}

/** Values in degrees of the lines within [from, to]. */
export function lines(fromDeg: number, toDeg: number, stepMin: number): number[] {
  const out: number[] = [];
  for (let n = Math.ceil((fromDeg * 60) / stepMin); n * stepMin <= toDeg * 60; ++n) out.push((n * stepMin) / 60);
  return out;
}

export function lineLabel(deg: number, positive: string, negative: string): string {
  const wrapped = ((((deg + 180) % 360) + 360) % 360) - 180;
  const minutes = Math.round(Math.abs(wrapped) * 60);
  const side = minutes === 0 || minutes === 10800 ? '' : wrapped < 0 ? negative : positive;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}°${rest ? `${String(rest).padStart(2, '0')}′` : ''}${side}`;
}

/** The longest round number of nautical miles that fits. */
export function scaleBar(widthPx: number, latDeg: number, worldPx: number): { nm: number; px: number } {
  const pxPerNm = worldPx / (21638.8 * Math.cos((latDeg * Math.PI) / 180));
  const most = widthPx / pxPerNm;
  const power = 10 ** Math.floor(Math.log10(most));
  const nm = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
  return { nm, px: nm * pxPerNm };
}
