// SPDX-License-Identifier: Apache-2.0
// Values of register fields as text: for cells, history and conflicts.
import type { Field } from '$/api/types';
import { t, tOr, words } from '$/i18n/index.svelte';
import { dateTime, integer, position, unitText } from '$/i18n/units';
import { terminalText } from '$/situation/terminal';
import { personName } from '$/state/people.svelte';
import { ruleName, zoneName } from '$/state/rules.svelte';
import { unitName } from '$/state/units.svelte';

/** A version or a year is a name, not an amount. */
const isOrdinal = (field: Field) => /(^|_)(version|year)$/.test(field.key);

/** What the program wrote and a screen has a better name for. */
function programName(field: Field, value: string): string {
  if (field.key === 'rule_id') return ruleName(value);
  if (field.key === 'zone') return zoneName(value);
  // Stamped with the account that asked or approved.
  if (field.sealed && field.key.endsWith('_by')) return personName(value);
  return field.key === 'home_port' || field.key === 'district' ? keyName(field, value) : value;
}

/** Longitude and latitude of a point; null for other geometries. */
export function pointOf(value: unknown): { lat: number; lon: number } | null {
  const { type, coordinates } = (value ?? {}) as { type?: string; coordinates?: unknown };
  if (type !== 'Point' || !Array.isArray(coordinates)) return null;
  const [lon, lat] = coordinates as number[];
  return typeof lon === 'number' && typeof lat === 'number' ? { lat, lon } : null;
}

/** Keys without a list in the definition that still have a name here: places, districts, rules. */
function keyName(field: Field, key: string): string {
  const choice = field.choices?.find((one) => one.key === key);
  if (choice) return words(choice.name);
  if (field.key === 'home_port' || field.key.endsWith('_port')) return tOr(`place.${key}`, key);
  if (field.key === 'district') return unitName(key);
  if (field.key === 'severity') return tOr(`severity.${key}`, key);
  return key;
}

export function valueText(field: Field, value: unknown, links: Record<string, string> = {}): string {
  if (value === null || value === undefined || value === '') return '';
  switch (field.type) {
    case 'boolean':
      return value ? t('word.yes') : t('word.no');
    case 'choice':
      return keyName(field, String(value));
    case 'choices':
      return (value as string[]).map((one) => keyName(field, one)).join(t('list.comma'));
    case 'link':
      return links[String(value)] ?? String(value);
    case 'links':
      return (value as string[]).map((one) => links[one] ?? one).join(t('list.comma'));
    case 'instant':
      return dateTime(String(value));
    case 'integer':
    case 'number':
      if (isOrdinal(field)) return String(value);
      return `${typeof value === 'number' ? integer(value) : String(value)}${field.unit ? ` ${unitText(field.unit)}` : ''}`;
    case 'money':
      return `${String(value)} ${field.unit || t('unit.yuan')}`;
    case 'rows':
      return (value as Record<string, unknown>[]).map((row) => rowText(field, row)).join('; ');
    case 'geometry': {
      const point = pointOf(value);
      if (point) return position(point.lat, point.lon, 3);
      return t('field.geometry', { type: String((value as { type?: string }).type ?? '') });
    }
    case 'period':
      return periodText(String(value));
    case 'person':
      return links[String(value)] ?? personName(String(value));
    case 'unit':
    case 'district':
      return unitName(String(value));
    case 'file':
      return (value as { name: string }[]).map((file) => file.name).join(t('list.comma'));
    case 'text':
      return programName(field, String(value));
    default:
      return String(value);
  }
}

