// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from 'vitest';

vi.mock('../src/i18n/index.svelte', async () => {
  const { fill } = await import('../src/i18n/format');
  const zh = (await import('../src/i18n/zh.json')).default as Record<string, string>;
  return { language: { now: 'zh' }, t: (key: string, args?: Record<string, string | number>) => fill(zh[key]!, args) };
});

import { ago, bearing, bytes, dateTime, duration, knots, nauticalMiles, parsePosition, parseTyped, position, utc } from '../src/i18n/units';

const kNoon = Date.parse('2024-05-01T04:00:00Z');

test('times are those of Beijing, with UTC beside', () => {
  expect(dateTime(kNoon)).toBe('2024-05-01 12:00:00');
  expect(utc(kNoon)).toBe('2024-05-01 04:00:00 UTC');
  expect(dateTime('2024-04-30T16:00:00.000Z')).toBe('2024-05-01 00:00:00');
  expect(dateTime(null)).toBe('—');
});

test('a typed local time is the same instant again', () => {
  expect(parseTyped('2024-05-01 12:00')).toBe('2024-05-01T04:00:00.000Z');
  for (const text of ['2024-5-1 12', '2024/05/01T12:00:00', '2024年5月1日 12时00分', '2024年5月1日12：00 ']) expect(parseTyped(text), text).toBe('2024-05-01T04:00:00.000Z');
  expect(parseTyped('2024-05-01')).toBe('2024-04-30T16:00:00.000Z');
  for (const text of ['', 'yesterday', '05/01/2024 12:00', '2024-02-30 12:00', '2024-05-01 25:00', '2024-05-01 12:60', '12:00']) expect(parseTyped(text), text).toBe(null);
  expect(parseTyped('2024年2月29日', true)).toBe('2024-02-29');
  for (const text of ['2023-02-29', '2024-05-01 12:00']) expect(parseTyped(text, true), text).toBe(null);
});

test('positions are degrees and minutes that never show 60 minutes', () => {
  expect(position(37.393333, 122.7567)).toBe('37°23.60′N 122°45.40′E');
  expect(position(-0.5, -179.99999999)).toBe('0°30.00′S 180°00.00′W');
  expect(position(undefined, 1)).toBe('—');
});

test('absent is a dash, never a number', () => {
  expect([knots(null), bearing(null), bytes(undefined)]).toEqual(['—', '—', '—']);
  expect([knots(8.26), bearing(7.4), bytes(31_222_111)]).toEqual(['8.3 节', '007°', '31.2 MB']);
});

test('spans are said as people say them', () => {
  expect([duration(59_000), duration(61_000), duration(3_600_000), duration(5_400_000), duration(90_000_000), duration(172_800_000), duration(1_000_000_000)]).toEqual(['59 秒', '1 分钟', '1 小时', '1 小时 30 分', '1 天 1 小时', '2 天', '11 天']);
  expect([ago(kNoon, kNoon + 1000), ago(kNoon, kNoon + 600_000)]).toEqual(['刚刚', '10 分钟前']);
});

test('one minute of latitude is one mile', () => {
  expect(nauticalMiles(37, 122, 37 + 1 / 60, 122)).toBeCloseTo(1, 6);
});

test('a typed position is read as it is written, and nothing else is', () => {
  const near = (text: string, lat: number, lon: number) => {
    const at = parsePosition(text);
    expect(at?.lat, text).toBeCloseTo(lat, 6);
    expect(at?.lon, text).toBeCloseTo(lon, 6);
  };
  near(position(36.869112, 122.621238, 3), 36.869117, 122.621233);
  near("37°15.0'N 122°42.0'E", 37.25, 122.7);
  near('37 15 n，122 42 e', 37.25, 122.7);
  near('37.25N 122.7E', 37.25, 122.7);
  near('5°30′S 0°15′W', -5.5, -0.25);
  near('37.25, 122.7', 37.25, 122.7);
  near('-5.5 -0.25', -5.5, -0.25);
  for (const wrong of ['', '37', '石岛港', '37°61′N 122°42′E', '91 0', '37.25, 222.7', '37 15 E 122 42 N']) expect(parsePosition(wrong), wrong).toBeNull();
});
