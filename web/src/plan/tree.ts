// SPDX-License-Identifier: Apache-2.0
// The tree of a plan as the screen edits it: the server's four edits applied here too, each with the
// edits that take it back, and what a key means as such edits. Nothing here talks to the server.
import type { Decision, PlanEdit, PlanNode } from '$/api/types';

export type Kind = PlanNode['kind'];
export interface Step {
  edits: PlanEdit[];
  /** Takes `edits` back. */
  undo: PlanEdit[];
}
export interface Row {
  node: PlanNode;
  depth: number;
  parent: PlanNode | null;
  index: number;
  siblings: PlanNode[];
}

/** Which kind may stand in which: the server refuses others. */
export function mayHold(parent: Kind | null, kind: Kind): boolean {
  if (parent === null) return true;
  if (parent === 'main_line' || parent === 'line') return kind !== 'main_line';
  return parent === 'measure' && kind === 'measure';
}

export function rowsOf(nodes: PlanNode[], closed: ReadonlySet<number> = new Set(), depth = 0, parent: PlanNode | null = null): Row[] {
  return nodes.flatMap((node, index) => [
    { node, depth, parent, index, siblings: nodes },
    ...(closed.has(node.id) ? [] : rowsOf(node.children ?? [], closed, depth + 1, node)),
  ]);
}

export function find(nodes: PlanNode[], id: number): Row | null {
  return rowsOf(nodes).find((row) => row.node.id === id) ?? null;
}

/** The node and all below it. */
export function withBelow(node: PlanNode): PlanNode[] {
  return [node, ...(node.children ?? []).flatMap(withBelow)];
}
export const isMade = (node: PlanNode): boolean => withBelow(node).some((one) => one.record !== undefined);

function changeList(nodes: PlanNode[], parent: number | null, change: (list: PlanNode[]) => PlanNode[]): PlanNode[] {
  if (parent === null) return change(nodes);
  return nodes.map((node) => {
    if (node.id === parent) return { ...node, children: change(node.children ?? []) };
    return node.children?.length ? { ...node, children: changeList(node.children, parent, change) } : node;
  });
}
const without = (nodes: PlanNode[], row: Row) => changeList(nodes, row.parent?.id ?? null, (list) => list.filter((one) => one.id !== row.node.id));
const putIn = (nodes: PlanNode[], parent: number | null, index: number, node: PlanNode) => changeList(nodes, parent, (list) => [...list.slice(0, index), node, ...list.slice(index)]);

function set(node: PlanNode, values: Record<string, unknown>): PlanNode {
  const next: Record<string, unknown> = { ...node, ...values };
  for (const [key, value] of Object.entries(values)) if (value === null || value === '') delete next[key];
  return next as unknown as PlanNode;
}

/** One edit on the tree, and the edit that takes it back. */
export function applyOne(nodes: PlanNode[], edit: PlanEdit): { nodes: PlanNode[]; undo: PlanEdit } {
  if (edit.op === 'insert') {
    const node = edit.node as PlanNode;
    return { nodes: putIn(nodes, edit.parent ?? null, edit.index!, node), undo: { op: 'remove', node: node.id } };
  }
  const row = find(nodes, edit.node as number);
  if (!row) throw new Error(`no node ${String(edit.node)}`);
  const place = { parent: row.parent?.id ?? null, index: row.index };
  if (edit.op === 'remove') return { nodes: without(nodes, row), undo: { op: 'insert', ...place, node: row.node } };
  if (edit.op === 'move') {
    return { nodes: putIn(without(nodes, row), edit.parent ?? null, edit.index!, row.node), undo: { op: 'move', node: row.node.id, ...place } };
  }
  const values = edit.values as Record<string, unknown>;
  const before = Object.fromEntries(Object.keys(values).map((key) => [key, (row.node as unknown as Record<string, unknown>)[key] ?? null]));
  return {
    nodes: changeList(nodes, place.parent, (list) => list.map((one) => (one.id === row.node.id ? set(one, values) : one))),
    undo: { op: 'set', node: row.node.id, values: before },
  };
}

export function applyAll(nodes: PlanNode[], edits: PlanEdit[]): { nodes: PlanNode[]; step: Step } {
  const undo: PlanEdit[] = [];
  for (const edit of edits) {
    const done = applyOne(nodes, edit);
    nodes = done.nodes;
    undo.unshift(done.undo);
  }
  return { nodes, step: { edits, undo } };
}

const move = (node: PlanNode, parent: PlanNode | null, index: number): PlanEdit => ({ op: 'move', node: node.id, parent: parent?.id ?? null, index });

/** Up or down among its siblings; at the end of a list into the neighbouring line. */
export function shifted(nodes: PlanNode[], id: number, by: -1 | 1): PlanEdit[] {
  const row = find(nodes, id);
  if (!row || isMade(row.node)) return [];
  const to = row.index + by;
  if (to >= 0 && to < row.siblings.length) return [move(row.node, row.parent, to)];
  const above = row.parent && find(nodes, row.parent.id);
  const next = above?.siblings[above.index + by];
  if (!next || next.kind !== row.parent?.kind) return [];
  return [move(row.node, next, by < 0 ? (next.children?.length ?? 0) : 0)];
}

export function indented(nodes: PlanNode[], id: number): PlanEdit[] {
  const row = find(nodes, id);
  const into = row?.siblings[row.index - 1];
  if (!row || !into || isMade(row.node) || !mayHold(into.kind, row.node.kind)) return [];
  return [move(row.node, into, into.children?.length ?? 0)];
}

