// SPDX-License-Identifier: Apache-2.0
// Names of what a plan's node may say: registers that are proposed, districts, units so far.
import type { PlanNode, Register } from '$/api/types';
import { tOr, words } from '$/i18n/index.svelte';
import { registerName, registerOf } from '$/state/registers.svelte';
import { withBelow } from './tree';

export const proposed = ['task', 'key_project', 'upward_application', 'meeting', 'rectification', 'sea_use_right', 'case', 'experience', 'vessel', 'organisation_unit'];

/** A register that this installation has by its own name, another by the plan's. */
export function proposedName(id: string): string {
  return registerOf(id) ? registerName(id) : tOr(`plan_register.${id}`, id);
}

export function districtsOf(register: Register | undefined): { key: string; name: string }[] {
  const choices = register?.fields.find((field) => field.key === 'district')?.choices ?? [];
  return choices.map((choice) => ({ key: choice.key, name: words(choice.name) }));
}
export function districtName(key: string | undefined): string {
  return districtsOf(registerOf('task')).find((one) => one.key === key)?.name ?? key ?? '';
}

export function unitsOf(nodes: PlanNode[]): string[] {
  return [...new Set(nodes.flatMap(withBelow).flatMap((node) => node.units ?? []))].sort((a, b) => a.localeCompare(b, 'zh-CN'));
}
