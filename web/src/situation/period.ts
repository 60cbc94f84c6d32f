// SPDX-License-Identifier: Apache-2.0
// A stretch of time in the address: "20240501T040000Z_20240502T040000Z".
export interface Period {
  from: number;
  to: number;
}

const kHour = 3_600_000;
/** Hours before the present that are offered. */
export const periodHours = [1, 6, 24, 72, 168, 720] as const;

function short(time: number): string {
  return new Date(Math.round(time / 1000) * 1000).toISOString().replace(/[-:]/g, '').replace('.000', '');
}
function long(text: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  return match ? Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`) : NaN;
}

export function readPeriod(text: string | null): Period | null {
  const [from, to] = (text ?? '').split('_').map(long);
  return Number.isFinite(from) && Number.isFinite(to) && from! < to! ? { from: from!, to: to! } : null;
}
export function writePeriod(period: Period): string {
  return `${short(period.from)}_${short(period.to)}`;
}
export function lastHours(hours: number, now: number): Period {
  return { from: now - hours * kHour, to: now };
}
