// SPDX-License-Identifier: Apache-2.0
// Steps of a lifecycle as the API names them: "file" starts one, "file.approve", "file.refuse" and
// "file.withdraw" decide about one that waits for its second person.
import type { RecordRow, Register, Transition } from '$/api/types';
import { t, tOr, words } from '$/i18n/index.svelte';

/** A step as the register defines it, whoever looks at it. */
export type Definition = NonNullable<Register['transitions']>[number];
export type Move = 'run' | 'approve' | 'refuse' | 'withdraw';

export function moveOf(transition: Transition): Move {
  const move = transition.key.split('.')[1];
  return move === 'approve' || move === 'refuse' || move === 'withdraw' ? move : 'run';
}

/** The transition of the register's definition, with where it leads and who approves. */
export function definitionOf(register: Register, key: string): Definition | undefined {
  return register.transitions?.find((one) => one.key === key.split('.')[0]);
}

export function moveName(register: Register, transition: Transition): string {
  const move = moveOf(transition);
  if (move === 'run') return words(transition.name);
  return t(`transition.${move}`, { what: words(definitionOf(register, transition.key)?.name) });
}

/** "带班领导或局领导": whoever may decide. */
export function approverNames(definition: Definition | undefined): string {
  const roles = definition?.approval_roles ?? [];
  return roles.map((role) => tOr(`role.${role}`, role)).join(t('list.or')) || t('transition.second_person');
}

export interface Waiting {
  key: string;
  by: string;
  at?: string;
  input: Record<string, unknown>;
}

/** The request that waits for its second person. */
export function waitingOf(record: RecordRow | null): Waiting | null {
  const held = record?.pending as { transition?: string; by?: string; at?: string; input?: Record<string, unknown> } | null | undefined;
  return held?.transition ? { key: held.transition, by: held.by ?? '', at: held.at, input: held.input ?? {} } : null;
}
