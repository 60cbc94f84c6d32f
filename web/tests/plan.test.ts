// SPDX-License-Identifier: Apache-2.0
// The tree of a plan on the screen: what each key means as edits, and that every edit can be taken back.
import { expect, test } from 'vitest';
import type { PlanEdit, PlanNode } from '../src/api/types';
import { added, applyAll, countsOf, decided, indented, merged, outdented, removed, rowsOf, shifted, split } from '../src/plan/tree';

const node = (id: number, kind: PlanNode['kind'], text: string, children?: PlanNode[]): PlanNode => ({
  id, kind, text, decision: 'open', passage: { paragraph: 0, begin: id * 10, end: id * 10 + 5 }, ...(children ? { children } : {}),
});
const tree = (): PlanNode[] => [
  node(1, 'main_line', 'main', [node(2, 'goal', 'goal')]),
  node(3, 'line', 'one', [node(4, 'measure', 'a, b'), node(5, 'measure', 'c')]),
  node(6, 'line', 'two', [node(7, 'measure', 'd')]),
];
const shape = (nodes: PlanNode[]): string => nodes.map((one) => `${one.id}${one.children?.length ? `(${shape(one.children)})` : ''}`).join(' ');
const after = (edits: PlanEdit[], nodes = tree()) => applyAll(nodes, edits);

test('moving up and down, also into the neighbouring line', () => {
  expect(shape(after(shifted(tree(), 5, -1)).nodes)).toBe('1(2) 3(5 4) 6(7)');
  expect(shape(after(shifted(tree(), 5, 1)).nodes)).toBe('1(2) 3(4) 6(5 7)');
  expect(shape(after(shifted(tree(), 7, -1)).nodes)).toBe('1(2) 3(4 5 7) 6');
  expect(shape(after(shifted(tree(), 6, -1)).nodes)).toBe('1(2) 6(7) 3(4 5)');
  expect(shifted(tree(), 1, -1)).toEqual([]);
  expect(shifted(tree(), 4, -1)).toEqual([]); // above is no line
});

test('indenting and outdenting keep to what may stand in what', () => {
  expect(shape(after(indented(tree(), 6)).nodes)).toBe('1(2) 3(4 5 6(7))');
  expect(shape(after(indented(tree(), 5)).nodes)).toBe('1(2) 3(4(5)) 6(7)'); // a part of a measure
  const goals = [node(1, 'goal', 'a'), node(2, 'measure', 'b')];
  expect(indented(goals, 2)).toEqual([]); // a goal holds nothing
  expect(shape(after(outdented(tree(), 4)).nodes)).toBe('1(2) 3(5) 4 6(7)');
  expect(outdented(tree(), 3)).toEqual([]);
});

test('merging joins words, passages, units and what hangs below', () => {
  const nodes = tree();
  nodes[1]!.children![0]!.units = ['x'];
  nodes[1]!.children![1]!.units = ['x', 'y'];
  const one = after(merged(nodes, 4, '; '), nodes).nodes[1]!.children![0]!;
  expect(one.text).toBe('a, b; c');
  expect(one.units).toEqual(['x', 'y']);
  expect(one.passage).toEqual({ paragraph: 0, begin: 40, end: 55 });
  expect(shape(after(merged(tree(), 3, '; ')).nodes)).toBe('1(2) 3(4 5 7)');
  expect(merged(tree(), 5, '; ')).toEqual([]);
});

test('splitting cuts at the caret and leaves no empty half', () => {
  const nodes = after(split(tree(), 4, 2, 20)).nodes;
  expect(nodes[1]!.children!.map((one) => [one.id, one.text])).toEqual([[4, 'a'], [20, 'b'], [5, 'c']]);
  expect(split(tree(), 4, 0, 20)).toEqual([]);
  expect(split(tree(), 4, 4, 20)).toEqual([]);
});

test('what is a record already is neither moved nor removed nor decided', () => {
  const nodes = tree();
  nodes[1]!.children![0]!.record = 'r';
  for (const edits of [removed(nodes, 3), removed(nodes, 4), shifted(nodes, 4, 1), outdented(nodes, 4), merged(nodes, 4, ';'), split(nodes, 4, 2, 20)]) expect(edits).toEqual([]);
  expect(decided(nodes, 3, 'accepted', true).map((one) => one.node)).toEqual([3, 5]);
});

test('a new measure stands behind the selected one, or at the end of a line', () => {
  expect(shape(after(added(tree(), 4, 20, 'n')).nodes)).toBe('1(2) 3(4 20 5) 6(7)');
  expect(shape(after(added(tree(), 6, 20, 'n')).nodes)).toBe('1(2) 3(4 5) 6(7 20)');
  expect(shape(after(added([], null, 20, 'n'), []).nodes)).toBe('20');
});

test('counts say what will be made', () => {
  const nodes = after(decided(tree(), 3, 'accepted', true)).nodes;
  // Two tasks; their line, and the main line as the root of all.
  expect(countsOf(nodes)).toMatchObject({ measures: 3, accepted: 2, open: 1, tasks: 2, goals: 2, noUnit: 3, noDue: 3 });
  expect(countsOf(after(decided(nodes, null, 'rejected', true), nodes).nodes)).toMatchObject({ tasks: 0, goals: 0, rejected: 3, noUnit: 0 });
});

test('every edit is taken back by its undo, whatever the order', () => {
  let seed = 7;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  let nodes = tree();
  let fresh = 100;
  for (let i = 0; i < 400; ++i) {
    const rows = rowsOf(nodes);
    if (rows.length === 0) nodes = tree();
    const id = rowsOf(nodes)[random(rowsOf(nodes).length)]!.node.id;
    const make: (() => PlanEdit[])[] = [
      () => shifted(nodes, id, 1), () => shifted(nodes, id, -1), () => indented(nodes, id), () => outdented(nodes, id), () => merged(nodes, id, '; '),
      () => split(nodes, id, 2, fresh++), () => added(nodes, id, fresh++, 'n'), () => decided(nodes, id, 'accepted', true), () => (random(3) === 0 ? removed(nodes, id) : []),
    ];
    const { nodes: next, step } = applyAll(nodes, make[random(make.length)]!());
    const plain = (list: PlanNode[]): unknown => list.map((one) => ({ ...one, children: plain(one.children ?? []), units: one.units ?? [], aims: one.aims ?? [], figures: one.figures ?? [] }));
    expect(plain(applyAll(next, step.undo).nodes)).toEqual(plain(nodes));
    nodes = next;
  }
});