export function outdented(nodes: PlanNode[], id: number): PlanEdit[] {
  const row = find(nodes, id);
  if (!row?.parent || isMade(row.node)) return [];
  const above = find(nodes, row.parent.id)!;
  if (!mayHold(above.parent?.kind ?? null, row.node.kind)) return [];
  return [move(row.node, above.parent, above.index + 1)];
}

const join = <T>(a: T[] | undefined, b: T[] | undefined): T[] => [...new Map([...(a ?? []), ...(b ?? [])].map((one) => [JSON.stringify(one), one])).values()];

/** With the next one of its kind: words, aims, units and what hangs below go together. */
export function merged(nodes: PlanNode[], id: number, between: string): PlanEdit[] {
  const row = find(nodes, id);
  const next = row?.siblings[row.index + 1];
  if (!row || !next || next.kind !== row.node.kind || isMade(row.node) || isMade(next)) return [];
  const { node } = row;
  const near = node.passage.paragraph === next.passage.paragraph;
  const passage = near ? { ...node.passage, begin: Math.min(node.passage.begin, next.passage.begin), end: Math.max(node.passage.end, next.passage.end) } : node.passage;
  const values = {
    text: `${node.text}${between}${next.text}`,
    passage,
    aims: join(node.aims, next.aims),
    figures: join(node.figures, next.figures),
    units: join(node.units, next.units),
  };
  const moves = (next.children ?? []).map((child, i) => move(child, node, (node.children?.length ?? 0) + i));
  return [{ op: 'set', node: node.id, values }, ...moves, { op: 'remove', node: next.id }];
}

/** In two at a place of its text; the second keeps everything but the words. */
export function split(nodes: PlanNode[], id: number, at: number, fresh: number): PlanEdit[] {
  const row = find(nodes, id);
  if (!row || isMade(row.node)) return [];
  const clean = (text: string) => text.replace(/^[\s,，、;；。]+|[\s,，、;；]+$/g, '');
  const [first, second] = [clean(row.node.text.slice(0, at)), clean(row.node.text.slice(at))];
  if (!first || !second) return [];
  const { children: _children, label: _label, aims, ...rest } = row.node;
  const node: PlanNode = { ...rest, id: fresh, text: second, ...(aims ? { aims } : {}) };
  return [
    { op: 'set', node: id, values: { text: first, aims: [] } },
    { op: 'insert', parent: row.parent?.id ?? null, index: row.index + 1, node },
  ];
}

export function removed(nodes: PlanNode[], id: number): PlanEdit[] {
  const row = find(nodes, id);
  return row && !isMade(row.node) ? [{ op: 'remove', node: id }] : [];
}

/** An empty measure behind the node, or as the last of a line. */
export function added(nodes: PlanNode[], id: number | null, fresh: number, text: string): PlanEdit[] {
  const row = id === null ? null : find(nodes, id);
  const passage = row?.node.passage ?? { paragraph: 0, begin: 0, end: 0 };
  const node: PlanNode = { id: fresh, kind: 'measure', text, decision: 'open', passage: { ...passage } };
  if (row?.node.kind === 'line') return [{ op: 'insert', parent: row.node.id, index: row.node.children?.length ?? 0, node }];
  const parent = row?.parent && mayHold(row.parent.kind, 'measure') ? row.parent : null;
  const index = !row ? nodes.length : parent === row.parent ? row.index + 1 : nodes.length;
  return [{ op: 'insert', parent: parent?.id ?? null, index, node }];
}

/** Of the node, and with `deep` of all below it; what is a record already stays. */
export function decided(nodes: PlanNode[], id: number | null, decision: Decision, deep: boolean): PlanEdit[] {
  const row = id === null ? null : find(nodes, id);
  const all = row ? (deep ? withBelow(row.node) : [row.node]) : nodes.flatMap(withBelow);
  return all.filter((node) => node.record === undefined && node.decision !== decision).map((node) => ({ op: 'set' as const, node: node.id, values: { decision } }));
}

export interface Counts {
  lines: number;
  measures: number;
  accepted: number;
  rejected: number;
  open: number;
  made: number;
  /** Accepted measures that become tasks now, and the goals that they and accepted goals need. */
  tasks: number;
  goals: number;
  noUnit: number;
  noDue: number;
}

const wanted = (node: PlanNode): boolean => (node.decision === 'accepted' && node.record === undefined) || (node.children ?? []).some(wanted);

export function countsOf(nodes: PlanNode[]): Counts {
  const all = nodes.flatMap(withBelow);
  const measures = all.filter((node) => node.kind === 'measure');
  const of = (test: (node: PlanNode) => boolean) => measures.filter(test).length;
  const next = all.filter((node) => node.record === undefined && wanted(node));
  const tasks = next.filter((node) => node.kind === 'measure').length;
  // The main line is the root of what is made, also when it is not accepted itself.
  const root = nodes.find((node) => node.kind === 'main_line');
  const rootToo = root && next.length > 0 && root.record === undefined && !next.includes(root) ? 1 : 0;
  return {
    lines: all.filter((node) => node.kind === 'line').length,
    measures: measures.length,
    accepted: of((node) => node.decision === 'accepted'),
    rejected: of((node) => node.decision === 'rejected'),
    open: of((node) => node.decision === 'open' && node.record === undefined),
    made: of((node) => node.record !== undefined),
    tasks,
    goals: next.length - tasks + rootToo,
    noUnit: of((node) => node.decision !== 'rejected' && !node.units?.length),
    noDue: of((node) => node.decision !== 'rejected' && !node.due),
  };
}
