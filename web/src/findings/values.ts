// SPDX-License-Identifier: Apache-2.0
// The measured values of a finding as lines: the unit is the last part of the name.
import { t, tOr, words } from '$/i18n/index.svelte';
import { dateTime, duration } from '$/i18n/units';
import { choiceName, registerOf } from '$/state/registers.svelte';
import { terminalText } from '$/situation/terminal';
import { ruleName, zoneName } from '$/state/rules.svelte';

const units: Record<string, string> = { m: 'm', km: 'km', kw: 'kW', gt: 'GT', mps: 'm/s', deg: '°' };

/** Said elsewhere on the page already. */
const told = new Set(['families', 'article', 'fixes', 'duration_min', 'flag_source']);

export interface ValueLine {
  key: string;
  name: string;
  text: string;
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

function numberText(unit: string, value: number): string {
  if (unit === 's') return duration(value * 1000);
  if (unit === 'min') return duration(value * 60_000);
  if (unit === 'nm' || unit === 'kn') return `${value.toFixed(1)} ${t(`unit.${unit}`)}`;
  return units[unit] ? `${number(value)} ${units[unit]}` : number(value);
}

/** Keys of lists that have names: a gear letter may be followed by a number ("Z.2"). */
function keyText(key: string, value: string): string {
  if (key === 'gears') {
    const letter = value.split('.')[0]!;
    return choiceName(registerOf('vessel')?.fields.find((field) => field.key === 'gears'), letter) + value.slice(letter.length);
  }
  if (key === 'district') return tOr(`district.${value}`, value);
  if (key === 'home_port') return tOr(`place.${value}`, value);
  if (key === 'kind') return tOr(`kind.${value}`, value);
  if (key === 'number' || key === 'tracks') return terminalText(value);
  if (key === 'level') return tOr(`level.${value}`, value);
  if (key === 'closed_by') return tOr(`closed_by.${value}`, value);
  if (key === 'berth' || key === 'left_berth' || key === 'zone') return zoneName(value);
  if (key === 'replaces') return ruleName(value);
  return value;
}

export function valueText(key: string, value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (Array.isArray(value)) return value.map((one) => valueText(key, one)).join(t('list.comma'));
  if (typeof value === 'boolean') return value ? t('word.yes') : t('word.no');
  if (typeof value === 'number') return numberText(key.split('_').at(-1) ?? '', value);
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? dateTime(value) : keyText(key, value);
  return words(value as { zh?: string; en?: string }) || JSON.stringify(value);
}

/** "KR · stated by the vessel": a flag with where it was taken from. */
function flagText(flag: unknown, source: unknown): string {
  return [valueText('flag', flag), typeof source === 'string' ? tOr(`flag_source.${source}`, source) : ''].filter(Boolean).join(' · ');
}

export function valueLines(values: Record<string, unknown>): ValueLine[] {
  return Object.entries(values)
    .filter(([key, value]) => !told.has(key) && value !== '' && value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => ({ key, name: tOr(`value.${key}`, key.replaceAll('_', ' ')), text: key === 'flag' ? flagText(value, values.flag_source) : valueText(key, value) }));
}
