// SPDX-License-Identifier: Apache-2.0
// What the progress page asks for, out of the address, and the words of its rows.
import type { ProgressCounts, ProgressGroup, Standing, TaskStanding } from '$/api/types';
import { t, words } from '$/i18n/index.svelte';

export interface ProgressQuery {
  document?: string;
  goal?: string;
  district?: string;
  unit?: string;
  standing?: Standing;
}
export const standings: Standing[] = ['late', 'due_soon', 'open', 'submitted', 'done'];

export function queryOf(query: URLSearchParams): ProgressQuery {
  const out: Record<string, string> = {};
  for (const key of ['document', 'goal', 'district', 'unit', 'standing']) {
    const value = query.get(key);
    if (value) out[key] = value;
  }
  return out as ProgressQuery;
}

export function groupName(group: ProgressGroup): string {
  if (!group.key) return t('progress.none');
  return group.label ? `${group.label} ${words(group.name)}` : words(group.name);
}

/** Of a hundred; 0 without tasks. */
export function share(counts: ProgressCounts, of: number): number {
  return counts.total === 0 ? 0 : (of / counts.total) * 100;
}

export function whyText(task: TaskStanding): string {
  return (task.why ?? []).map((one) => words(one.text)).join(t('plan.between'));
}

export function dueText(task: TaskStanding): string {
  if (!task.due) return t('progress.no_due');
  if (task.standing === 'late') return t('progress.days_late', { n: task.days ?? 0 });
  if (task.standing === 'due_soon') return t('progress.days_left', { n: task.days ?? 0 });
  return task.done_late ? t('progress.done_late') : '';
}
