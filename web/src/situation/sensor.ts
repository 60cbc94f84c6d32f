// SPDX-License-Identifier: Apache-2.0
// Words and numbers of what buoys measure: digits as bulletins have them, wind also in Beaufort
// (WMO-No. 306, table 1100), gaps in a series.
import type { Sensor } from '$/api/types';
import { t, tOr } from '$/i18n/index.svelte';
import { bearing } from '$/i18n/units';
import type { Buoy } from '$/map/buoys';

/** In the order of the panel; the number is how many digits follow the point. */
export const quantityDigits: Record<string, number> = {
  wave_height: 1, wave_height_max: 1, wave_period: 1, wave_direction: 0, wind_speed: 1, wind_gust: 1, wind_direction: 0,
  air_temperature: 1, air_pressure: 1, humidity: 0, visibility: 0, sea_temperature: 1, current_speed: 2, current_direction: 0, water_level: 2,
  salinity: 1, dissolved_oxygen: 1, ph: 2, chlorophyll: 1, turbidity: 1, battery: 1,
};
/** What the chart can show beside a buoy. */
export const labelled = ['wave_height', 'wind_speed', 'sea_temperature', 'air_pressure', 'current_speed', 'dissolved_oxygen'] as const;

/** Lowest speed of force 1, 2, ... in m/s. */
const kBeaufort = [0.3, 1.6, 3.4, 5.5, 8, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7];
export function beaufort(mps: number): number {
  return kBeaufort.filter((from) => mps >= from).length;
}

export const isDirection = (quantity: string) => quantity.endsWith('_direction');
export const quantityName = (quantity: string) => tOr(`quantity.${quantity}`, quantity);
export const unitOf = (unit: string) => (unit === 'degC' ? '℃' : unit === 'deg' ? '°' : unit === 'ug/L' ? 'µg/L' : unit);

export function valueText(quantity: string, value: number, unit: string): string {
  if (isDirection(quantity)) return bearing(value);
  const number = value.toFixed(quantityDigits[quantity] ?? 2);
  return unit ? `${number} ${unitOf(unit)}` : number;
}
/** With the force behind a wind. */
export function fullText(quantity: string, value: number, unit: string): string {
  const text = valueText(quantity, value, unit);
  return quantity === 'wind_speed' || quantity === 'wind_gust' ? `${text} · ${t('sensor.force', { n: beaufort(value) })}` : text;
}

export function sorted(values: Sensor['values']): Sensor['values'] {
  const order = Object.keys(quantityDigits);
  return [...values].sort((a, b) => order.indexOf(a.quantity) - order.indexOf(b.quantity));
}

/** Null: neither declared nor said where it is. */
export function buoyOf(sensor: Sensor, quantity: string, name: string, chosen: boolean, past: boolean): Buoy | null {
  const at = sensor.position ?? sensor.place;
  if (!at) return null;
  const value = sensor.values.find((one) => one.quantity === quantity);
  const text = value && !past ? valueText(quantity, value.value, value.unit) : '';
  const look = sensor.adrift ? 'adrift' : sensor.silent || !sensor.last_seen ? 'silent' : 'sound';
  const state = look === 'adrift' ? t('sensor.adrift') : look === 'silent' ? t('sensor.silent') : '';
  const title = [name, text && `${quantityName(quantity)} ${text}`, state].filter(Boolean).join(' · ');
  return { id: sensor.id, lat: at.lat, lon: at.lon, value: look === 'silent' ? '' : text, title, look, chosen };
}

/** Times in s with a null where nothing came for much longer than usual, so that no line is drawn. */
export function withGaps(t: number[], v: number[], directions: boolean): [number[], (number | null)[]] {
  const steps = t.slice(1).map((time, i) => time - t[i]!).sort((a, b) => a - b);
  const usual = steps[Math.floor(steps.length / 2)] ?? 0;
  const times: number[] = [], values: (number | null)[] = [];
  t.forEach((time, i) => {
    const before = t[i - 1];
    if (before !== undefined && (directions || time - before > usual * 3.5)) {
      times.push((before + time) / 2000);
      values.push(null);
    }
    times.push(time / 1000);
    values.push(v[i]!);
  });
  return [times, values];
}
