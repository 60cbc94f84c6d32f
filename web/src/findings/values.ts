// SPDX-License-Identifier: Apache-2.0
// The measured values of a finding as lines: the unit is the last part of the name.
import { t, tOr } from '$/i18n/index.svelte';
import { dateTime, duration } from '$/i18n/units';

const units: Record<string, string> = {
  nm: '', kn: '', m: 'm', km: 'km', s: '', min: '', h: '', deg: '°', kw: 'kW', gt: 'GT', mps: 'm/s', ms: '', count: '',
};

export interface ValueLine {
  key: string;
  name: string;
  text: string;
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

export function valueText(key: string, value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (Array.isArray(value)) return value.map((one) => valueText(key, one)).join(t('list.comma'));
  if (typeof value === 'boolean') return value ? t('word.yes') : t('word.no');
  const unit = key.split('_').at(-1) ?? '';
  if (typeof value === 'number') {
    if (unit === 's') return duration(value * 1000);
    if (unit === 'min') return duration(value * 60_000);
    if (unit === 'nm') return `${number(value)} ${t('unit.nm')}`;
    if (unit === 'kn') return `${number(value)} ${t('unit.kn')}`;
    if (unit === 'deg') return `${number(value)}°`;
    return units[unit] ? `${number(value)} ${units[unit]}` : number(value);
  }
  if (typeof value === 'string') {
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return dateTime(value);
    for (const family of ['district', 'place', 'kind', 'level']) {
      if (key === family || key.endsWith(`_${family}`) || (family === 'place' && key === 'home_port')) return tOr(`${family}.${value}`, value);
    }
    return value;
  }
  return JSON.stringify(value);
}

export function valueLines(values: Record<string, unknown>): ValueLine[] {
  return Object.entries(values)
    .filter(([, value]) => value !== '' && value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => ({ key, name: tOr(`value.${key}`, key.replaceAll('_', ' ')), text: valueText(key, value) }));
}
