// SPDX-License-Identifier: Apache-2.0
// Records that come again and again: the rule in words, and what a form holds of it.
import type { FieldValues, RecordRow, Recurrence, Register } from '$/api/types';
import { language, t } from '$/i18n/index.svelte';

export const kEvery = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Every = (typeof kEvery)[number];
/** How the day of a month is named. */
export const kDays = ['day', 'last', 'working', 'last_working'] as const;
export type DayKind = (typeof kDays)[number];

export function dayKindOf(rule: Recurrence): DayKind {
  if (rule.working_day) return rule.working_day < 0 ? 'last_working' : 'working';
  return rule.day === -1 ? 'last' : 'day';
}
function dayText(rule: Recurrence): string {
  const kind = dayKindOf(rule);
  return t(`schedule.on_${kind}`, { n: kind === 'working' ? rule.working_day! : (rule.day ?? 1) });
}

/** "每季度第 1 个月5 日，提前 10 天生成" */
export function ruleText(rule: Recurrence): string {
  const often = (rule.interval ?? 1) > 1 ? t(`schedule.each_${rule.every}`, { n: rule.interval! }) : t(`schedule.every_${rule.every}`);
  const parts = [often];
  if (rule.every === 'week') parts.push(t(`schedule.weekday_${(rule.weekday ?? 1) as 1}`));
  if (rule.every === 'quarter') parts.push(t('schedule.month_of_quarter', { n: rule.month ?? 1 }));
  if (rule.every === 'year') parts.push(t('schedule.month_of_year', { n: rule.month ?? 1 }));
  if (['month', 'quarter', 'year'].includes(rule.every)) parts.push(dayText(rule));
  let out = parts.join(language.now === 'zh' ? '' : ' ');
  if (rule.lead_days) out += t('schedule.lead', { n: rule.lead_days });
  if (rule.until) out += t('schedule.until', { day: rule.until });
  return out;
}

export interface RuleDraft {
  every: Every;
  interval: number;
  weekday: number;
  month: number;
  days: DayKind;
  day: number;
  off_days: 'keep' | 'next' | 'previous' | 'skip';
  lead_days: number;
  from: string;
  until: string;
  due_field: string;
}
export function draftOf(rule: Recurrence | null, dueField: string): RuleDraft {
  return {
    every: rule?.every ?? 'month', interval: rule?.interval ?? 1, weekday: rule?.weekday ?? 1, month: rule?.month ?? 1, days: rule ? dayKindOf(rule) : 'day',
    day: Math.max(1, rule?.working_day && rule.working_day > 0 ? rule.working_day : (rule?.day ?? 1)), off_days: rule?.off_days ?? 'keep', lead_days: rule?.lead_days ?? 0,
    from: rule?.from ?? '', until: rule?.until ?? '', due_field: rule ? (rule.due_field ?? '') : dueField,
  };
}
/** What the form does not ask for, the period field, stays as it was. */
export function ruleOf(draft: RuleDraft, before: Recurrence | null): Recurrence {
  const out: Recurrence = { every: draft.every, interval: draft.interval, off_days: draft.off_days, lead_days: draft.lead_days } as Recurrence;
  if (draft.every === 'week') out.weekday = draft.weekday;
  if (draft.every === 'quarter' || draft.every === 'year') out.month = draft.month;
  if (draft.every !== 'day' && draft.every !== 'week') {
    if (draft.days === 'working' || draft.days === 'last_working') out.working_day = draft.days === 'working' ? draft.day : -1;
    else out.day = draft.days === 'last' ? -1 : draft.day;
  }
  if (draft.from) out.from = draft.from;
  if (draft.until) out.until = draft.until;
  if (draft.due_field) out.due_field = draft.due_field;
  if (before?.period_field) out.period_field = before.period_field;
  return out;
}

/** Values of a record that another one may have too, without the day that each gets anew. */
export function valuesFor(register: Register, record: RecordRow, dueField: string): FieldValues {
  const kept = register.fields.filter((field) => !field.sealed && !field.unique && !field.computed && !field.sight && field.type !== 'file' && field.key !== dueField);
  return Object.fromEntries(kept.map((field) => [field.key, record.fields[field.key]]).filter(([, value]) => value !== undefined && value !== null)) as FieldValues;
}
