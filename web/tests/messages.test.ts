// SPDX-License-Identifier: Apache-2.0
// Messages of a vessel: octets in GBK, both lists as one, values of binary messages by name.
import { describe, expect, it } from 'vitest';
import type { BoatMessage, Message } from '../src/api/types';
import { language } from '../src/i18n/index.svelte';
import { applicationTitle, linesOf, octetsOf, shownValues, valuesOf } from '../src/situation/messages';

const said = (id: number, time: string, more: Partial<Message> = {}): Message => ({ id, kind: 'safety', time, arrival: time, from: { terminal: 'mmsi:412000001' }, offset: id, text: 'x', ...more });
const written = (id: number, at: string): BoatMessage => ({ id, terminal: 'beidou:1', text: 'y', by: 'duty', at, until: at, state: 'sent', changed: at });

describe('messages', () => {
  it('count octets as a card does', () => {
    expect(octetsOf('')).toBe(0);
    expect(octetsOf('SOS 1')).toBe(5);
    expect(octetsOf('立即返港')).toBe(8);
    expect(octetsOf('返港!')).toBe(5);
  });
  it('stand in one list, newest first', () => {
    const lines = linesOf([said(2, '2024-05-01T04:02:00Z'), said(1, '2024-05-01T04:00:00Z')], [written(9, '2024-05-01T04:01:00Z')]);
    expect(lines.map((line) => line.key)).toEqual(['s2', 'w9', 's1']);
    expect(lines[1]!.written?.state).toBe('sent');
  });
  it('of a table are named in the language of the screen, others by their numbers', () => {
    const weather = said(1, '2024-05-01T04:00:00Z', { kind: 'application', dac: 1, fi: 31, application: { id: 'w', title: { zh: '气象水文数据', en: 'Weather' }, data: {} } });
    language.now = 'zh';
    expect(applicationTitle(weather)).toBe('气象水文数据');
    language.now = 'en';
    expect(applicationTitle(weather)).toBe('Weather');
    expect(applicationTitle(said(1, '2024-05-01T04:00:00Z', { kind: 'application', dac: 999, fi: 9 }))).toContain('999/9');
  });
  it('show each value of groups with its number', () => {
    language.now = 'en';
    const values = valuesOf({ average_wind_speed: 12, ice: false, unknown_thing: 'A', gone: null, waypoints: [{ longitude: 1.5 }, { longitude: 2.5 }] });
    expect(values.map((one) => one.text)).toEqual(['12', 'No', 'A', '1.5', '2.5']);
    expect(values[0]!.name).toBe('Mean wind (kn)');
    expect(values[2]!.name).toBe('unknown thing');
    expect(values[4]!.name).toContain('waypoints 2');
    expect(new Set(values.map((one) => one.key)).size).toBe(5);
    expect(valuesOf(undefined)).toEqual([]);
    const shown = shownValues({ longitude: 122.6, day_utc: 30, wind_gust: 25, water_level: 1.2 });
    expect(shown.map((one) => one.id)).toEqual(['wind_gust', 'water_level', 'longitude', 'day_utc']);
  });
});
