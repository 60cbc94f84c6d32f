// SPDX-License-Identifier: Apache-2.0
// Numbers, times and positions as an officer reads them: the authority's zone with UTC on hover,
// degrees and minutes, knots, nautical miles. Absent values are a dash, never a number.
import { language, t } from './index.svelte';

/** The authority's zone; named on the clock, so that nobody has to guess. */
export const kZone = 'Asia/Shanghai';
export const kAbsentText = '—';

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: kZone, hourCycle: 'h23',
  year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

export type Time = number | string | null | undefined;

function toMs(time: Time): number | null {
  if (time === null || time === undefined || time === '') return null;
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return Number.isFinite(ms) ? ms : null;
}

function split(ms: number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]));
}

/** 2024-05-01 */
export function date(time: Time): string {
  const ms = toMs(time);
  if (ms === null) return kAbsentText;
  const p = split(ms);
  return `${p.year}-${p.month}-${p.day}`;
}

/** 12:04:31, or 12:04 */
export function clockTime(time: Time, seconds = true): string {
  const ms = toMs(time);
  if (ms === null) return kAbsentText;
  const p = split(ms);
  return seconds ? `${p.hour}:${p.minute}:${p.second}` : `${p.hour}:${p.minute}`;
}

export function dateTime(time: Time, seconds = true): string {
  const ms = toMs(time);
  return ms === null ? kAbsentText : `${date(ms)} ${clockTime(ms, seconds)}`;
}

/** Day and minute without the year, for lists: 05-01 12:04. */
export function shortTime(time: Time): string {
  const ms = toMs(time);
  return ms === null ? kAbsentText : dateTime(ms, false).slice(5);
}

/** For the title of a time: the same instant in UTC. */
export function utc(time: Time): string {
  const ms = toMs(time);
  return ms === null ? '' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return t('time.s', { n: s });
  if (s < 3600) return t('time.min', { n: Math.floor(s / 60) });
  if (s < 86_400) {
    const minutes = Math.floor((s % 3600) / 60);
    const hours = Math.floor(s / 3600);
    return minutes ? t('time.h_min', { h: hours, m: minutes }) : t('time.h', { n: hours });
  }
  const [days, hours] = [Math.floor(s / 86_400), Math.floor((s % 86_400) / 3600)];
  return hours > 0 && days < 10 ? t('time.d_h', { d: days, h: hours }) : t('time.d', { n: integer(days) });
}

export function ago(time: Time, nowMs: number): string {
  const ms = toMs(time);
  if (ms === null) return kAbsentText;
  return nowMs - ms < 5000 ? t('time.just_now') : t('time.ago', { span: duration(nowMs - ms) });
}

function degreesMinutes(value: number, positive: string, negative: string, digits: number): string {
  const scale = 10 ** digits;
  const units = Math.round(Math.abs(value) * 60 * scale);
  const degrees = Math.floor(units / (60 * scale));
  const minutes = ((units % (60 * scale)) / scale).toFixed(digits).padStart(digits + 3, '0');
  return `${degrees}°${minutes}′${value < 0 ? negative : positive}`;
}

/** 37°23.61′N 122°45.40′E */
export function position(lat: number | null | undefined, lon: number | null | undefined, digits = 2): string {
  if (lat === null || lat === undefined || lon === null || lon === undefined) return kAbsentText;
  return `${degreesMinutes(lat, 'N', 'S', digits)} ${degreesMinutes(lon, 'E', 'W', digits)}`;
}