/** A whole month, quarter, half-year or year by its short form; the days else. */
export function periodText(period: string): string {
  const [from = '', to = ''] = period.split('/');
  if (from === '..' || to === '..') return from === '..' ? t('period.until', { day: to }) : t('period.since', { day: from });
  const year = Number(from.slice(0, 4));
  const last = (month: number) => `${year}-${String(month).padStart(2, '0')}-${new Date(Date.UTC(year, month, 0)).getUTCDate()}`;
  const begin = Number(from.slice(5, 7));
  if (from.endsWith('-01')) {
    if (to === last(begin)) return from.slice(0, 7);
    if (begin === 1 && to === last(12)) return String(year);
    if (begin % 6 === 1 && to === last(begin + 5)) return `${year}-H${(begin + 5) / 6}`;
    if (begin % 3 === 1 && to === last(begin + 2)) return `${year}-Q${(begin + 2) / 3}`;
  }
  return from === to ? from : `${from} – ${to}`;
}

/** What may be typed for a period. */
export function isPeriod(text: string): boolean {
  const day = String.raw`\d{4}-\d\d-\d\d`;
  return new RegExp(`^(?:\\d{4}|\\d{4}-(?:0[1-9]|1[0-2])|\\d{4}-Q[1-4]|\\d{4}-H[12]|${day}|(?:${day}|\\.\\.)/(?:${day}|\\.\\.)|${day}/|/${day})$`).test(text.trim());
}

function rowText(field: Field, row: Record<string, unknown>): string {
  return (field.columns ?? [])
    .map((column) => {
      const value = row[column.key];
      if (value === undefined || value === null) return '';
      return column.key === 'terminal' || column.key === 'track' ? terminalText(String(value)) : valueText(column, value);
    })
    .filter(Boolean)
    .join(' ');
}

/**
 * For a cell of a list: of rows only what identifies the first, and how many more there are; of
 * numbers no unit, which stands in the head of the column; of instants no seconds.
 */
export function cellText(field: Field, value: unknown, links?: Record<string, string>): string {
  if (field.type === 'integer' || field.type === 'number') return valueText({ ...field, unit: undefined }, value, links);
  if (field.type === 'instant' && value) return dateTime(String(value), false);
  if (field.type !== 'rows' || !Array.isArray(value)) return valueText(field, value, links);
  const column = field.columns?.[0];
  const first = value[0] as Record<string, unknown> | undefined;
  if (!column || !first) return '';
  return rowText({ ...field, columns: [column] }, first) + (value.length > 1 ? ` +${value.length - 1}` : '');
}

/** Nothing was entered. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

export function sameValue(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) => (value === undefined || value === '' ? null : value);
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

/** What is wrong with a value, before the server is asked; null when nothing is. */
export function fault(field: Field, value: unknown): string | null {
  if (isEmpty(value)) return field.required ? t('field.required') : null;
  if (field.type === 'money' && !/^-?\d+(\.\d{1,2})?$/.test(String(value))) return t('field.not_number');
  if (field.type === 'integer' || field.type === 'number' || field.type === 'money') {
    const number = Number(value);
    if (!Number.isFinite(number) || (field.type === 'integer' && !Number.isInteger(number))) return t('field.not_number');
    if (field.minimum !== undefined && number < field.minimum) return t('field.too_small', { n: field.minimum });
    if (field.maximum !== undefined && number > field.maximum) return t('field.too_large', { n: field.maximum });
  }
  if (field.type === 'instant' && !/^\d{4}-\d\d-\d\dT/.test(String(value))) return t('field.time_form');
  if (field.type === 'date' && !/^\d{4}-\d\d-\d\d$/.test(String(value))) return t('field.date_form');
  if (field.type === 'period' && !isPeriod(String(value))) return t('field.period_form');
  // What is masked is shown, and is no value.
  if (field.sight === 'masked' && String(value).includes('*')) return null;
  if (field.type === 'geometry' && typeof value !== 'object') return t('field.not_position');
  if (typeof value === 'string') {
    if (field.max_length && value.length > field.max_length) return t('field.too_long', { n: field.max_length });
    if (field.pattern && !new RegExp(`^(?:${field.pattern})$`).test(value)) return t('field.pattern');
  }
  return null;
}