/** "37°15.0'N 122°42.0'E", "37 15.0 N, 122 42.0 E" or "37.25, 122.7"; null when it is none. */
export function parsePosition(text: string): { lat: number; lon: number } | null {
  const plain = text.trim().toUpperCase().replace(/[°′'’,，;]/g, ' ').replace(/\s+/g, ' ');
  const part = '(\\d{1,3}(?:\\.\\d+)?)(?: (\\d{1,2}(?:\\.\\d+)?))? ?';
  const named = new RegExp(`^${part}([NS]) ?${part}([EW])$`).exec(plain);
  const bare = /^(-?\d{1,2}(?:\.\d+)?) (-?\d{1,3}(?:\.\d+)?)$/.exec(plain);
  let lat: number, lon: number;
  if (named) {
    const degrees = (whole: string, minutes: string | undefined) => Number(whole) + Number(minutes ?? 0) / 60;
    if (Number(named[2] ?? 0) >= 60 || Number(named[5] ?? 0) >= 60) return null;
    lat = degrees(named[1]!, named[2]) * (named[3] === 'S' ? -1 : 1);
    lon = degrees(named[4]!, named[5]) * (named[6] === 'W' ? -1 : 1);
  } else if (bare) {
    [lat, lon] = [Number(bare[1]), Number(bare[2])];
  } else {
    return null;
  }
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

export function knots(value: number | null | undefined): string {
  return value === null || value === undefined ? kAbsentText : `${value.toFixed(1)} ${t('unit.kn')}`;
}
/** Units of register definitions as they are written in the language of the screen. */
export function unitText(unit: string): string {
  return unit === 'bft' ? t('unit.bft') : unit === 'GT' ? t('unit.gt') : unit === 'kn' ? t('unit.kn') : unit === 'nm' ? t('unit.nm') : unit;
}
export function bearing(value: number | null | undefined): string {
  return value === null || value === undefined ? kAbsentText : `${Math.round(value % 360).toString().padStart(3, '0')}°`;
}
export function metres(value: number | null | undefined): string {
  if (value === null || value === undefined) return kAbsentText;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} m`;
}
export function integer(value: number | null | undefined): string {
  return value === null || value === undefined ? kAbsentText : value.toLocaleString(language.now === 'zh' ? 'zh-CN' : 'en-GB');
}
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return kAbsentText;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let n = value;
  let i = 0;
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000;
    ++i;
  }
  return `${i === 0 ? n : n.toFixed(n < 10 ? 2 : 1)} ${units[i]}`;
}

/** Nautical miles between two positions on the sphere: for reading, not for judging. */
export function nauticalMiles(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return (2 * Math.asin(Math.min(1, Math.sqrt(a))) * 180 * 60) / Math.PI;
}

/**
 * A time as a person types it, in the authority's zone, as an instant: "2024-05-01 12:00", also with
 * seconds, a T, slashes or Chinese words. With `day` a date alone, given back as 2024-05-01. Null for
 * what is none, or a day or hour that does not exist.
 */
export function parseTyped(text: string, day = false): string | null {
  const plain = text.trim().replace(/[年月/.]/g, '-').replace(/[日T]/g, ' ').replace(/[时点：]/g, ':').replace(/[分秒]/g, (one) => (one === '分' ? ':' : ''))
    .replace(/:\s*$/, '').replace(/\s+/g, ' ').trim();
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?$/.exec(plain);
  if (!match) return null;
  const [year, month, date_] = [match[1]!, match[2]!.padStart(2, '0'), match[3]!.padStart(2, '0')];
  if (day) return match[4] === undefined && exists(`${year}-${month}-${date_}`, '00:00:00') ? `${year}-${month}-${date_}` : null;
  const clock = [match[4] ?? '0', match[5] ?? '0', match[6] ?? '0'].map((one) => one.padStart(2, '0')).join(':');
  const asUtc = exists(`${year}-${month}-${date_}`, clock);
  if (asUtc === null) return null;
  // The zone's offset at that instant, found by asking what it shows there.
  const shown = Date.parse(`${date(asUtc)}T${clockTime(asUtc)}Z`);
  return new Date(asUtc - (shown - asUtc)).toISOString();
}
function exists(day: string, clock: string): number | null {
  const ms = Date.parse(`${day}T${clock}Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(`${day}T${clock}`) ? ms : null;
}
